"""Which secret is sealed at which place: the one list of purposes and owners.

=============== =================================== ========================================
purpose         owner                               what
=============== =================================== ========================================
``connection``  integration # connection            a connection's credentials
``integration`` integration; detail: which one      an integration's client secret (no detail),
                                                    webhook secret, other secrets (``custom``)
``flow``        ``flows``; detail: hash of state    PKCE verifier
``signing``     environment                         webhook signing keys
=============== =================================== ========================================

Flows share one data key per environment: they live for minutes, and a key of their own each would
be two calls to KMS for every authorization.
"""

import json
from collections.abc import Callable
from dataclasses import asdict

from carrick.crypto.envelope import Envelope, SealContext
from carrick.models.connection import ConnectionKey
from carrick.models.credentials import Credentials
from carrick.models.flow import Flow, FlowSecrets
from carrick.models.integration import CustomSecrets, Integration


class Vault:
    """Seals and unseals by what a secret is. Raises ``SealError`` when KMS or the place refuses."""

    def __init__(self, envelope: Envelope) -> None:
        self._envelope = envelope

    def seal_credentials(self, key: ConnectionKey, credentials: Credentials) -> bytes:
        return self._envelope.seal(credentials.to_bytes(), _connection(key))

    def unseal_credentials(self, key: ConnectionKey, sealed: bytes) -> Credentials:
        return Credentials.from_bytes(self._envelope.unseal(sealed, _connection(key)))

    def credentials_sealer(
        self, key: ConnectionKey, sealed: bytes
    ) -> Callable[[Credentials], bytes]:
        """What seals the next credentials of a connection without asking KMS any more."""
        seal = self._envelope.sealer(sealed, _connection(key))
        return lambda credentials: seal(credentials.to_bytes())

    def seal_client_secret(self, environment_id: str, integration_id: str, secret: str) -> bytes:
        return self._envelope.seal(secret.encode(), _integration(environment_id, integration_id))

    def client_secret(self, integration: Integration) -> str:
        """The client secret, empty for a public client."""
        if not integration.sealed_client_secret:
            return ""
        place = _integration(integration.environment_id, integration.integration_id)
        return self._envelope.unseal(integration.sealed_client_secret, place).decode()

    def seal_webhook_secret(self, environment_id: str, integration_id: str, secret: str) -> bytes:
        place = _integration(environment_id, integration_id, "webhook_secret")
        return self._envelope.seal(secret.encode(), place)

    def webhook_secret(self, integration: Integration) -> str:
        """What the provider signs its webhooks with; empty if nobody said."""
        if not integration.sealed_webhook_secret:
            return ""
        key = integration.environment_id, integration.integration_id
        place = _integration(*key, "webhook_secret")
        return self._envelope.unseal(integration.sealed_webhook_secret, place).decode()

    def seal_custom(
        self, environment_id: str, integration_id: str, secrets: CustomSecrets
    ) -> bytes:
        """Empty if there is nothing to seal."""
        plaintext = secrets.to_bytes()
        place = _integration(environment_id, integration_id, "custom")
        return self._envelope.seal(plaintext, place) if plaintext else b""

    def custom_secrets(self, integration: Integration) -> CustomSecrets:
        """The secrets of an integration beside its client secret."""
        if not integration.sealed_custom:
            return CustomSecrets()
        place = _integration(integration.environment_id, integration.integration_id, "custom")
        return CustomSecrets.from_bytes(self._envelope.unseal(integration.sealed_custom, place))

    def seal_signing_key(self, environment_id: str, signing_key: str) -> bytes:
        return self._envelope.seal(signing_key.encode(), _signing(environment_id))

    def signing_key(self, environment_id: str, sealed: bytes) -> str:
        """A webhook signing key, ``whsec_…``."""
        return self._envelope.unseal(sealed, _signing(environment_id)).decode()

    def seal_flow(self, environment_id: str, state_hash: str, secrets: FlowSecrets) -> bytes:
        return self._envelope.seal(
            json.dumps(asdict(secrets)).encode(), _flow(environment_id, state_hash)
        )

    def flow_secrets(self, flow: Flow) -> FlowSecrets:
        plaintext = self._envelope.unseal(
            flow.sealed_secrets, _flow(flow.environment_id, flow.state_hash)
        )
        return FlowSecrets(**json.loads(plaintext))


def _connection(key: ConnectionKey) -> SealContext:
    owner = f"{key.integration_id}#{key.connection_id}"
    return SealContext(key.environment_id, owner, "connection")


def _integration(environment_id: str, integration_id: str, detail: str = "") -> SealContext:
    return SealContext(environment_id, integration_id, "integration", detail)


def _signing(environment_id: str) -> SealContext:
    return SealContext(environment_id, environment_id, "signing")


def _flow(environment_id: str, state_hash: str) -> SealContext:
    return SealContext(environment_id, "flows", "flow", detail=state_hash)
