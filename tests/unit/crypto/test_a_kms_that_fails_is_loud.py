import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from carrick.crypto.envelope import Envelope, SealContext
from carrick.errors import SealError
from tests.support.kms import FakeKms, refusal

PLACE = SealContext("env-a", "github#c-1", "connection")
FAILURES = [
    refusal("DisabledException"),
    refusal("AccessDeniedException"),
    refusal("KMSInvalidStateException"),
    refusal("ThrottlingException"),
    EndpointConnectionError(endpoint_url="https://kms"),
    ConnectTimeoutError(endpoint_url="https://kms"),
    ReadTimeoutError(endpoint_url="https://kms"),
]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
def test_nothing_is_sealed_or_opened_and_nothing_of_the_secret_is_said(failure: Exception) -> None:
    kms = FakeKms()
    sealed = Envelope(kms=kms, key_arn="arn:key", now=lambda: 0.0).seal(b"canary-secret", PLACE)
    kms.failure = failure
    cold = Envelope(kms=kms, key_arn="arn:key", now=lambda: 0.0)

    for attempt in (lambda: cold.seal(b"canary-secret", PLACE), lambda: cold.unseal(sealed, PLACE)):
        with pytest.raises(SealError) as raised:
            attempt()
        assert "canary-secret" not in f"{raised.value} {raised.value!r}"


def test_a_data_key_that_is_none_is_refused() -> None:
    class Broken(FakeKms):
        def decrypt(self, **_: object) -> dict[str, bytes]:
            return {"Plaintext": b"short"}

    kms = Broken()
    sealed = Envelope(kms=kms, key_arn="arn:key", now=lambda: 0.0).seal(b"x", PLACE)
    with pytest.raises(SealError):
        Envelope(kms=kms, key_arn="arn:key", now=lambda: 0.0).unseal(sealed, PLACE)
