"""What must be so of each provider file in the package."""

import re
import tomllib
from urllib.parse import urlsplit

import pytest

from carrick.catalog import Catalog
from carrick.catalog.index import build_index
from carrick.catalog.library import PACKAGED, load, provider_files
from carrick.catalog.lint import url_templates
from carrick.catalog.schema import AuthMode, Provider
from carrick.catalog.templates import parse, references

FILES = provider_files(PACKAGED)
NAMES = [path.stem for path in FILES]
KEY_ORDER = [
    "extends", "display_name", "categories", "docs", "auth_mode", "authorization_url", "token_url",
    "revocation_url", "issuer", "token_endpoint_auth_method", "scope_separator", "default_scopes",
]  # fmt: skip


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_file_is_valid_and_fits_together(path):
    assert load(path).name == path.stem


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_file_states_nothing_that_equals_a_default(path):
    stated = tomllib.loads(path.read_text("utf-8"))
    defaults = {name: field.default for name, field in Provider.model_fields.items()}

    assert [key for key, value in stated.items() if value == defaults[key]] == []


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_keys_stand_in_the_agreed_order(path):
    stated = [key for key in tomllib.loads(path.read_text("utf-8")) if key in KEY_ORDER]

    assert stated == sorted(stated, key=KEY_ORDER.index)


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_vendor_page_is_linked(path, catalog):
    provider = catalog.get(path.stem)

    assert provider.docs
    assert provider.extends or path.read_text("utf-8").startswith("# https://")


@pytest.mark.parametrize("name", NAMES)
def test_endpoints_are_corroborated_by_two_catalogs_at_least(name, catalog):
    assert len(catalog.get(name).sources) >= 2


@pytest.mark.parametrize("name", NAMES)
def test_endpoints_are_https_without_query(name, catalog):
    for _, template in url_templates(catalog.get(name)):
        assert template.startswith(("https://", "${connectionConfig."))
        assert "?" not in template


@pytest.mark.parametrize("name", NAMES)
def test_only_the_code_flow_is_asked_for(name, catalog):
    provider = catalog.get(name)

    assert provider.auth_mode is AuthMode.OAUTH2
    assert provider.authorization_params.get("response_type", "code") == "code"
    assert not {"client_id", "state", "redirect_uri"} & provider.authorization_params.keys()


@pytest.mark.parametrize("name", NAMES)
def test_every_placeholder_has_a_field_or_is_captured_from_an_answer(name, catalog):
    provider = catalog.get(name)
    known = {
        *provider.connection_config,
        *provider.token_response_metadata,
        *provider.redirect_uri_metadata,
    }
    texts = [template for _, template in url_templates(provider)]
    for values in (provider.authorization_params, provider.token_params, provider.refresh_params):
        texts += values.values()

    used = {ref.name for text in texts for ref in references(parse(text))}

    assert used <= known


@pytest.mark.parametrize("name", NAMES)
def test_automated_fields_have_a_source(name, catalog):
    provider = catalog.get(name)
    sources = {
        *provider.token_response_metadata,
        *provider.redirect_uri_metadata,
        *(name for lookup in provider.post_connection for name in lookup.sets),
    }
    automated = {name for name, field in provider.connection_config.items() if field.automated}

    # Jira's and Confluence's account id is set by the backend when it knows it.
    assert automated - {"accountId"} <= sources


@pytest.mark.parametrize("name", NAMES)
def test_people_are_told_what_to_fill_in(name, catalog):
    for field in catalog.get(name).connection_config.values():
        assert field.automated or (field.title and field.description)


@pytest.mark.parametrize("name", NAMES)
def test_rotation_facts_agree_with_each_other(name, catalog):
    provider = catalog.get(name)

    assert provider.rotates_refresh_tokens or not provider.rotation_grace_seconds
    assert provider.rotates_refresh_tokens or not provider.reuse_revokes_family
    assert provider.refresh_supported or not provider.rotates_refresh_tokens


@pytest.mark.parametrize("name", NAMES)
def test_issuer_is_an_origin_without_trailing_slash(name, catalog):
    issuer = catalog.get(name).issuer

    assert issuer is None or (issuer[-1] != "/" and urlsplit(issuer).scheme == "https")


def test_generated_lists_are_current():
    stale = [p.name for p, text in build_index().items() if p.read_text("utf-8") != text]

    assert stale == [], "run `python -m carrick.catalog`"


def test_the_starting_set_covers_the_known_variety(catalog: Catalog):
    providers = [catalog.get(name) for name in NAMES]
    seen = {
        "PKCE off": any(not p.pkce for p in providers),
        "comma scopes": any(p.scope_separator == "," for p in providers),
        "JSON token body": any(p.token_body_format == "json" for p in providers),
        "Basic": any(p.token_endpoint_auth_method == "client_secret_basic" for p in providers),
        "tenant host": any("${" in (p.token_url or "") for p in providers),
        "whole host": any(f.hosts for p in providers for f in p.connection_config.values()),
        "nested token": any(p.token_response.token_object_path for p in providers),
        "redirect metadata": any(p.redirect_uri_metadata for p in providers),
        "token metadata": any(p.token_response_metadata for p in providers),
        "separate refresh": any(p.refresh_url for p in providers),
        "family revocation": any(p.reuse_revokes_family for p in providers),
    }

    assert len(providers) >= 30
    assert [variety for variety, present in seen.items() if not present] == []


def test_offline_access_is_asked_for_in_each_providers_own_way(catalog: Catalog):
    assert catalog.get("google").authorization_params["access_type"] == "offline"
    assert catalog.get("dropbox").authorization_params["token_access_type"] == "offline"
    assert catalog.get("reddit").authorization_params["duration"] == "permanent"
    assert "offline_access" in catalog.get("microsoft").default_scopes
    assert "offline.access" in catalog.get("twitter-v2").default_scopes


def test_no_file_carries_a_pattern_or_a_secret():
    for path in FILES:
        text = path.read_text("utf-8")
        assert not re.search(r"(?m)^pattern\s*=", text)
        assert not re.search(r"(?mi)^(client_secret|client_id|api_key)\s*=", text)
