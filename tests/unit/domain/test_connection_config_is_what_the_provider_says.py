"""Where names of connection config come from: the end user, the token answer, the callback."""

from pathlib import Path

import pytest

from carrick.catalog import Catalog
from carrick.domain import oauth2
from carrick.errors import InvalidRequestError
from tests.support.flow_facts import provider, tokens


def test_members_of_the_answer_are_kept_under_their_path(tmp_path: Path) -> None:
    entry = provider(
        tmp_path, token_response_metadata='["team.id", "is_admin", "list", "none", "n"]'
    )
    answer = tokens(team={"id": "t-1"}, is_admin=True, list=["a"], none="", n=None, other="x")
    assert oauth2.metadata_of(entry, answer, {"team.id": "forged"}) == {
        "team.id": "t-1",
        "is_admin": True,
    }


def test_only_listed_parameters_of_the_callback_are_kept(tmp_path: Path) -> None:
    entry = provider(tmp_path, redirect_uri_metadata='["realm"]')
    callback = {"realm": "r-1", "code": "canary-secret-code", "state": "s", "other": "x"}
    assert oauth2.callback_metadata(entry, callback) == {"realm": "r-1"}
    assert oauth2.callback_metadata(entry, {"realm": ""}) == {}


@pytest.mark.parametrize("value", ["a\r\nb", "a\x00b", "\u202eevil", "x" * 2_000])
def test_a_parameter_that_is_no_plain_text_is_refused(tmp_path: Path, value: str) -> None:
    entry = provider(tmp_path, redirect_uri_metadata='["realm"]')
    with pytest.raises(InvalidRequestError) as raised:
        oauth2.callback_metadata(entry, {"realm": value})
    assert value not in raised.value.message


@pytest.mark.parametrize(
    "server",
    [
        "https://evil.example",
        "https://accounts.zoho.com.evil.example",
        "https://accounts.zoho.com@evil.example",
        "https://accounts.zoho.com:8443",
        "http://accounts.zoho.com",
        "https://169.254.169.254",
        "accounts.zoho.com",
    ],
)
def test_a_host_that_the_callback_names_is_one_of_the_providers(server: str) -> None:
    entry = Catalog(None).get("zoho")
    good = oauth2.callback_metadata(entry, {"accounts-server": "https://accounts.zoho.eu"})
    endpoint = oauth2.token_endpoint(entry, good, allowed_hosts=())
    assert endpoint.url == "https://accounts.zoho.eu/oauth/v2/token"
    with pytest.raises(InvalidRequestError):
        oauth2.callback_metadata(entry, {"accounts-server": server})


def test_a_company_id_has_its_form() -> None:
    entry = Catalog(None).get("quickbooks")
    assert oauth2.callback_metadata(entry, {"realmId": "1234567890"}) == {"realmId": "1234567890"}
    with pytest.raises(InvalidRequestError):
        oauth2.callback_metadata(entry, {"realmId": "1234567890/../9"})


def test_what_the_provider_says_cannot_be_given() -> None:
    given = {"team.id": "forged", "bot_user_id": "forged", "webhook_url": "x", "subdomain": "acme"}
    assert oauth2.given_config(Catalog(None).get("slack"), given) == {"subdomain": "acme"}


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("github-app-oauth", {"app_id": "forged", "pending": "", "installation_id": "forged"}),
        ("mcp-generic", {"oauth_resource_url": "https://other.example.com/mcp"}),
        ("asana", {"data.gid": "forged"}),
        ("slack", {"authed_user.id": "forged"}),
        ("salesforce", {"id": "forged"}),
    ],
)
def test_nor_what_a_mode_says_or_tells_accounts_apart(name: str, given: dict[str, str]) -> None:
    assert oauth2.given_config(Catalog(None).get(name), given) == {}


def test_a_person_fills_in_what_the_entry_asks_for() -> None:
    given = {"subdomain": "acme"}  # which tells accounts apart there
    assert oauth2.given_config(Catalog(None).get("zendesk"), given) == given
