"""Placeholders in parameters, headers and URLs."""

import pytest

from carrick.catalog.endpoints import endpoint
from carrick.catalog.interpolation import render, render_url
from carrick.catalog.templates import parse
from carrick.errors import CarrickError, FlowError, InvalidRequestError

VALUES = {
    "connectionConfig": {"tenant": "acme", "accounts-server": "s", "installation.apiEndPoint": "e"},
    "credentials": {"clientId": "id", "clientSecret": "canary-secret"},
    "step1": {"access_token": "t1"},
    "": {"accessToken": "t", "now:YYYY-MM-DD": "2026-11-21", "now+7:days:YYYY-MM-DD": "2026-11-28"},
}


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("plain text", "plain text"),
        ("", ""),
        ("$ { } $} {$ ${connectionConfig.tenant}", "$ { } $} {$ acme"),
        ("a${connectionConfig.tenant}b${connectionConfig.tenant}", "aacmebacme"),
        ("${connectionConfig.accounts-server}", "s"),
        ("${connectionConfig.installation.apiEndPoint}", "e"),
        ("Bearer ${accessToken}", "Bearer t"),
        ("Bearer ${step1.access_token}", "Bearer t1"),
        ("${now:YYYY-MM-DD}", "2026-11-21"),
        ("${now+7:days:YYYY-MM-DD}", "2026-11-28"),
        (
            "Basic ${base64(${credentials.clientId}:${credentials.clientSecret})}",
            "Basic aWQ6Y2FuYXJ5LXNlY3JldA==",
        ),
        ("${base64(${base64(a)})}", "WVE9PQ=="),
    ],
)
def test_values_are_put_in(template, filled):
    assert render(template, VALUES) == filled


def test_a_value_is_never_read_for_placeholders():
    values = {"connectionConfig": {"a": "${credentials.clientSecret}"}, **VALUES}
    values["connectionConfig"] = {"a": "${credentials.clientSecret}"}

    assert render("x${connectionConfig.a}", values) == "x${credentials.clientSecret}"


@pytest.mark.parametrize(
    ("template", "variable"),
    [
        ("${connectionConfig.region}", "connectionConfig.region"),
        ("${credentials.apiKey}", "credentials.apiKey"),
        ("${step2.token}", "step2.token"),
        ("${apiKey}", "apiKey"),
        ("${base64(${credentials.x})}", "credentials.x"),
    ],
)
def test_a_missing_value_is_named(template, variable):
    with pytest.raises(FlowError) as missing:
        render(template, VALUES)

    assert missing.value.code == "url_param_err"
    assert variable in missing.value.message
    assert "canary-secret" not in missing.value.message


@pytest.mark.parametrize(
    "template",
    [
        "${",
        "${}",
        "${connectionConfig.}",
        "${connectionConfig.a",
        "${connectionConfig.${connectionConfig.a}}",
        "${connectionConfig.a b}",
        "${other.a}",
        "${unknown}",
        "${__class__}",
        "${connectionConfig.a|upper}",
        "${1+1}",
        "${system(id)}",
        "${base64(a}",
        "${base64(a)",
        "${base64(${base64(${base64(${base64(a)})})})}",
        "${step0.a}",
        "${step10.a}",
        "${now+1e9}",
        "a" * 5000,
    ],
)
def test_what_is_no_template_is_refused(template):
    with pytest.raises(CarrickError) as refused:
        parse(template)

    assert refused.value.code == "invalid_template"


@pytest.mark.parametrize(
    ("template", "config", "url"),
    [
        ("https://a.example.com/t", {}, "https://a.example.com/t"),
        ("https://${connectionConfig.t}.example.com/t", {"t": "acme"}, "https://acme.example.com/t"),
        ("https://${connectionConfig.t}.example.com/t", {"t": "ACME"}, "https://acme.example.com/t"),
        ("https://x-${connectionConfig.t}.example.com", {"t": "eu"}, "https://x-eu.example.com"),
        ("https://example.com/${connectionConfig.t}/t", {"t": "a b"}, "https://example.com/a%20b/t"),
        ("https://example.com/${connectionConfig.t}/t", {"t": "a%2f"}, "https://example.com/a%252f/t"),
        ("https://example.com/${connectionConfig.t}/t", {"t": "a?b#c"}, "https://example.com/a%3Fb%23c/t"),
        ("https://example.com/t?x=${connectionConfig.t}", {"t": "a&b/é"}, "https://example.com/t?x=a%26b%2F%C3%A9"),
        ("https://example.com:8443/t", {}, "https://example.com:8443/t"),
        ("http://localhost:3000/${connectionConfig.t}", {"t": "a"}, "http://localhost:3000/a"),
        ("http://127.0.0.1:3000/token", {}, "http://127.0.0.1:3000/token"),
    ],
)  # fmt: skip
def test_a_url_takes_each_value_for_where_it_stands(template, config, url):
    assert render_url(template, connection_config=config) == url


@pytest.mark.parametrize("value", ["..", ".", "a/b", "a\\b", "a\nb", "\u202e", "a" * 3000])
def test_a_value_cannot_leave_its_segment_of_the_path(value):
    with pytest.raises(InvalidRequestError):
        render_url("https://example.com/${connectionConfig.t}/x", connection_config={"t": value})


@pytest.mark.parametrize(
    "template",
    [
        "http://example.com/token",
        "http://localhost.evil.com/token",
        "http://127.0.0.1.evil.com/token",
        "http://127.0.0.1@evil.com/token",
        "http://localhost${connectionConfig.t}/token",
        "ftp://example.com",
        "//example.com",
        "example.com",
        "https://user:pw@example.com/token",
        "https://example.com/token#fragment",
        "https://${connectionConfig.t}/token",
        "https://${connectionConfig.t}.com/token",
        "https://example.${connectionConfig.t}/token",
        "https://a.${connectionConfig.t}/token",
        "https://example.com${connectionConfig.t}/token",
        "https://example.com:${connectionConfig.t}/token",
        "${connectionConfig.t}/token",
        "${connectionConfig.t}.example.com/token",
        "https://${credentials.t}.example.com/token",
        "https://${base64(a)}.example.com/token",
        "https://localhost/token",
        "https://10.0.0.1/token",
        "",
    ],
)
def test_a_template_that_leaves_the_host_open_is_refused(template):
    with pytest.raises(CarrickError) as refused:
        render_url(template, connection_config={"t": "evil"})

    assert refused.value.code == "invalid_template"


def test_an_undeclared_name_never_reaches_a_url(make_provider):
    provider = make_provider(token_url="https://example.com/${connectionConfig.t}")

    with pytest.raises(CarrickError) as refused:
        endpoint(provider, "token", {"t": "a"})

    assert refused.value.code == "invalid_template"


class TestTheFirstUrlThatCanBeFilledWins:
    def test_with_the_value(self, catalog):
        assert (
            endpoint(catalog.get("intercom"), "token", {"region": "eu"})
            == "https://api.eu.intercom.io/auth/eagle/token"
        )

    def test_without_it(self, catalog):
        assert (
            endpoint(catalog.get("salesforce"), "authorization", {})
            == "https://login.salesforce.com/services/oauth2/authorize"
        )

    def test_a_value_that_does_not_fit_is_no_reason_to_pass_on(self, catalog):
        with pytest.raises(InvalidRequestError):
            endpoint(catalog.get("intercom"), "token", {"region": "xx"})

    def test_without_any_the_first_missing_value_is_named(self, catalog):
        with pytest.raises(FlowError, match=r"connectionConfig\.extension"):
            endpoint(catalog.get("zoho"), "token", {})

    def test_a_refresh_goes_to_the_token_endpoint_unless_stated(self, catalog):
        assert endpoint(catalog.get("github"), "refresh", {}) == catalog.get("github").token_url
        assert endpoint(catalog.get("figma"), "refresh", {}) == catalog.get("figma").refresh_url

    def test_an_api_behind_a_captured_url(self, catalog):
        config = {"api_domain": "https://acme.pipedrive.com/"}

        assert endpoint(catalog.get("pipedrive"), "api", config) == "https://acme.pipedrive.com/api"
