"""What a caller supplies becomes what is stored."""

import pytest

from carrick.catalog.inputs import connection_config
from carrick.errors import FlowError, InvalidRequestError


@pytest.fixture
def provider(make_provider):
    """One field of each kind."""
    return make_provider(
        connection_config={
            "subdomain": {"format": "subdomain", "title": "Subdomain"},
            "region": {"format": "enum", "enum": ["us", "eu"], "default": "us", "title": "Region"},
            "note": {"optional": True, "title": "Note", "min_length": 2, "max_length": 5},
            "key": {"format": "token", "optional": True, "starts_with": ["pk_"], "title": "Key"},
            "portalId": {"format": "digits", "automated": True},
        }
    )


def test_values_are_normal_and_defaults_are_filled_in(provider):
    assert connection_config(provider, {"subdomain": "ACME"}) == {
        "subdomain": "acme",
        "region": "us",
    }


@pytest.mark.parametrize("absent", [{}, {"subdomain": ""}, {"subdomain": None}, {"subdomain": 7}])
def test_a_required_value_that_is_missing_is_named(provider, absent):
    with pytest.raises(FlowError) as missing:
        connection_config(provider, absent)

    assert missing.value.code == "url_param_err"
    assert "connectionConfig.subdomain" in missing.value.message


@pytest.mark.parametrize(
    "wrong",
    [
        {"subdomain": "a.b"},
        {"region": "mars"},
        {"note": "a"},
        {"note": "abcdef"},
        {"key": "sk_1"},
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_the_name_of_its_field(provider, wrong):
    with pytest.raises(InvalidRequestError) as refused:
        connection_config(provider, {"subdomain": "acme", **wrong})

    assert refused.value.code == "invalid_connection_config"
    assert next(iter(wrong)) in refused.value.message


def test_what_the_provider_fills_in_cannot_be_supplied_by_a_person(provider):
    supplied = {"subdomain": "acme", "portalId": "42"}

    assert "portalId" not in connection_config(provider, supplied)
    assert connection_config(provider, supplied, accept_automated=True)["portalId"] == "42"


@pytest.mark.parametrize(
    ("supplied", "kept"),
    [
        ({"user_scope": "chat:write"}, {"user_scope": "chat:write"}),
        ({"long": "a" * 256}, {}),
        ({"control": "a\nb"}, {}),
        ({"n" * 65: "a"}, {}),
        ({"number": 7, "list": ["a"], "none": None, "true": True}, {}),
        ({"empty": ""}, {}),
    ],
)
def test_undeclared_values_are_kept_only_as_short_plain_text(provider, supplied, kept):
    config = connection_config(provider, {"subdomain": "acme", **supplied})

    assert config == {"subdomain": "acme", "region": "us", **kept}


def test_undeclared_values_are_limited_in_number(provider):
    supplied = {f"x{number}": "y" for number in range(1000)}

    assert len(connection_config(provider, {"subdomain": "acme", **supplied})) == 52


def test_a_provider_without_inputs_needs_none(catalog):
    assert connection_config(catalog.get("github"), {}) == {}
