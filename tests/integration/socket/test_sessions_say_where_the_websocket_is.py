"""``websocketsPath`` as the official client takes it: a path of the API's host, or a whole URL."""

import pytest

from local.template import Stack
from tests.support.stack import TEMPLATE, RunningStack
from tests.support.tenant import Tenant

OWN = {"WebSocketDomainName": "ws.example.com", "WebSocketCertificateArn": "arn:aws:acm:x"}


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, "wss://websocketapi.execute-api.us-east-1.amazonaws.com/socket"),
        (OWN, "wss://ws.example.com/"),
        ({"WebSocketsPath": "/"}, "/"),
        ({**OWN, "WebSocketsPath": "/live"}, "/live"),
    ],
)
def test_it_is_where_the_deployment_has_it(
    stack: RunningStack, parameters: dict[str, str], expected: str
) -> None:
    tenant = Tenant(stack)
    deployed = Stack.load(TEMPLATE, parameters).functions["session"].environment
    stack.set(WEBSOCKETS_PATH=deployed["WEBSOCKETS_PATH"])

    token = {"authorization": f"Bearer {tenant.session()}"}
    answer = stack.http("GET", "/connect/session", headers=token)

    assert answer.json()["data"]["websocketsPath"] == expected
