"""What a refresh seals with is had before the provider is asked."""

import pytest
from botocore.exceptions import EndpointConnectionError

from carrick.crypto.envelope import MAX_AGE_SECONDS, Envelope, SealContext
from carrick.errors import SealError
from tests.support.kms import FakeKms

PLACE = SealContext("e", "i#c", "connection")
DOWN = EndpointConnectionError(endpoint_url="https://kms.example")


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def test_it_seals_when_both_are_gone() -> None:
    kms, clock = FakeKms(), Clock()
    envelope = Envelope(kms=kms, key_arn="arn", now=clock)
    seal = envelope.sealer(envelope.seal(b"old", PLACE), PLACE)

    kms.failure, clock.now = DOWN, clock.now + MAX_AGE_SECONDS + 1
    with pytest.raises(SealError):
        envelope.seal(b"new", PLACE)
    sealed = seal(b"new")

    kms.failure = None
    assert envelope.unseal(sealed, PLACE) == b"new"
    assert seal(b"new") != sealed  # a nonce of its own each time


def test_it_is_of_one_place() -> None:
    envelope = Envelope(kms=FakeKms(), key_arn="arn", now=Clock())
    sealed = envelope.seal(b"old", PLACE)
    with pytest.raises(SealError):
        envelope.sealer(sealed, SealContext("e", "i#other", "connection"))


def test_without_kms_there_is_none() -> None:
    kms, clock = FakeKms(), Clock()
    envelope = Envelope(kms=kms, key_arn="arn", now=clock)
    sealed = envelope.seal(b"old", PLACE)
    kms.failure, clock.now = DOWN, clock.now + MAX_AGE_SECONDS + 1
    with pytest.raises(SealError):
        envelope.sealer(sealed, PLACE)
