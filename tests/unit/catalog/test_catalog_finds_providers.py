"""Looking up, listing, overlaying, and the public form."""

import json
import sys
import time
from subprocess import run

import pytest

from carrick.catalog import Catalog
from carrick.catalog.library import PACKAGED, provider_files
from carrick.errors import CarrickError, NotFoundError

CUSTOM = """
display_name = "Acme"
auth_mode = "OAUTH2"
authorization_url = "https://${connectionConfig.tenant}.acme.example/authorize"
token_url = "https://${connectionConfig.tenant}.acme.example/token"

[connection_config.tenant]
format = "subdomain"
title = "Tenant"
"""


@pytest.mark.parametrize(
    "name",
    [
        "nothing",
        "",
        "GitHub",
        "../../settings",
        "github.toml",
        "github\n",
        "github/",
        "a" * 200,
        "\u0131",
    ],
)
def test_an_unknown_name_is_not_found(catalog, name):
    with pytest.raises(NotFoundError) as missing:
        catalog.get(name)

    assert missing.value.code == "unknown_provider_template"


def test_a_provider_is_read_once(catalog):
    assert catalog.get("github") is catalog.get("github")


def test_an_alias_has_the_facts_of_its_base_and_its_own(catalog):
    gmail, google = catalog.get("google-mail"), catalog.get("google")

    assert gmail.extends == "google"
    assert gmail.token_url == google.token_url
    assert gmail.display_name == "Gmail"
    assert gmail.api.base_url == "https://gmail.googleapis.com"
    assert gmail.api.pagination == google.api.pagination


def test_reading_one_takes_a_millisecond_at_most():
    Catalog().get("github")
    times = []
    for _ in range(20):
        catalog, began = Catalog(), time.perf_counter()
        catalog.get("github")
        times.append(time.perf_counter() - began)

    assert min(times) < 0.001


def test_listing_all_takes_ten_milliseconds_at_most():
    times = []
    for _ in range(10):
        began = time.perf_counter()
        Catalog().summaries()
        times.append(time.perf_counter() - began)

    assert min(times) < 0.01


def test_listing_does_not_load_the_schema():
    # Functions that only list providers must not pay for the schema at a cold start.
    program = (
        "import sys; from carrick.catalog import Catalog; "
        "assert len(Catalog().summaries()) > 1100; "
        "sys.exit('pydantic' in sys.modules)"
    )

    layer = str(PACKAGED.parents[2])

    ran = run([sys.executable, "-c", program], check=False, env={"PYTHONPATH": layer})

    assert ran.returncode == 0


def test_summaries_are_sorted_and_complete(catalog):
    summaries = catalog.summaries()

    assert [s["name"] for s in summaries] == sorted(s["name"] for s in summaries)
    assert len(summaries) == len(provider_files(PACKAGED))
    assert next(s for s in summaries if s["name"] == "github").keys() == {
        "name", "display_name", "auth_mode", "categories", "docs",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("GMAIL", ["google-mail"]),
        ("zoho-bi", ["zoho-bigin"]),
        ("netsuite (", ["netsuite", "netsuite-client-credentials", "netsuite-tba"]),
        ("(a+)+$", []),
        (".*", []),
        ("nothing at all", []),
    ],
)
def test_search_is_plain_text_in_name_or_display_name(catalog, search, found):
    assert [s["name"] for s in catalog.summaries(search)] == found
    assert [e["name"] for e in catalog.entries(search)] == found


class TestOverlay:
    def test_adds_a_provider(self, overlay, write_provider):
        write_provider("acme", CUSTOM)
        catalog = Catalog(overlay)

        assert catalog.get("acme").display_name == "Acme"
        assert catalog.get("github").name == "github"
        assert "acme" in [s["name"] for s in catalog.summaries()]
        assert catalog.entries("acme")[0]["connection_config"]["tenant"]["title"] == "Tenant"

    def test_replaces_a_packaged_one(self, overlay, write_provider):
        write_provider("github", CUSTOM)
        catalog = Catalog(overlay)

        assert catalog.get("github").display_name == "Acme"
        assert [s["display_name"] for s in catalog.summaries() if s["name"] == "github"] == ["Acme"]

    def test_changes_one_fact_of_a_packaged_one(self, overlay, write_provider):
        write_provider("github", 'extends = "github"\ndefault_scopes = ["repo"]\n')
        github = Catalog(overlay).get("github")

        assert github.default_scopes == ("repo",)
        assert github.token_url == "https://github.com/login/oauth/access_token"

    def test_extends_a_packaged_one(self, overlay, write_provider):
        write_provider("my-google", 'extends = "google"\ndisplay_name = "Mine"\n')

        assert Catalog(overlay).get("my-google").authorization_params["access_type"] == "offline"

    def test_a_file_that_is_not_valid_is_named_with_its_problems(self, overlay, write_provider):
        write_provider("acme", CUSTOM.replace("subdomain", "text") + '\n[nonsense]\nx = "y"\n')

        with pytest.raises(CarrickError) as refused:
            Catalog(overlay).get("acme")

        assert refused.value.code == "invalid_provider_file"
        assert "acme.toml" in refused.value.message
        assert "nonsense" in refused.value.message

    def test_may_use_http_on_this_machine(self, overlay, write_provider):
        text = CUSTOM.replace(
            "https://${connectionConfig.tenant}.acme.example", "http://127.0.0.1:9"
        )
        write_provider("demo", text.partition("[connection_config")[0])

        assert Catalog(overlay).get("demo").token_url == "http://127.0.0.1:9/token"

    def test_is_linted(self, overlay, write_provider):
        write_provider("acme", CUSTOM.replace('"subdomain"', '"text"'))

        with pytest.raises(CarrickError, match="DNS label"):
            Catalog(overlay).get("acme")


class TestPublicForm:
    def test_has_nangos_names(self, catalog):
        shown = catalog.public(catalog.get("zendesk"), "https://carrick.example")

        assert shown["name"] == "zendesk"
        assert shown["logo_url"] == "https://carrick.example/images/template-logos/zendesk.svg"
        assert shown["auth_mode"] == "OAUTH2"
        assert shown["token_params"] == {"expires_in": "1800"}
        assert shown["proxy"]["base_url"] == "https://${connectionConfig.subdomain}.zendesk.com"
        assert shown["proxy"]["retry"] == {"after": ["retry-after"]}
        assert shown["connection_config"]["subdomain"]["suffix"] == ".zendesk.com"
        assert shown["connection_config"]["subdomain"]["pattern"].startswith("^[A-Za-z0-9]")

    @pytest.mark.parametrize(
        ("name", "key", "value"),
        [
            ("slack", "disable_pkce", True),
            ("slack", "scope_separator", ","),
            ("slack", "alternate_access_token_response_path", "authed_user"),
            ("notion", "authorization_method", "header"),
            ("notion", "body_format", "json"),
            ("notion", "webhook_user_defined_secret", True),
            ("pipedrive", "authorization_url_skip_empty", True),
            ("quickbooks", "redirect_uri_metadata", ["realmId"]),
            (
                "intercom",
                "token_url",
                "https://api.${connectionConfig.region}.intercom.io/auth/eagle/token || "
                "https://api.intercom.io/auth/eagle/token",
            ),
        ],
    )
    def test_says_what_nangos_entries_say(self, catalog, name, key, value):
        assert catalog.public(catalog.get(name))[key] == value

    def test_leaves_out_what_says_nothing(self, catalog):
        shown = catalog.public(catalog.get("box"))

        assert "disable_pkce" not in shown
        assert None not in shown.values()

    def test_is_what_the_generated_list_holds(self, catalog):
        listed = {entry["name"]: entry for entry in catalog.entries("git")}

        assert "github" in listed
        for name, entry in listed.items():
            one = catalog.public(catalog.get(name))
            del one["logo_url"]
            assert json.loads(json.dumps(one)) == entry
