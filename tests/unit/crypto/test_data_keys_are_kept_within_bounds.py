import pytest

from carrick.crypto import envelope
from carrick.crypto.envelope import Envelope, SealContext
from carrick.errors import SealError
from tests.support.kms import FakeKms, refusal

PLACE = SealContext("env-a", "github#c-1", "connection")


class Scene:
    """An envelope whose clock and KMS the test moves."""

    def __init__(self) -> None:
        self.kms = FakeKms()
        self.time = 1_000.0
        self.envelope = Envelope(kms=self.kms, key_arn="arn:key", now=lambda: self.time)

    def fresh(self) -> Envelope:
        """As another sandbox has it: the same KMS, nothing cached."""
        return Envelope(kms=self.kms, key_arn="arn:key", now=lambda: self.time)


def test_within_five_minutes_kms_is_asked_once() -> None:
    scene = Scene()
    sealed = scene.envelope.seal(b"one", PLACE)
    scene.time += envelope.MAX_AGE_SECONDS - 1

    assert scene.envelope.unseal(sealed, PLACE) == b"one"
    scene.envelope.seal(b"two", PLACE)
    assert scene.kms.calls == ["GenerateDataKey"]


def test_a_key_that_was_revoked_opens_nothing_after_five_minutes() -> None:
    scene = Scene()
    sealed = scene.envelope.seal(b"one", PLACE)
    scene.kms.failure = refusal("DisabledException")
    scene.time += envelope.MAX_AGE_SECONDS

    with pytest.raises(SealError):
        scene.envelope.unseal(sealed, PLACE)
    with pytest.raises(SealError):
        scene.envelope.seal(b"two", PLACE)


def test_use_does_not_make_a_key_live_longer() -> None:
    scene = Scene()
    sealed = scene.envelope.seal(b"one", PLACE)
    for _ in range(6):
        scene.time += envelope.MAX_AGE_SECONDS / 6
        scene.envelope.unseal(sealed, PLACE)

    assert scene.kms.calls == ["GenerateDataKey", "Decrypt"]


def test_a_key_is_asked_for_anew_after_its_uses() -> None:
    scene = Scene()
    for _ in range(envelope.MAX_USES + 1):
        scene.envelope.seal(b"x", PLACE)

    assert scene.kms.calls == ["GenerateDataKey"] * 2


def test_only_so_many_keys_are_held() -> None:
    scene = Scene()
    sealed = scene.envelope.seal(b"one", PLACE)
    for number in range(envelope.MAX_KEYS):
        scene.envelope.seal(b"x", SealContext("env-a", f"github#{number}", "connection"))
    scene.kms.calls.clear()

    assert scene.envelope.unseal(sealed, PLACE) == b"one"
    assert scene.kms.calls == ["Decrypt"]


def test_tenants_do_not_share_keys() -> None:
    scene = Scene()
    scene.envelope.seal(b"one", PLACE)
    scene.envelope.seal(b"one", SealContext("env-b", PLACE.owner, PLACE.purpose))

    assert scene.kms.calls == ["GenerateDataKey"] * 2


def test_what_another_sandbox_sealed_opens_here_and_what_was_sealed_here_still_does() -> None:
    scene = Scene()
    here = scene.envelope.seal(b"here", PLACE)
    there = scene.fresh().seal(b"there", PLACE)

    assert scene.envelope.unseal(there, PLACE) == b"there"
    assert scene.envelope.unseal(here, PLACE) == b"here"
