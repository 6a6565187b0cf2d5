"""Design §7: our part of a flow is at most 8 requests to DynamoDB and 2 to KMS, warm."""

from tests.support.authorization_server import AuthorizationServer
from tests.support.aws_relay import DYNAMODB, KMS, aws_relay
from tests.support.browser import Browser
from tests.support.tenant import Tenant


def test_session_start_and_callback(tenant: Tenant, server: AuthorizationServer) -> None:
    with aws_relay(tenant.stack) as relay:
        for is_warm in (False, True):
            relay.forget()
            browser = Browser(tenant).start(tenant.session())
            assert browser.back(browser.approve(server)).status == 200
            if is_warm:
                assert relay.count(DYNAMODB) <= 8, relay.calls
                assert relay.count(KMS) <= 2, relay.calls
            assert relay.count(DYNAMODB) + relay.count(KMS) == len(relay.calls)


def test_a_reconnect_reads_no_more(tenant: Tenant, server: AuthorizationServer) -> None:
    connection_id = tenant.connect(server)
    browser = Browser(tenant).start(tenant.reconnect_session(connection_id))
    url = browser.approve(server)
    with aws_relay(tenant.stack) as relay:
        assert browser.back(url).status == 200
        assert [call for call in relay.calls if call in DYNAMODB] == [
            "DeleteItem",
            "BatchGetItem",
            "TransactWriteItems",
        ]
