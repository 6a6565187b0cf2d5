"""OAUTH2_CC with mutual TLS: the person's certificate goes with each token request, not into it."""

import json

from carrick.catalog import Catalog
from carrick.domain.modes.client_credentials import ClientCredentialsGrant
from carrick.domain.modes.contract import Setting, Tools
from carrick.models.http import InboundResponse, OutboundRequest
from carrick.models.integration import CustomSecrets, Integration
from carrick.transport.client import Transport

NOW = 1_800_000_000.0
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"
KEY = "-----BEGIN PRIVATE KEY-----\ncanary-secret\n-----END PRIVATE KEY-----\n"
SUBMITTED = {
    "client_id": "ada",
    "client_secret": "canary-secret-own",
    # As a form of one line leaves it.
    "client_certificate": (CERTIFICATE * 2).replace("\n", " "),
    "client_private_key": KEY.replace("\n", "\\n"),
}


class Recording(Transport):
    """Notes what is sent, and answers with a token."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[OutboundRequest] = []

    def send(self, request: OutboundRequest, **_: object) -> InboundResponse:
        self.sent.append(request)
        body = json.dumps({"access_token": "canary-secret-token", "expires_in": 60})
        return InboundResponse(200, {}, body.encode())


def test_the_pair_is_presented_now_and_on_renewal():
    transport, mode = Recording(), ClientCredentialsGrant()
    tools = Tools(transport, lambda: NOW)
    setting = Setting(
        provider=Catalog().get("adp"),
        integration=Integration("e", "i", "adp", NOW, NOW),
        client_secret="",
        secrets=CustomSecrets(),
        config={},
    )

    first = mode.obtain(SUBMITTED, setting, tools)
    mode.renew(first.credentials, setting, tools)

    for request in transport.sent:
        assert request.client_certificate is not None
        assert request.client_certificate.certificate == CERTIFICATE * 2
        assert request.client_certificate.private_key == KEY
        assert b"BEGIN" not in request.body
    assert len(transport.sent) == 2
    assert first.credentials.values["client_certificate"] == SUBMITTED["client_certificate"]
