from collections.abc import Mapping
from itertools import count

import pytest

from carrick import identifiers
from carrick.edge import caller
from carrick.edge.caller import (
    ROOT,
    SESSION,
    SESSION_IN_QUERY,
    Access,
    Authenticator,
    Caller,
    api_key,
    session_or_key,
)
from carrick.errors import CarrickError, ForbiddenError, UnauthenticatedError
from carrick.models.environment import ApiKey, hash_token
from carrick.models.session import ConnectSession

ENVIRONMENT = "dac4a9a6-bd21-45b6-8ea1-4e4ad7f39d1c"
KEY, KEY_ID = identifiers.new_api_key(ENVIRONMENT)
TOKEN = identifiers.new_session_token()
ROOT_KEY = "r" * 64
READ = api_key("environment:connections:read")


class Scene:
    """An authenticator over one key and one session, with a clock that the test moves."""

    def __init__(self, *scopes: str) -> None:
        self.time = 0.0
        self.lookups = 0
        self.key: ApiKey | None = ApiKey(ENVIRONMENT, KEY_ID, "k", hash_token(KEY), scopes, 0.0)
        self.session = ConnectSession(hash_token(TOKEN), ENVIRONMENT, 0.0, 60.0, "op_1")
        self.authenticator = Authenticator(
            keys=self, sessions=self, root_key=lambda: ROOT_KEY, now=lambda: self.time
        )

    def get_api_key(self, environment_id: str, key_id: str) -> ApiKey | None:
        self.lookups += 1
        return self.key if (environment_id, key_id) == (ENVIRONMENT, KEY_ID) else None

    def get(self, token: str) -> ConnectSession | None:
        return self.session if token == TOKEN else None

    def ask(self, access: Access, token: str = KEY, query: str = "") -> Caller:
        headers = {"authorization": f"Bearer {token}"}
        return self.authenticator.authenticate(headers, query, access)


def refusal(scene: Scene, access: Access, headers: Mapping[str, str], query: str = "") -> str:
    with pytest.raises(UnauthenticatedError) as raised:
        scene.authenticator.authenticate(headers, query, access)
    return raised.value.code


@pytest.mark.parametrize(
    "granted",
    [
        "environment:connections:read",
        "environment:connections:*",
        "environment:*",
    ],
)
def test_a_scope_opens_its_route_alone_or_by_prefix(granted: str) -> None:
    assert Scene(granted).ask(READ).environment_id == ENVIRONMENT


@pytest.mark.parametrize(
    "granted",
    [
        "environment:connections:read_credentials",
        "environment:connections:rea",
        "environment:connection:*",
        "environment:connections:read:*",
        "environment",
        "*",
        "",
    ],
)
def test_other_scopes_do_not(granted: str) -> None:
    with pytest.raises(ForbiddenError) as raised:
        Scene(granted).ask(READ)
    assert raised.value.message == "Insufficient scope. Required: environment:connections:read"


def test_alternatives_are_named() -> None:
    with pytest.raises(ForbiddenError) as raised:
        Scene().ask(api_key("a:b", "a:c"))
    assert raised.value.message == "Insufficient scope. Required one of: a:b or a:c"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "missing_auth_header"),
        ("", "missing_auth_header"),
        ("Bearer", "malformed_auth_header"),
        ("Bearer ", "malformed_auth_header"),
        (f"Basic {KEY}", "malformed_auth_header"),
        (KEY, "malformed_auth_header"),
        (f"Bearer {KEY} {KEY}", "malformed_auth_header"),
        (f"Bearer  {KEY}", "malformed_auth_header"),
        (f"Bearer {KEY}\u00e9", "malformed_auth_header"),
        ("Bearer 9f3c1c1e-0000-4000-8000-000000000000", "invalid_secret_key_format"),
        (f"Bearer {KEY[:-1]}", "invalid_secret_key_format"),
        (f"Bearer {KEY[:-1]}{'0' if KEY[-1] != '0' else '1'}", "invalid_secret_key_format"),
        (f"Bearer {identifiers.new_api_key(ENVIRONMENT)[0]}", "unknown_account"),
        (f"Bearer {TOKEN}", "invalid_secret_key_format"),
        (f"Bearer {ROOT_KEY}", "invalid_secret_key_format"),
    ],
    ids=count(),
)
def test_what_is_no_key_is_refused_by_its_kind(header: str | None, code: str) -> None:
    headers = {} if header is None else {"authorization": header}
    assert refusal(Scene("environment:*"), READ, headers) == code


def test_the_scheme_may_be_in_any_case() -> None:
    headers = {"authorization": f"bearer {KEY}"}
    assert Scene("environment:*").authenticator.authenticate(headers, "", READ)


def test_a_key_id_with_another_secret_is_no_key() -> None:
    scene = Scene("environment:*")
    scene.key = ApiKey(ENVIRONMENT, KEY_ID, "k", hash_token("another"), ("environment:*",), 0.0)

    assert refusal(scene, READ, {"authorization": f"Bearer {KEY}"}) == "unknown_account"


def test_a_deleted_key_works_for_half_a_minute_at_most() -> None:
    scene = Scene("environment:*")
    scene.ask(READ)
    scene.key = None
    scene.time = caller.KEY_CACHE_SECONDS - 0.1
    scene.ask(READ)
    assert scene.lookups == 1

    scene.time = caller.KEY_CACHE_SECONDS
    with pytest.raises(UnauthenticatedError):
        scene.ask(READ)


def test_a_session_is_taken_only_where_sessions_are() -> None:
    scene = Scene("environment:*")
    assert scene.ask(SESSION, TOKEN).session is scene.session
    assert scene.ask(session_or_key("environment:x"), TOKEN).session is scene.session
    assert scene.ask(SESSION_IN_QUERY, "", f"connect_session_token={TOKEN}").session
    for access in (READ, ROOT):
        with pytest.raises(UnauthenticatedError):
            scene.ask(access, TOKEN)


@pytest.mark.parametrize(
    "token",
    [
        KEY,
        TOKEN.removeprefix(identifiers.SESSION_TOKEN_PREFIX),
        TOKEN[:-1],
        TOKEN.replace(TOKEN[-64:], TOKEN[-64:].upper().replace("0", "A")),
        f"{identifiers.SESSION_TOKEN_PREFIX}{TOKEN}",
        "x",
    ],
    ids=count(),
)
def test_what_is_no_session_token_is_refused_by_its_form(token: str) -> None:
    scene, code = Scene("environment:*"), "invalid_connect_session_token_format"
    assert refusal(scene, SESSION, {"authorization": f"Bearer {token}"}) == code
    assert refusal(scene, SESSION_IN_QUERY, {}, f"connect_session_token={token}") == code


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "missing_connect_session_token"),
        ("public_key=9f3c1c1e-0000-4000-8000-000000000000", "deprecated_authentication"),
        (f"connect_session_token={TOKEN[:-64]}{'0' * 64}", "unknown_connect_session_token"),
    ],
    ids=count(),
)
def test_the_query_holds_a_live_session(query: str, code: str) -> None:
    assert refusal(Scene(), SESSION_IN_QUERY, {"authorization": f"Bearer {KEY}"}, query) == code


@pytest.mark.parametrize("query", ["connect_session_token[a]=b", "a=1&a=2"])
def test_a_query_that_reads_two_ways_is_refused(query: str) -> None:
    with pytest.raises(CarrickError) as raised:
        Scene().authenticator.authenticate({}, query, SESSION_IN_QUERY)
    assert raised.value.code == "invalid_query_params"


def test_a_session_may_list_integrations_and_nothing_else() -> None:
    found = Scene().ask(SESSION, TOKEN)
    assert found.scopes == ("environment:integrations:list",)


def test_the_root_key_is_for_no_environment() -> None:
    scene = Scene("environment:*")
    assert scene.ask(ROOT, ROOT_KEY).environment_id == ""
    for token in (KEY, ROOT_KEY[:-1], ROOT_KEY + "r"):
        with pytest.raises(UnauthenticatedError):
            scene.ask(ROOT, token)


def test_without_a_root_key_there_is_no_root() -> None:
    scene = Scene()
    authenticator = Authenticator(keys=scene, root_key=lambda: "", now=lambda: 0.0)
    with pytest.raises(UnauthenticatedError):
        authenticator.authenticate({"authorization": "Bearer x"}, "", ROOT)


def test_a_route_that_says_nothing_of_who_may_call_admits_no_key() -> None:
    with pytest.raises(UnauthenticatedError):
        Scene("environment:*").ask(Access())
