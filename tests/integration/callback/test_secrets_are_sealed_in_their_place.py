"""Requirements 43, 44, 46 and 48. That no secret is stored in plain, every test asserts."""

from tests.support.authorization_server import AuthorizationServer
from tests.support.aws_relay import WRITES, aws_relay
from tests.support.browser import Browser
from tests.support.tenant import Tenant


def test_sealed_credentials_open_for_their_own_connection_only(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    one, other = (tenant.connect(server) for _ in range(2))
    rows = {row["connection_id"]: row for row in tenant.stack.items("ConnectionsTable")}
    for here, there in ((one, other), (other, one)):
        sealed = rows[there]["sealed_credentials"]
        tenant.stack.put("ConnectionsTable", {**rows[here], "sealed_credentials": sealed})

    def stored() -> list[object]:
        items = tenant.stack.items("ConnectionsTable")
        return [(item["pk"], item["version"], item["sealed_credentials"]) for item in items]

    swapped = stored()
    for connection_id in (one, other):
        for query in ("", "&force_refresh=true"):
            answer = tenant.read(connection_id, query)
            assert answer.status == 500
            assert answer.json()["error"]["code"] == "seal_error"
            assert "credentials" not in answer.json()
    assert server.refreshes() == []
    assert stored() == swapped


def test_a_verifier_opens_for_its_own_flow_only(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    browsers = [Browser(tenant).start() for _ in range(2)]
    flows = tenant.stack.items("FlowsTable")
    for here, there in (flows, flows[::-1]):
        tenant.stack.put("FlowsTable", {**here, "sealed_secrets": there["sealed_secrets"]})

    for browser in browsers:
        answer = browser.back(browser.approve(server))
        assert (answer.status, "does not belong here" in answer.text) == (500, True)
    assert server.requests == []
    assert tenant.stack.items("ConnectionsTable") == []


def test_a_client_secret_does_not_open_for_another_integration(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    tenant.integrate("other")
    rows = {row["integration_id"]: row for row in tenant.stack.items("IntegrationsTable")}
    sealed = rows["other"]["sealed_client_secret"]
    tenant.stack.put("IntegrationsTable", {**rows["test"], "sealed_client_secret": sealed})
    browser = Browser(tenant).start()
    answer = browser.back(browser.approve(server))
    assert (answer.status, "KMS did not unwrap" in answer.text) == (500, True)
    assert server.requests == []


def test_a_kms_that_fails_overwrites_nothing(tenant: Tenant, server: AuthorizationServer) -> None:
    connection_id = tenant.connect(server)
    before = tenant.stack.items("ConnectionsTable")
    for operation, exchanges in (("Decrypt", 0), ("GenerateDataKey", 1)):
        browser = Browser(tenant).start(tenant.reconnect_session(connection_id))
        url, asked = browser.approve(server), len(server.exchanges())
        with aws_relay(tenant.stack) as relay:
            relay.fail[operation] = "DisabledException"
            answer = browser.back(url)
            assert "TransactWriteItems" not in relay.calls
        assert answer.status == 500
        assert "KMS did not" in answer.text
        assert len(server.exchanges()) - asked == exchanges
        assert tenant.stack.items("ConnectionsTable") == before
    failures = [event for event in tenant.stack.items("OutboxTable") if not event["success"]]
    assert [event["error_type"] for event in failures] == ["seal_error"] * 2


def test_a_start_leaves_nothing_behind_when_kms_fails(tenant: Tenant) -> None:
    token = tenant.session()
    with aws_relay(tenant.stack) as relay:
        relay.fail["GenerateDataKey"] = "AccessDeniedException"
        assert tenant.start(token).status == 500
        assert relay.count(WRITES) == 0
    assert tenant.stack.items("FlowsTable") == []
