"""What few providers do that data cannot express: one of each, from the start to a renewal."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.authorization_server import CLIENT_SECRET, AuthorizationServer, write_provider
from tests.support.connections import Connections
from tests.support.scripted_api import ScriptedApi, running_scripted_api
from tests.support.stack import Response
from tests.support.tenant import Tenant

TENANT = "0b8a3c1e-9a5f-4a51-9d2c-1f6f3f0a7c11"
ANOTHER = "1b8a3c1e-9a5f-4a51-9d2c-1f6f3f0a7c11"


def read(connections: Connections, connection_id: str, query: str = "") -> dict[str, Any]:
    answer = connections.read(connection_id, query)
    assert answer.status == 200, answer.text
    credentials: dict[str, Any] = answer.json()["credentials"]
    return credentials


class TestAdminConsent:
    @pytest.fixture(autouse=True)
    def entry(self, tenant: Tenant, server: AuthorizationServer, tmp_path: Path) -> None:
        """An entry as ``microsoft-admin`` is."""
        facts = {
            "authorization_url": f'"{server.url}/${{connectionConfig.tenantId}}/adminconsent"',
            "account_id_paths": "[]",
            "code_param": '"tenant"',
            "quirks": '["admin_consent"]',
            "token_params": '{ scope = "everything/.default" }',
            "connection_config": '{ tenantId = { format = "uuid", optional = true, title = "T" } }',
        }
        write_provider(tmp_path, server.url, **facts)
        server.switches.gives_refresh_token = False

    def begun(self, tenant: Tenant, named: str = TENANT) -> Response:
        config = {"connection_config": {"tenantId": named}}
        session = tenant.session(integrations_config_defaults={"test": config})
        return tenant.start(session)

    def test_the_client_asks_for_itself_and_again_when_the_token_ends(
        self, tenant: Tenant, connections: Connections, server: AuthorizationServer
    ) -> None:
        begun = self.begun(tenant)
        assert urlsplit(begun.headers["location"]).path == f"/{TENANT}/adminconsent"
        back = server.authorize(begun.headers["location"], tenant=TENANT, admin_consent="True")
        assert tenant.back(back, begun.cookies).status == 200

        [row] = tenant.call("GET", "/connections").json()["connections"]
        first = read(connections, row["connection_id"])["access_token"]
        second = read(connections, row["connection_id"], "&force_refresh=true")["access_token"]
        assert first != second
        assert [request.params for request in server.requests] == 2 * [
            {
                "grant_type": "client_credentials",
                "scope": "everything/.default",
                "client_id": "test-client",
                "client_secret": CLIENT_SECRET,
            }
        ]

    def test_another_tenant_is_not_believed(
        self, tenant: Tenant, server: AuthorizationServer
    ) -> None:
        begun = self.begun(tenant)
        back = server.authorize(begun.headers["location"], tenant=ANOTHER, admin_consent="True")
        tenant.back(back, begun.cookies)

        assert server.requests == []
        assert tenant.call("GET", "/connections").json()["connections"] == []

    def test_the_person_cannot_name_the_tenant(self, tenant: Tenant) -> None:
        asked = tenant.start(tenant.session(), query=f"&params[tenantId]={TENANT}")
        assert asked.status == 400
        named = self.begun(tenant, TENANT)
        assert named.status == 302


class TestOpensSession:
    LOGIN = "GET /login"

    @pytest.fixture
    def api(self) -> Iterator[ScriptedApi]:
        with running_scripted_api() as running:
            yield running

    @pytest.fixture(autouse=True)
    def entry(self, connections: Connections, api: ScriptedApi, tmp_path: Path) -> None:
        """An entry as ``bullhorn`` is."""
        facts = {
            "account_id_paths": "[]",
            "quirks": '["opens_session"]',
            "token_response_metadata": '["restUrl"]',
            "additional_steps": f'[{{ token_url = "{api.url}/login", method = "GET",'
            ' body_format = "query",'
            ' params = { version = "*", access_token = "${step1.access_token}" } }]',
        }
        write_provider(tmp_path, connections.server.url, **facts)
        api.answers[self.LOGIN] = [session("1"), session("2")]

    def asked_with(self, api: ScriptedApi) -> list[Mapping[str, list[str]]]:
        return [parse_qs(urlsplit(asked.path).query) for asked in api.of("/login")]

    def test_requests_carry_the_session_that_each_token_opens(
        self, connections: Connections, api: ScriptedApi
    ) -> None:
        connection_id = connections.tenant.connect(connections.server)
        answer = connections.read(connection_id).json()
        assert answer["credentials"]["access_token"] == "canary-secret-session-1"
        assert answer["connection_config"]["restUrl"] == "https://rest.example/e1/"
        renewed = read(connections, connection_id, "&force_refresh=true")
        assert renewed["access_token"] == "canary-secret-session-2"
        tokens = [query["access_token"][0] for query in self.asked_with(api)]
        assert tokens == ["canary-secret-access-1", "canary-secret-access-2"]

    def test_a_refresh_that_opens_none_keeps_what_was_rotated(
        self, connections: Connections, api: ScriptedApi
    ) -> None:
        connection_id = connections.tenant.connect(connections.server)
        api.answers[self.LOGIN] = (503, {})
        kept = read(connections, connection_id, "&force_refresh=true&refresh_token=true")
        assert kept["access_token"] == "canary-secret-session-1"
        assert kept["refresh_token"] == connections.server.refresh_token

        api.answers[self.LOGIN] = session("3")
        again = read(connections, connection_id, "&force_refresh=true")
        assert again["access_token"] == "canary-secret-session-3"

    def test_without_a_session_there_is_no_connection(
        self, connections: Connections, api: ScriptedApi
    ) -> None:
        api.answers[self.LOGIN] = (401, {"error": "invalid_token"})
        tenant, server = connections.tenant, connections.server
        begun = tenant.start(tenant.session())
        tenant.back(server.authorize(begun.headers["location"]), begun.cookies)
        assert tenant.call("GET", "/connections").json()["connections"] == []


@pytest.mark.parametrize("query", ["", "&authorization_params[response_type]=token"])
def test_the_entry_alone_names_the_response_type(
    query: str, tenant: Tenant, server: AuthorizationServer, tmp_path: Path
) -> None:
    write_provider(tmp_path, server.url, authorization_params='{ response_type = "auth_code" }')
    begun = tenant.start(tenant.session(), query=query)
    asked = parse_qs(urlsplit(begun.headers["location"]).query)
    assert asked["response_type"] == ["auth_code"]


def session(number: str) -> tuple[int, dict[str, str]]:
    token = f"canary-secret-session-{number}"
    return 200, {"BhRestToken": token, "restUrl": "https://rest.example/e1/"}
