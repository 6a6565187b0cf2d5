"""What must be so of each provider file in the package. Each test goes through all of them."""

import re
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from carrick.catalog import Catalog
from carrick.catalog.corroboration import CATALOGS
from carrick.catalog.index import build_lists
from carrick.catalog.known_values import stated_templates
from carrick.catalog.library import PACKAGED, load, provider_files
from carrick.catalog.lint import RESPONSE_TYPES, url_templates
from carrick.catalog.quirks import CREDENTIAL_IN_URL
from carrick.catalog.reference import build_reference
from carrick.catalog.schema import AuthMode, InputField, Provider
from carrick.catalog.schema.api import Api
from carrick.catalog.schema.token import TokenResponse
from carrick.catalog.templates import parse, references
from carrick.errors import CarrickError

FILES = provider_files(PACKAGED)
REFERENCE = Path(__file__).parents[3] / "docs/providers.md"
KEY_ORDER = [
    "extends", "display_name", "categories", "docs", "auth_mode", "authorization_url", "token_url",
    "revocation_url", "issuer", "token_endpoint_auth_method", "scope_separator", "default_scopes",
]  # fmt: skip
INPUTS = ("connection_config", "credentials", "integration_config", "assertion_option")
FILLED_BY_THE_FLOW = {
    "jira": {"accountId"}, "confluence": {"accountId"},  # by the backend, when it knows
    "github-app": {"appPublicLink"}, "github-app-oauth": {"appPublicLink"},  # by the integration
    "aws-sigv4": {"service", "role_arn"},  # by the integration, and by what was filled in
    "netsuite-tba": {"oauth_client_id"},  # whose client signs
}  # fmt: skip
# What looks random in a file, and is public.
PUBLIC_IDENTIFIERS = {
    "506f6a92-4fd1-43c1-bf18-4e3735ea55aa",  # audience of Thomson Reuters' API
    "00000003-0000-0ff1-ce00-000000000000",  # SharePoint, in every tenant
}


@pytest.fixture(scope="module")
def documents():
    """Every file as it is stated, by provider."""
    return {path.stem: tomllib.loads(path.read_text("utf-8")) for path in FILES}


def test_every_file_is_valid_and_fits_together():
    refused = []
    for path in FILES:
        try:
            load(path)
        except CarrickError as error:
            refused.append(error.message)

    assert refused == []


def test_the_catalog_has_every_mode(packaged):
    assert len(packaged) >= 1143
    assert {provider.auth_mode for provider in packaged} == set(AuthMode)


def test_no_file_states_what_equals_a_default(documents):
    # A file that extends another may have to state a default over it.
    own = {name: stated for name, stated in documents.items() if "extends" not in stated}
    idle = [
        f"{name}: {key}"
        for name, stated in own.items()
        for key in [
            *_idle(stated, Provider),
            *_idle(stated.get("api", {}), Api),
            *_idle(stated.get("token_response", {}), TokenResponse),
            *(k for part in INPUTS for f in stated.get(part, {}).values() for k in _idle(f)),
        ]
    ]

    assert idle == []


def _idle(stated, model=InputField):
    # What a mode always asks for may have another default than the schema's.
    defaults = {name: field.default for name, field in model.model_fields.items()}
    return [key for key, value in stated.items() if key != "format" and value == defaults[key]]


def test_keys_stand_in_the_agreed_order(documents):
    disordered = []
    for name, stated in documents.items():
        keys = [key for key in stated if key in KEY_ORDER]
        if keys != sorted(keys, key=KEY_ORDER.index):
            disordered.append(name)

    assert disordered == []


def test_an_entry_names_the_vendors_page_or_says_how_far_it_is_corroborated(documents):
    for path in FILES:
        stated = documents[path.stem]
        if "corroboration" not in stated:
            assert "docs" in stated, path.stem
            assert "extends" in stated or path.read_text("utf-8").startswith("# https://")


def test_sources_are_known_catalogs_and_as_many_as_the_level_says(packaged):
    least = {None: 2, "strong": 3, "confirmed": 2}
    for provider in packaged:
        assert set(provider.sources) <= CATALOGS.keys(), provider.name
        assert len(set(provider.sources)) == len(provider.sources)
        assert len(provider.sources) >= least.get(provider.corroboration, 1), provider.name


def test_endpoints_are_https(packaged):
    for provider in packaged:
        for _, template in url_templates(provider):
            assert template.startswith(("https://", "${connectionConfig.")), provider.name


def test_a_query_of_an_endpoint_holds_no_secret(packaged):
    for provider in packaged:
        if CREDENTIAL_IN_URL in provider.quirks:
            continue
        for _, template in url_templates(provider):
            query = template.partition("?")[2]
            used = [ref.name for ref in references(parse(query))]
            assert not any(provider.connection_config[name].secret for name in used), provider.name


def test_only_the_code_flow_is_asked_for(packaged):
    for provider in packaged:
        asked = provider.authorization_params
        assert asked.get("response_type", "code") in RESPONSE_TYPES, provider.name
        assert not {"client_id", "state", "redirect_uri"} & asked.keys(), provider.name


def test_every_placeholder_has_a_field_or_is_captured_from_an_answer(packaged):
    unknown = []
    for provider in packaged:
        known = {
            *provider.connection_config,
            *provider.token_response_metadata,
            *provider.redirect_uri_metadata,
            *provider.webhook_metadata,
        }
        for key, text in stated_templates(provider):
            used = {r.name for r in references(parse(text)) if r.namespace == "connectionConfig"}
            unknown += [f"{provider.name}: {key}: {name}" for name in used - known]

    assert unknown == []


def test_automated_fields_have_a_source(packaged):
    sourceless = []
    for provider in packaged:
        sources = {
            *provider.token_response_metadata,
            *provider.redirect_uri_metadata,
            *provider.webhook_metadata,
            *(name for lookup in provider.post_connection for name in lookup.sets),
            *FILLED_BY_THE_FLOW.get(provider.name, ()),
        }
        fields = provider.connection_config.items()
        automated = {name for name, field in fields if field.automated}
        sourceless += [f"{provider.name}: {name}" for name in automated - sources]

    assert sourceless == []


def test_people_are_told_what_to_fill_in(packaged):
    silent = [
        f"{provider.name}: {name}"
        for provider in packaged
        for part in INPUTS
        for name, field in getattr(provider, part).items()
        if not (field.automated or field.hidden)
        if not (field.title and field.description.endswith(".") and len(field.description) <= 100)
    ]

    assert silent == []


def test_a_hidden_field_can_stay_empty(packaged):
    stuck = [
        f"{provider.name}: {name}"
        for provider in packaged
        for part in INPUTS
        for name, field in getattr(provider, part).items()
        if field.hidden and field.default is None and not field.optional
    ]

    assert stuck == []


def test_passwords_and_keys_are_secrets(packaged):
    told = re.compile(r"(?i)password|secret(?!.*id)|private.?key|^api.?key|^dev_key|refreshtoken")
    open_ones = [
        f"{provider.name}: {name}"
        for provider in packaged
        for part in INPUTS
        for name, field in getattr(provider, part).items()
        if told.search(name) and not field.secret and not field.hidden
    ]

    assert open_ones == []


def test_rotation_facts_agree_with_each_other(packaged):
    for provider in packaged:
        rotates = provider.rotates_refresh_tokens
        assert rotates or not provider.rotation_grace_seconds, provider.name
        assert rotates or not provider.reuse_revokes_family, provider.name
        assert provider.refresh_supported or not rotates, provider.name


def test_issuer_is_an_origin_without_trailing_slash(packaged):
    for provider in packaged:
        issuer = provider.issuer
        sound = issuer is None or (issuer[-1] != "/" and urlsplit(issuer).scheme == "https")
        assert sound, provider.name


def test_generated_lists_are_current(packaged):
    stale = [p.name for p, text in build_lists(packaged).items() if p.read_text("utf-8") != text]

    assert stale == [], "run `make catalog`"


def test_the_list_for_people_is_current(packaged):
    assert REFERENCE.read_text("utf-8") == build_reference(packaged), "run `make catalog`"


def test_the_catalog_covers_the_known_variety(packaged):
    seen = {
        "PKCE off": any(not p.pkce for p in packaged),
        "comma scopes": any(p.scope_separator == "," for p in packaged),
        "JSON token body": any(p.token_body_format == "json" for p in packaged),
        "XML token body": any(p.token_body_format == "xml" for p in packaged),
        "query for a body": any(p.token_body_format == "query" for p in packaged),
        "GET": any(p.token_method == "GET" for p in packaged),
        "Basic": any(p.token_endpoint_auth_method == "client_secret_basic" for p in packaged),
        "signed client": any(p.token_endpoint_auth_method == "private_key_jwt" for p in packaged),
        "mutual TLS": any(p.client_certificate_required for p in packaged),
        "signed secret": any(p.client_secret_format == "signed_jwt_es256" for p in packaged),
        "tenant host": any("${" in (p.token_url or "") for p in packaged),
        "whole host": any(f.hosts for p in packaged for f in p.connection_config.values()),
        "own host": any(f.self_hosted for p in packaged for f in p.connection_config.values()),
        "nested token": any(p.token_response.token_object_path for p in packaged),
        "redirect metadata": any(p.redirect_uri_metadata for p in packaged),
        "token metadata": any(p.token_response_metadata for p in packaged),
        "separate refresh": any(p.refresh_url for p in packaged),
        "family revocation": any(p.reuse_revokes_family for p in packaged),
        "chain of steps": any(len(p.additional_steps) > 1 for p in packaged),
        "assertions": {p.assertion.type for p in packaged if p.assertion} == {"jwt", "saml"},
        "signed requests": len({p.request_signing.kind for p in packaged if p.request_signing})
        == 5,
        "form post": any(p.response_mode == "form_post" for p in packaged),
        "installation": any(p.installation for p in packaged),
        "registration": len({p.registration.method for p in packaged if p.registration}) == 3,
    }

    assert [variety for variety, present in seen.items() if not present] == []


def test_offline_access_is_asked_for_in_each_providers_own_way(catalog: Catalog):
    assert catalog.get("google").authorization_params["access_type"] == "offline"
    assert catalog.get("dropbox").authorization_params["token_access_type"] == "offline"
    assert catalog.get("reddit").authorization_params["duration"] == "permanent"
    assert "offline_access" in catalog.get("microsoft").default_scopes
    assert "offline.access" in catalog.get("twitter-v2").default_scopes


def test_no_file_carries_a_pattern_or_a_secret():
    random = re.compile(r'"(?=[^"]*[0-9])(?=[^"]*[A-Za-z])[A-Za-z0-9+=_-]{32,}"')
    for path in FILES:
        text = path.read_text("utf-8")
        assert not re.search(r"(?m)^pattern\s*=", text), path.stem
        found = {match.group().strip('"') for match in random.finditer(text)}
        assert found <= PUBLIC_IDENTIFIERS, path.stem
