"""The body follows contract §10.2 and survives a round through JavaScript byte for byte."""

import json
import subprocess
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrick.domain.webhook_events import webhook_body
from carrick.models.events import Operation
from tests.support.webhooks import make_event

REWRITE = """
const sorted = (value) => value && typeof value === 'object'
  ? Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]))
  : value;
const bodies = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const rewritten = bodies.map((body) => JSON.stringify(sorted(JSON.parse(body))));
console.log(JSON.stringify(rewritten.map((body) => [...Buffer.from(body, 'utf8')])));
"""


def rewritten_by_javascript(bodies: Sequence[bytes]) -> list[bytes]:
    """``JSON.stringify`` of each parsed body, its keys sorted by JavaScript's own ``sort``."""
    answer = subprocess.run(
        ["node", "-e", REWRITE],
        input=json.dumps([body.decode() for body in bodies]),
        capture_output=True,
        text=True,
        check=True,
    )
    return [bytes(body) for body in json.loads(answer.stdout)]


def test_a_creation_reads_as_in_the_contract() -> None:
    assert webhook_body(make_event(), "dev").decode() == (
        '{"authMode":"OAUTH2","connectionId":"c-1",'
        '"endUser":{"endUserEmail":"a@b.co","endUserId":"u1","organizationId":"o1","tags":{}},'
        '"environment":"dev","from":"nango","operation":"creation","provider":"github",'
        '"providerConfigKey":"github-prod","success":true,"tags":{"end_user_id":"u1"},'
        '"type":"auth"}'
    )


def test_a_failed_creation_says_why_and_has_neither_tags_nor_end_user() -> None:
    event = make_event(
        success=False,
        tags=None,
        error_type="unable_to_parse_token_response",
        error_description="The answer was no token response.",
    )

    body = json.loads(webhook_body(event, "dev"))

    assert body["success"] is False
    assert body["error"] == {
        "type": "unable_to_parse_token_response",
        "description": "The answer was no token response.",
    }
    assert "tags" not in body
    assert "endUser" not in body


@pytest.mark.parametrize("operation", [Operation.REFRESH, Operation.OVERRIDE])
def test_failures_of_a_connection_keep_its_tags_but_not_its_end_user(operation: Operation) -> None:
    body = json.loads(webhook_body(make_event(operation=operation, success=False), "dev"))

    assert body["tags"] == {"end_user_id": "u1"}
    assert "endUser" not in body


def test_an_end_user_without_email_and_organization_has_no_such_members() -> None:
    body = json.loads(webhook_body(make_event(end_user={"id": "u1", "organization": None}), "dev"))

    assert body["endUser"] == {"endUserId": "u1", "tags": {}}


def test_the_version_of_the_connection_is_told_so_that_stale_events_can_be_dropped() -> None:
    assert json.loads(webhook_body(make_event(version=7), "dev"))["version"] == 7


@pytest.mark.parametrize(
    "tags",
    [
        pytest.param({"name": "Zoë 🦊 日本"}, id="not ASCII"),
        pytest.param({"quoted": '"\\/\b\f\n\r\t'}, id="escapes"),
        pytest.param({"control": "\x00\x1f\x7f\x80"}, id="control characters"),
        pytest.param({"html": "</script>&\u2028\u2029"}, id="HTML"),
        pytest.param({"lone": "\ud83e", "other": "\udd8a"}, id="lone surrogates"),
        pytest.param({"10": "a", "9": "b", "01": "c", "": "d"}, id="keys that are integers"),
        pytest.param({"4294967294": "a", "4294967295": "b", "5": "c"}, id="largest integer key"),
        pytest.param({"\uff5e": "a", "\U0001f98a": "b"}, id="keys beyond the first plane"),
        pytest.param({"B": "1", "a": "2", "_": "3", "Ä": "4"}, id="order of letters"),
    ],
)
def test_parsing_and_writing_it_again_in_javascript_changes_no_byte(tags: dict[str, str]) -> None:
    end_user = {"id": "u1", "email": None, "tags": tags}
    body = webhook_body(make_event(tags=tags, end_user=end_user, version=2**53 - 1), "dev")

    assert rewritten_by_javascript([body]) == [body]
    assert json.loads(body)["tags"] == tags


TAGS = st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=6)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(TAGS, st.text()), min_size=20, max_size=40))
def test_no_text_at_all_is_written_differently_by_javascript(
    members: list[tuple[dict[str, str], str]],
) -> None:
    bodies = [
        webhook_body(make_event(tags=tags, connection_id=text), "dev") for tags, text in members
    ]

    assert rewritten_by_javascript(bodies) == bodies
