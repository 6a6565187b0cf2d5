"""KMS goes down, and the cached key too old, while the provider answers: the answer is stored."""

import time
from dataclasses import dataclass, replace
from typing import Any

from carrick.crypto.envelope import MAX_AGE_SECONDS, Envelope
from carrick.domain.refresh import Result, refresh_connection
from carrick.domain.vault import Vault
from tests.support.connections import Connections
from tests.support.kms import refusal


@dataclass
class FailingKms:
    """The stack's KMS, until it is down."""

    client: Any
    is_down: bool = False

    def generate_data_key(self, **request: Any) -> Any:
        self._check()
        return self.client.generate_data_key(**request)

    def decrypt(self, **request: Any) -> Any:
        self._check()
        return self.client.decrypt(**request)

    def _check(self) -> None:
        if self.is_down:
            raise refusal("KMSInternalException")


def test_the_answer_is_stored(connections: Connections) -> None:
    stack = connections.tenant.stack
    made = connections.make(expires_in=-1)
    kms, moment = FailingKms(stack.aws.client("kms")), [time.time()]
    key_arn = stack.aws.key_arn("CredentialsKey")
    vault = Vault(Envelope(kms=kms, key_arn=key_arn, now=lambda: moment[0]))
    deps = replace(stack.function("refresh_worker").dependencies(), vault=vault)

    def goes_down() -> None:
        kms.is_down = True
        moment[0] += MAX_AGE_SECONDS + 1

    connections.server.switches.before_answer = goes_down

    outcome = refresh_connection(made, deps, seconds_left=lambda: 29.0)

    assert outcome.result is Result.REFRESHED
    assert connections.access_token() == "canary-secret-access-1"
    assert connections.stored().version == 2
