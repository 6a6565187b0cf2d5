"""oidc-provider as strict as it can be: each flow is begun, approved, ended, read and refreshed."""

import http.client
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import ECKey

from carrick import clock
from carrick.oauth.dpop import dpop_proof
from tests.e2e.authorization_server import AuthorizationServer, Client, running_authorization_server
from tests.peers.person import Person
from tests.support.authorization_server import write_provider
from tests.support.stack import Response, RunningStack
from tests.support.tenant import Tenant

KEY = ec.generate_private_key(ec.SECP256R1())
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
PUBLIC = ECKey.import_key(PEM).as_dict(private=False)
SECRET = "canary-secret-of-a-client"
RESOURCE = "https://api.example.com/"
BACK = "https://carrick.example/oauth/callback/"

PUSHED = {"require_pushed_authorization_requests": True}
BOUND = {"dpop_bound_access_tokens": True}
SIGNED = {"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [PUBLIC]}}
CLIENTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "pushed": PUSHED,
    "signed": SIGNED,
    "bound": BOUND,
    "public-bound": {"token_endpoint_auth_method": "none", **BOUND},
    "all": {**PUSHED, **SIGNED, **BOUND},
}

AT_HOME = "bound"
"""The client whose tokens are for the server's own API, which a test can call."""


@pytest.fixture(scope="module")
def server() -> Iterator[AuthorizationServer]:
    clients = []
    for name, metadata in CLIENTS.items():
        has_secret = "token_endpoint_auth_method" not in metadata
        secret = SECRET if has_secret else ""
        clients.append(Client(name, secret, (f"{BACK}{name}",), 3_600, metadata))
    with running_authorization_server(clients, resources=[RESOURCE]) as running:
        yield running


@pytest.fixture
def tenant(stack: RunningStack, server: AuthorizationServer, tmp_path: Path) -> Tenant:
    for name, metadata in CLIENTS.items():
        method = metadata.get("token_endpoint_auth_method", "client_secret_basic")
        facts = {
            "authorization_url": f'"{server.issuer}/auth"',
            "token_url": f'"{server.issuer}/token"',
            "issuer": f'"{server.issuer}"',
            "iss_parameter": "true",
            "resource": f'"{RESOURCE}"' if name != AT_HOME else "",
            "token_endpoint_auth_method": f'"{method}"',
            "default_scopes": '["openid", "offline_access", "read"]',
            "authorization_params": '{ prompt = "consent" }',
            "account_id_paths": "",
        }
        if "require_pushed_authorization_requests" in metadata:
            facts["pushed_authorization_request_url"] = f'"{server.issuer}/request"'
        if "dpop_bound_access_tokens" in metadata:
            facts["dpop"] = "true"
        write_provider(tmp_path, server.issuer, name, **facts)
    stack.set(PROVIDERS_OVERLAY_DIR=str(tmp_path))
    return Tenant(stack)


def integrate(tenant: Tenant, name: str) -> None:
    method = CLIENTS[name].get("token_endpoint_auth_method")
    credentials = {"type": "OAUTH2", "client_id": name}
    if method != "none":
        credentials["client_secret"] = PEM if method == "private_key_jwt" else SECRET
    body = {"provider": name, "unique_key": name, "credentials": credentials}
    answer = tenant.call("POST", "/integrations", body)
    assert answer.status == 200, answer.text


def connect(tenant: Tenant, name: str) -> tuple[str, str]:
    """A whole flow: where the browser was sent, and the connection that was made."""
    integrate(tenant, name)
    started = tenant.start(tenant.session(), name)
    assert started.status == 302, started.text
    location = started.headers["location"]
    ended = tenant.back(Person().approve(location), started.cookies)
    assert ended.status == 200, ended.text
    (row,) = tenant.call("GET", "/connections").json()["connections"]
    return location, str(row["connection_id"])


def userinfo(server: AuthorizationServer, headers: dict[str, str]) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(urlsplit(server.issuer).netloc, timeout=10)
    connection.request("GET", "/me", headers=headers)
    return connection.getresponse()


def refreshed(tenant: Tenant, connection_id: str, name: str) -> Response:
    return tenant.read(connection_id, "&force_refresh=true&refresh_token=true", name)


@pytest.mark.parametrize("name", CLIENTS)
def test_an_account_is_connected_and_refreshed_twice(
    name: str, tenant: Tenant, server: AuthorizationServer
) -> None:
    _, connection_id = connect(tenant, name)

    first = tenant.read(connection_id, "", name).json()["credentials"]
    second = refreshed(tenant, connection_id, name)
    third = refreshed(tenant, connection_id, name)

    # Twice, because a refresh token is good once there.
    assert second.status == third.status == 200, third.text
    tokens = [first, second.json()["credentials"], third.json()["credentials"]]
    assert len({token["access_token"] for token in tokens}) == 3
    assert {token["raw"]["token_type"] for token in tokens} == (
        {"DPoP"} if "dpop_bound_access_tokens" in CLIENTS[name] else {"Bearer"}
    )
    for grant in ("authorization_code", "refresh_token"):
        asked = server.token_requests(grant, client_id=name)
        wanted = None if name == AT_HOME else RESOURCE
        assert {told["asked"].get("resource") for told in asked} == {wanted}


def test_pushed_parameters_are_not_in_the_address(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    location, _ = connect(tenant, "pushed")

    query = parse_qs(urlsplit(location).query)
    assert query.keys() == {"client_id", "request_uri"}
    pushed = next(told for told in reversed(server.told) if told["url"] == "/request")
    assert pushed["asked"]["resource"] == RESOURCE
    assert pushed["asked"]["code_challenge_method"] == "S256"


def test_a_server_that_takes_no_other_request_refuses_one_by_url(
    tenant: Tenant, server: AuthorizationServer, tmp_path: Path
) -> None:
    """Shows that the entry's word is what makes the difference."""
    text = (tmp_path / "pushed.toml").read_text()
    lines = [line for line in text.splitlines() if not line.startswith("pushed_")]
    (tmp_path / "pushed.toml").write_text("\n".join(lines))
    integrate(tenant, "pushed")

    started = tenant.start(tenant.session(), "pushed")
    back = Person().approve(started.headers["location"])

    assert parse_qs(urlsplit(back).query)["error"] == ["invalid_request"]
    assert tenant.back(back, started.cookies).status == 400


def test_a_bound_token_serves_with_the_key_that_comes_with_it(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    _, connection_id = connect(tenant, "bound")
    credentials = refreshed(tenant, connection_id, "bound").json()["credentials"]
    token, key = credentials["access_token"], credentials["dpop_key"]
    url = f"{server.issuer}/me"

    def headers(nonce: str | None) -> dict[str, str]:
        proof = dpop_proof(key, "GET", url, clock.now(), token, nonce, jti=f"jti-{nonce}")
        return {"authorization": f"DPoP {token}", "dpop": proof}

    refused = userinfo(server, headers(None))
    nonce = refused.headers["dpop-nonce"]

    assert refused.status == 401
    assert userinfo(server, {"authorization": f"Bearer {token}"}).status == 401
    assert userinfo(server, headers(nonce)).status == 200


def test_who_may_not_read_credentials_sees_no_key(tenant: Tenant) -> None:
    _, connection_id = connect(tenant, "bound")
    key = tenant.key_with("environment:connections:read")
    path = f"/connections/{connection_id}?provider_config_key=bound"

    answer = tenant.stack.http("GET", path, headers={"authorization": f"Bearer {key}"})

    assert answer.json()["credentials"] == {}


def test_a_key_that_signs_nothing_ends_at_a_page(tenant: Tenant) -> None:
    integrate(tenant, "all")
    credentials = {"type": "OAUTH2", "client_id": "all", "client_secret": "canary-secret-no-key"}
    tenant.call("PATCH", "/integrations/all", {"credentials": credentials})

    started = tenant.start(tenant.session(), "all")

    assert started.status == 400
    assert "private key" in started.text
