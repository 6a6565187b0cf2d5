from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from carrick.models.connection import Connection
from carrick.store.connection_tags import ConnectionTagStore, entries
from tests.support.flow_facts import EXISTING, KEY

STORE = ConnectionTagStore(client=None, table="tags")
words = st.sampled_from(["a", "b", "ab", "a#b", "#", "", "\u00e9", "e\u0301", "a|b", "\x00"])
connections = st.builds(
    lambda tags, user, company: replace(
        EXISTING,
        tags=tags,
        end_user={"id": user, "organization": {"id": company}} if user else None,
    ),
    st.dictionaries(words.filter(bool), words.filter(bool), max_size=4),
    words,
    words,
)


def keys(members: list[dict[str, dict[str, object]]], kind: str) -> set[str]:
    """The rows that are written, or those that are deleted."""
    part = "Item" if kind == "Put" else "Key"
    return {
        f"{member[kind][part]['pk']} {member[kind][part]['sk']}"  # type: ignore[index]
        for member in members
        if kind in member
    }


@given(before=connections, after=connections)
def test_rows_of_one_state_become_those_of_the_next(before: Connection, after: Connection) -> None:
    rows = keys(STORE.writes(before, previous=None), "Put")
    members = STORE.writes(after, previous=before)
    put, gone = keys(members, "Put"), keys(members, "Delete")

    assert gone <= rows
    assert not put & gone
    assert rows - gone | put == keys(STORE.writes(after, previous=None), "Put")
    assert rows == keys(STORE.deletes(before), "Delete")


@given(connections)
def test_a_transaction_has_room_for_all_of_them(connection: Connection) -> None:
    assert len(STORE.writes(connection, previous=EXISTING)) < 90


def test_no_two_ways_to_look_up_share_a_row() -> None:
    one = replace(EXISTING, tags={"a": "bc"}, end_user={"id": "x"})
    other = replace(EXISTING, tags={"ab": "c"}, end_user={"id": "x", "organization": {"id": "x"}})
    shared = entries(one) & entries(other)
    assert shared == {("connection", "", "c-1"), ("end_user", "", "x")}
    put = keys(STORE.writes(one, previous=None), "Put")
    assert len(put | keys(STORE.writes(other, previous=None), "Put")) == 5


def test_tenants_do_not_share_rows() -> None:
    elsewhere = replace(EXISTING, key=replace(KEY, environment_id="en"))
    here = keys(STORE.writes(EXISTING, previous=None), "Put")
    assert not here & keys(STORE.writes(elsewhere, previous=None), "Put")
