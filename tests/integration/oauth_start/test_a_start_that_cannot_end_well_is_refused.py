import time
from pathlib import Path

from tests.support.authorization_server import AuthorizationServer, write_provider
from tests.support.aws_relay import WRITES, aws_relay
from tests.support.stack import Response
from tests.support.tenant import Tenant

MOVING = (
    "evil.com%23",
    "evil.com%2F",
    "a%40evil",
    "a%5Cevil",
    "a%252eevil",
    "a%3Fx",
    "a.evil",
    "a%0D%0Ahost:evil",
    "-a",
    "x" * 64,
    "%E2%80%AE",
    "",
)


def refused(tenant: Tenant, response: Response, status: int, text: str) -> None:
    """The answer is a closed page, and no flow began."""
    assert response.status == status, response.text
    assert text in response.text
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]
    assert response.headers["cache-control"] == "no-store"
    assert "location" not in response.headers
    assert response.set_cookies == ()
    assert tenant.stack.items("FlowsTable") == []


def test_without_a_live_session(tenant: Tenant) -> None:
    token = tenant.session()
    http = tenant.stack.http
    path = "/oauth/connect/test"
    for query, text in (
        ("", "is missing"),
        ("?public_key=9f3c1c1e-0000-4000-8000-000000000000", "Public keys"),
        (f"?connect_session_token={token[:-1]}", "not a connect session token"),
        (f"?connect_session_token={token[:-64]}{'0' * 64}", "unknown or has ended"),
        (f"?connect_session_token={tenant.api_key}", "not a connect session token"),
    ):
        refused(tenant, http("GET", path + query), 401, text)
    bearer = {"authorization": f"Bearer {token}"}
    refused(tenant, http("GET", path, headers=bearer), 401, "is missing")

    (session,) = tenant.stack.items("SessionsTable")
    tenant.stack.update("SessionsTable", {"pk": session["pk"]}, expires_at=time.time() - 1)
    refused(tenant, tenant.start(token), 401, "unknown or has ended")


def test_with_a_query_that_could_be_read_as_another(tenant: Tenant) -> None:
    token = tenant.session()
    for query in (
        "&connection_id=mine",
        "&credentials[oauth_client_id_override]=x&credentials[oauth_client_secret_override]=y",
        "&params=x",
        "&authorization_params=x",
        "&params[a]=1&params[a]=2",
        f"&connect_session_token={token}",
        "&ws_client_id[a]=x",
    ):
        refused(tenant, tenant.start(token, query=query), 400, "cannot be started")
    refused(tenant, tenant.start(token, query=f"&a={'x' * 16_400}"), 413, "over 16 KiB")


def test_with_an_integration_that_is_not_there(tenant: Tenant) -> None:
    token = tenant.session()
    Tenant(tenant.stack, name="other").integrate("theirs")
    for name in ("unknown", "theirs", "Test", "tes"):
        refused(tenant, tenant.start(token, name), 400, "does not exist")
    for name in ("x" * 256, "x" * 3_000, "a%23b", "a%2Fb", "%00", "a%0Ab"):
        refused(tenant, tenant.start(token, name), 400, "is not valid")


def test_with_one_that_the_session_does_not_allow(tenant: Tenant) -> None:
    tenant.integrate("other")
    token = tenant.session(allowed_integrations=["other"])
    refused(tenant, tenant.start(token, "test"), 400, "may not connect")
    assert tenant.start(token, "other").status == 302


def test_with_a_provider_that_left_the_catalog(tenant: Tenant, tmp_path: Path) -> None:
    token = tenant.session()
    (tmp_path / "test-provider.toml").unlink()
    tenant.stack.set(PROVIDERS_OVERLAY_DIR=str(tmp_path))
    refused(tenant, tenant.start(token), 400, "provider is not known")


def test_with_a_value_that_would_move_the_host(
    tenant: Tenant, server: AuthorizationServer, tmp_path: Path
) -> None:
    write_provider(
        tmp_path,
        server.url,
        name="hosted",
        authorization_url='"https://${connectionConfig.subdomain}.provider.example/authorize"',
        token_url='"https://${connectionConfig.subdomain}.provider.example/token"',
        connection_config='{ subdomain = { format = "subdomain", title = "Subdomain" } }',
    )
    tenant.integrate("hosted", provider="hosted")
    token = tenant.session()
    for value in MOVING:
        response = tenant.start(token, "hosted", f"&params[subdomain]={value}")
        refused(tenant, response, 400, "subdomain")
    good = tenant.start(token, "hosted", "&params[subdomain]=Acme-1")
    assert good.headers["location"].startswith("https://acme-1.provider.example/authorize?")


def test_with_a_host_that_the_operators_secret_must_not_go_to(
    tenant: Tenant, server: AuthorizationServer, tmp_path: Path
) -> None:
    write_provider(
        tmp_path,
        server.url,
        name="self-hosted",
        authorization_url='"https://${connectionConfig.host}/authorize"',
        token_url='"https://${connectionConfig.host}/token"',
        connection_config='{ host = { format = "hostname", title = "Host", self_hosted = true } }',
    )
    tenant.integrate("own", provider="self-hosted", allowed_hosts=["git.example.com"])
    evil = tenant.start(tenant.session(), "own", "&params[host]=evil.example")
    refused(tenant, evil, 400, "not allowed")
    good = tenant.start(tenant.session(), "own", "&params[host]=git.example.com")
    assert good.headers["location"].startswith("https://git.example.com/authorize?")


def test_with_a_value_that_only_the_exchange_would_miss(
    tenant: Tenant, server: AuthorizationServer, tmp_path: Path
) -> None:
    write_provider(
        tmp_path,
        server.url,
        name="late",
        token_params='{ audience = "${connectionConfig.audience}" }',
        connection_config='{ audience = { format = "slug", title = "Audience", optional = true } }',
    )
    tenant.integrate("late", provider="late")
    refused(tenant, tenant.start(tenant.session(), "late"), 400, "value is missing")
    assert tenant.start(tenant.session(), "late", "&params[audience]=api").status == 302


def test_without_a_key_to_seal_with(tenant: Tenant) -> None:
    token = tenant.session()
    with aws_relay(tenant.stack) as relay:
        relay.fail["GenerateDataKey"] = "DisabledException"
        refused(tenant, tenant.start(token), 500, "KMS did not give a data key")
        assert relay.count(WRITES) == 0


def test_the_opener_is_told_if_the_session_names_it(tenant: Tenant) -> None:
    token = tenant.session(allowed_origins=["https://app.example"])
    known = tenant.start(token, "unknown").text
    unknown = tenant.start(token[:-64] + "0" * 64, "unknown").text

    assert '"origins": ["https://carrick.example", "https://app.example"]' in known
    assert '"origins": ["https://carrick.example"]' in unknown
    assert "nango_oauth_callback_error" in known
    assert token not in known + unknown
