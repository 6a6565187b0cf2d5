from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrick.crypto.envelope import Envelope, SealContext
from carrick.errors import SealError
from tests.support.kms import FakeKms

SECRET = b"canary-secret-token"
PLACE = SealContext("env-a", "github#c-1", "connection")
ids = st.text(st.characters(codec="utf-8"), max_size=12)


def envelope(kms: FakeKms) -> Envelope:
    return Envelope(kms=kms, key_arn="arn:key", now=lambda: 0.0)


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(PLACE, environment_id="env-b"),
        replace(PLACE, owner="github#c-2"),
        replace(PLACE, owner="gitlab#c-1"),
        replace(PLACE, purpose="integration"),
        replace(PLACE, detail="webhook_secret"),
    ],
)
@pytest.mark.parametrize("is_warm", [True, False])
def test_a_copy_elsewhere_is_refused(elsewhere: SealContext, is_warm: bool) -> None:
    kms = FakeKms()
    sealing = envelope(kms)
    sealed = sealing.seal(SECRET, PLACE)
    opening = sealing if is_warm else envelope(kms)
    opening.seal(b"anything", elsewhere)

    with pytest.raises(SealError):
        opening.unseal(sealed, elsewhere)
    assert opening.unseal(sealed, PLACE) == SECRET


def test_details_share_a_data_key_and_still_cannot_be_swapped() -> None:
    kms = FakeKms()
    sealing = envelope(kms)
    one, two = replace(PLACE, detail="state-1"), replace(PLACE, detail="state-2")
    sealed = sealing.seal(SECRET, one)
    sealing.seal(SECRET, two)

    assert kms.calls == ["GenerateDataKey"]
    with pytest.raises(SealError):
        sealing.unseal(sealed, two)


@given(
    one=st.builds(SealContext, ids, ids, ids, ids), other=st.builds(SealContext, ids, ids, ids, ids)
)
def test_no_two_places_have_the_same_associated_data(one: SealContext, other: SealContext) -> None:
    assert (one == other) == (one.associated_data() == other.associated_data())


@given(position=st.integers(min_value=0), bit=st.integers(0, 7))
def test_any_bit_that_changed_is_noticed(position: int, bit: int) -> None:
    kms = FakeKms()
    sealing = envelope(kms)
    sealed = bytearray(sealing.seal(SECRET, PLACE))
    sealed[position % len(sealed)] ^= 1 << bit

    with pytest.raises(SealError):
        sealing.unseal(bytes(sealed), PLACE)


@given(length=st.integers(min_value=0, max_value=200))
def test_a_value_that_was_cut_is_refused(length: int) -> None:
    sealing = envelope(FakeKms())
    sealed = sealing.seal(SECRET, PLACE)

    with pytest.raises(SealError):
        sealing.unseal(sealed[: min(length, len(sealed) - 1)], PLACE)


def test_the_plaintext_is_not_in_the_sealed_value_and_no_two_are_alike() -> None:
    sealing = envelope(FakeKms())
    sealed = {sealing.seal(SECRET, PLACE) for _ in range(100)}

    assert len(sealed) == 100
    assert not any(SECRET in value for value in sealed)
