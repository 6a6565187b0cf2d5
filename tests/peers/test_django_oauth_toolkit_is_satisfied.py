"""django-oauth-toolkit with PKCE, rotation and reuse protection: flow, reads, refreshes."""

import http.client
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.authorization_server import write_provider
from tests.support.django_server import (
    CLIENT_ID,
    CLIENT_SECRET,
    DjangoServer,
    running_django_server,
)
from tests.support.stack import RunningStack
from tests.support.tenant import Tenant

BACK = "https://carrick.example/oauth/callback/django"


@pytest.fixture(scope="module")
def django(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DjangoServer]:
    with running_django_server(tmp_path_factory.mktemp("django"), BACK) as running:
        yield running


@pytest.fixture
def tenant(stack: RunningStack, django: DjangoServer, tmp_path: Path) -> Tenant:
    facts = {
        "authorization_url": f'"{django.url}/authorize/"',
        "token_url": f'"{django.url}/token/"',
        "revocation_url": f'"{django.url}/revoke_token/"',
        "token_endpoint_auth_method": '"client_secret_basic"',
        "account_id_paths": "",
    }
    write_provider(tmp_path, django.url, "django", **facts)
    stack.set(PROVIDERS_OVERLAY_DIR=str(tmp_path))
    made = Tenant(stack)
    credentials = {
        "type": "OAUTH2",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "scopes": "read",
    }
    body = {"provider": "django", "unique_key": "django", "credentials": credentials}
    assert made.call("POST", "/integrations", body).status == 200
    return made


def visit(url: str) -> str:
    """Go to the server, which approves at once: where it sends the browser back."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    connection.request("GET", f"{parts.path}?{parts.query}")
    answer = connection.getresponse()
    location = answer.headers["location"]
    connection.close()
    assert location, answer.status
    return str(location)


def connect(tenant: Tenant) -> str:
    started = tenant.start(tenant.session(), "django")
    assert started.status == 302, started.text
    ended = tenant.back(visit(started.headers["location"]), started.cookies)
    assert ended.status == 200, ended.text
    (row,) = tenant.call("GET", "/connections").json()["connections"]
    return str(row["connection_id"])


def test_an_account_is_connected_and_refreshed_twice(tenant: Tenant, django: DjangoServer) -> None:
    connection_id = connect(tenant)
    first = tenant.read(connection_id, "", "django").json()["credentials"]

    # Twice, because a refresh token is good once there.
    later = [
        tenant.read(connection_id, "&force_refresh=true", "django").json()["credentials"]
        for _ in range(2)
    ]

    tokens = [credentials["access_token"] for credentials in (first, *later)]
    assert len(set(tokens)) == 3
    assert [django.is_live(token) for token in tokens] == [False, False, True]
    assert first["raw"]["scope"] == "read"


def test_a_person_who_says_no_connects_nothing(tenant: Tenant) -> None:
    started = tenant.start(tenant.session(), "django")
    location = started.headers["location"].replace("scope=read", "scope=unheard-of")

    ended = tenant.back(visit(location), started.cookies)

    assert ended.status == 400
    assert "invalid_scope" in ended.text
    assert tenant.call("GET", "/connections").json()["connections"] == []
