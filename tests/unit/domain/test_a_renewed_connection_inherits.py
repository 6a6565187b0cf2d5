from dataclasses import replace
from pathlib import Path

import pytest

from carrick.domain import oauth2
from carrick.domain.authorized import Authorized, check_unchanged, connection_of
from carrick.domain.modes.oauth2_code import obtained
from carrick.errors import FlowError
from carrick.models.confirmation import Granted
from carrick.models.connection import Connection
from carrick.oauth.token import TokenSet
from tests.support.flow_facts import (
    EXISTING,
    FLOW,
    INTEGRATION,
    NOW,
    SESSION,
    authorized,
    provider,
    tokens,
)


def made(facts: Authorized, answer: TokenSet) -> Connection:
    said = oauth2.metadata_of(facts.provider, answer, facts.callback)
    gained = obtained(facts.provider, answer, said, config=facts.flow.connection_config)
    granted = Granted(
        sealed_credentials=b"sealed",
        refreshable=True,
        expires_at=gained.credentials.expires_at,
        said=gained.said,
        granted_scopes=gained.granted_scopes,
        account_id=gained.account_id,
    )
    return connection_of(facts, granted, now=NOW)


def test_what_nobody_named_stays(tmp_path: Path) -> None:
    renewed = made(authorized(provider(tmp_path), renews=EXISTING), tokens(account="account-1"))

    for name in ("id", "created_at", "tags", "end_user", "metadata", "last_fetched_at"):
        assert getattr(renewed, name) == getattr(EXISTING, name)
    assert renewed.connection_config == EXISTING.connection_config
    assert renewed.webhook_url_override == EXISTING.webhook_url_override
    assert renewed.version == EXISTING.version + 1
    assert renewed.updated_at == NOW


def test_what_the_session_names_replaces(tmp_path: Path) -> None:
    session = replace(
        SESSION, tags={"plan": "free"}, end_user={"id": "u2"}, webhook_url_override="https://b.c/d"
    )
    facts = authorized(provider(tmp_path), renews=EXISTING, session=session)
    renewed = made(facts, tokens(account="account-1"))

    assert (renewed.tags, renewed.end_user) == ({"plan": "free"}, {"id": "u2"})
    assert renewed.webhook_url_override == "https://b.c/d"


def test_nothing_is_something_to_name(tmp_path: Path) -> None:
    session = replace(SESSION, tags={}, webhook_url_override="")
    facts = authorized(provider(tmp_path), renews=EXISTING, session=session)
    renewed = made(facts, tokens(account="account-1"))

    assert renewed.tags == {}
    assert renewed.webhook_url_override is None


def test_a_refresh_that_failed_is_forgotten(tmp_path: Path) -> None:
    broken = replace(
        EXISTING,
        refresh=replace(
            EXISTING.refresh,
            error_code="invalid_grant",
            exhausted=True,
            attempts=4,
            lease_owner="l",
        ),
    )
    refresh = made(
        authorized(provider(tmp_path), renews=broken), tokens(account="account-1")
    ).refresh

    assert (refresh.error_code, refresh.exhausted, refresh.attempts) == ("", False, 0)
    assert (refresh.lease_owner, refresh.lease_until) == ("", 0.0)
    assert refresh.refresh_at is not None
    assert NOW < refresh.refresh_at < NOW + 3_600


def test_what_the_provider_says_now_replaces_what_it_said_then(tmp_path: Path) -> None:
    entry = provider(tmp_path, token_response_metadata='["team"]')
    facts = authorized(entry, renews=EXISTING)
    renewed = made(facts, tokens(account="account-1", team="t-2"))

    assert renewed.connection_config == {"subdomain": "acme", "team": "t-2"}


def test_a_new_connection_inherits_nothing(tmp_path: Path) -> None:
    one = made(authorized(provider(tmp_path)), tokens())
    other = made(authorized(provider(tmp_path)), tokens())

    assert one.version == 1
    assert one.id != other.id
    assert (one.tags, one.metadata, one.end_user, one.connection_config) == ({}, {}, None, {})
    assert (one.created_at, one.last_fetched_at, one.webhook_url_override) == (NOW, None, None)
    assert one.binding == "cookie"


@pytest.mark.parametrize(
    ("answer", "allowed", "ok"),
    [
        ({"account": "account-1"}, False, True),
        ({"account": "account-2"}, False, False),
        ({"account": "account-2"}, True, True),
        ({"account": "ACCOUNT-1"}, False, False),
        ({"account": "account-1 "}, False, False),
        ({}, False, False),
        ({"account": ""}, False, False),
        ({"account": ["account-1"]}, False, False),
        ({}, True, True),
    ],
)
def test_the_account_is_the_one_that_was_connected(
    tmp_path: Path, answer: dict[str, object], allowed: bool, ok: bool
) -> None:
    session = replace(SESSION, allow_account_change=allowed)
    facts = authorized(provider(tmp_path), renews=EXISTING, session=session)
    if ok:
        assert made(facts, tokens(**answer)).account_id == answer.get("account", "")
        return
    with pytest.raises(FlowError) as raised:
        made(facts, tokens(**answer))
    assert raised.value.code == "account_mismatch"


@pytest.mark.parametrize(
    ("facts", "renews"),
    [
        ({"account_id_paths": "[]"}, EXISTING),
        ({}, replace(EXISTING, account_id="")),
    ],
)
def test_an_account_that_cannot_be_told_is_not_compared(
    tmp_path: Path, facts: dict[str, str], renews: Connection
) -> None:
    answer = tokens(account="account-9")
    renewed = made(authorized(provider(tmp_path, **facts), renews=renews), answer)
    assert renewed.account_id in {"", "account-9"}


def test_accounts_of_several_parts_are_compared_whole(tmp_path: Path) -> None:
    entry = provider(tmp_path, account_id_paths='["team.id", "user"]')
    first = made(authorized(entry), tokens(team={"id": "t"}, user=5))
    assert first.account_id

    again = authorized(entry, renews=first)
    assert made(again, tokens(team={"id": "t"}, user=5)).account_id == first.account_id
    for other in ({"team": {"id": "t"}, "user": 6}, {"team": {"id": "t"}}, {"user": 5}):
        with pytest.raises(FlowError):
            made(again, tokens(**other))


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (
            lambda f: replace(f, integration=replace(INTEGRATION, client_id="x")),
            "provider_config_err",
        ),
        (
            lambda f: replace(f, integration=replace(INTEGRATION, provider="x")),
            "provider_config_err",
        ),
        (lambda f: replace(f, existing=None), "connection_not_found"),
        (lambda f: replace(f, existing=replace(EXISTING, id=8)), "connection_not_found"),
        (
            lambda f: replace(f, session=replace(f.session, allowed_integrations=("gitlab",))),
            "session_ended",
        ),
    ],
)
def test_a_flow_ends_only_where_it_began(tmp_path: Path, facts: object, code: str) -> None:
    begun = authorized(provider(tmp_path), renews=EXISTING)
    check_unchanged(begun)
    with pytest.raises(FlowError) as raised:
        check_unchanged(facts(begun))  # type: ignore[operator]
    assert raised.value.code == code


@pytest.mark.parametrize(
    ("scope", "granted"),
    [
        (None, ("read", "write")),
        ("read", ("read",)),
        ("write read", ("write", "read")),
        ("read,write,admin", ("read", "write", "admin")),
        ("", ()),
    ],
)
def test_scopes_are_as_granted_or_as_asked_for(
    tmp_path: Path, scope: str | None, granted: tuple[str, ...]
) -> None:
    raw = {} if scope is None else {"scope": scope}
    connection = made(authorized(provider(tmp_path)), tokens(**raw))
    assert connection.requested_scopes == FLOW.requested_scopes
    assert connection.granted_scopes == granted
