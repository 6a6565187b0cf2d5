"""Requirement 9 of the security list: neither a session nor a catalog entry redirects a flow."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from carrick.oauth.authorization import (
    PROTECTED_PARAMS,
    AuthorizationRequest,
    build_authorization_url,
)

SPELLINGS = ["{}", " {}", "{} ", "{}[]", "{}[0]", "{}\x00", "{}\x00x"]


def query(**changes) -> dict[str, str]:
    given = {
        "endpoint": "https://provider.example/authorize",
        "client_id": "client",
        "redirect_uri": "https://carrick.example/cb",
        "state": "the-state",
        "scopes": ("read",),
        "code_challenge": "the-challenge",
        **changes,
    }
    url = build_authorization_url(AuthorizationRequest(**given))
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("name", sorted(PROTECTED_PARAMS))
def test_a_session_changes_nothing_in_any_spelling(name, spelling):
    for text in (name, name.upper(), name.title(), name.replace("_", "."), name.replace("_", " ")):
        assert query(session_params={spelling.format(text): "evil"}) == query()


@pytest.mark.parametrize("name", sorted(PROTECTED_PARAMS))
def test_a_session_cannot_remove_a_protected_parameter(name):
    with_resource = query(provider_params={"resource": "https://api.example"})
    removed = query(
        provider_params={"resource": "https://api.example"}, session_params={name: None}
    )
    assert removed == with_resource


def test_a_session_cannot_turn_pkce_down():
    sent = query(session_params={"code_challenge_method": "plain", "code_challenge": None})
    assert (sent["code_challenge"], sent["code_challenge_method"]) == ("the-challenge", "S256")


def test_a_session_cannot_add_a_challenge_of_its_own_where_pkce_is_off():
    sent = query(code_challenge=None, session_params={"code_challenge": "evil"})
    assert "code_challenge" not in sent


@pytest.mark.parametrize("name", ["client_key", "Client_Key", "client_id", "customField"])
def test_a_session_cannot_reach_a_parameter_by_the_providers_name_for_it(name):
    renames = {"client_id": "client_key", "state": "customField"}
    sent = query(param_renames=renames, session_params={name: "evil"})
    assert sent == query(param_renames=renames)


@pytest.mark.parametrize(
    "name", ["client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method"]
)
def test_a_catalog_entry_cannot_replace_what_the_flow_sets(name):
    assert query(provider_params={name: "evil"}) == query()


@pytest.mark.parametrize("response_type", ["token", "code token", "id_token"])
def test_the_response_type_is_always_code(response_type):
    sent = query(
        provider_params={"response_type": response_type},
        session_params={"response_type": response_type},
    )
    assert sent["response_type"] == "code"


@pytest.mark.parametrize("name", ["resource", "response_mode", "nonce", "prompt"])
def test_a_catalog_entry_may_set_the_rest(name):
    assert query(provider_params={name: "value"})[name] == "value"


def test_a_session_cannot_change_the_resource_of_a_catalog_entry():
    sent = query(
        provider_params={"resource": "https://a.example"},
        session_params={"resource": "https://b.example"},
    )
    assert sent["resource"] == "https://a.example"


@pytest.mark.parametrize("name", ["x&client_id", "x=1&state", "x#", "x;client_id"])
def test_a_name_cannot_smuggle_a_second_parameter(name):
    assert query(session_params={name: "evil"}) == {**query(), name: "evil"}
