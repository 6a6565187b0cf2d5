"""Host injection (docs/security.md): generated over every provider whose URLs have placeholders."""

from urllib.parse import urlsplit

import pytest

from carrick.catalog import Catalog
from carrick.catalog.endpoints import endpoint, templates
from carrick.catalog.inputs import connection_config
from carrick.catalog.interpolation import fixed_suffix, split_authority
from carrick.catalog.library import PACKAGED, provider_files
from carrick.catalog.lint import url_templates
from carrick.catalog.templates import Reference, parse, references
from carrick.errors import CarrickError, InvalidRequestError

CATALOG = Catalog()
GOOD = {
    "subdomain": "acme", "subdomains": "a.b", "region": "us6", "digits": "1234567890123",
    "uuid": "7d5f0a2e-3b0c-4c46-9d3f-0f8b6c0f1a11", "slug": "acme",
}  # fmt: skip

ATTACKS = {
    "other host and fragment": "evil.com#",
    "other host and path": "evil.com/",
    "other host and query": "evil.com?x=",
    "other host": "evil.com",
    "userinfo": "a@evil.com",
    "userinfo with password": "a:b@evil.com",
    "backslash": "a\\evil",
    "encoded dot": "a%2eevil",
    "query": "a?x",
    "line break": "a\r\nHost: evil.com",
    "trailing line break": "acme\n",
    "tab": "a\tb",
    "null": "a\x00b",
    "space": "a b",
    "port": "a:8443",
    "64 character label": "a" * 64,
    "huge": "a" * 100_000,
    "leading hyphen": "-acme",
    "trailing hyphen": "acme-",
    "trailing dot": "acme.",
    "leading dot": ".acme",
    "dot": ".",
    "two dots": "..",
    "traversal": "../../admin",
    "encoded slash": "a%2fb",
    "IPv4": "169.254.169.254",
    "decimal IPv4 and path": "2852039166/",
    "hexadecimal IPv4 and path": "0xa9fea9fe/",
    "IPv6": "[::1]",
    "full stop of another script": "evil\u3002com",
    "digits of another script": "\uff11\uff12\uff17",
    "dotless i": "acme\u0131",
    "zero width": "ac\u200bme",
    "right to left": "ac\u202eme",
    "placeholder": "${connectionConfig.subdomain}",
    "scheme": "https://evil.com",
    "scheme relative": "//evil.com",
    "javascript": "javascript:alert(1)",
    "file": "file:///etc/passwd",
    "upper case host": "EVIL.COM",
    "suffix look-alike": "evil.com/.zendesk.com",
    "embedded suffix": "acme.zendesk.com.evil.com",
    "http": "http://login.salesforce.com",
    "loopback address": "127.0.0.1",
    "allowed host with userinfo": "https://accounts.zoho.com@evil.com",
    "allowed host as subdomain": "https://accounts.zoho.com.evil.com",
    "allowed host with port": "https://accounts.zoho.com:9001",
    "allowed host with query": "https://accounts.zoho.com?x=",
    "allowed host with fragment": "https://accounts.zoho.com#",
}


def _cases():
    for path in provider_files(PACKAGED):
        provider = CATALOG.get(path.stem)
        for name, template in url_templates(provider):
            for reference in references(parse(template)):
                label = f"{provider.name}-{name}-{reference.name}"
                yield pytest.param(provider, name, template, reference.name, id=label)


CASES = list(_cases())


def _good_config(provider, template):
    names = [reference.name for reference in references(parse(template))]
    return {name: _good(provider.connection_config[name]) for name in names}


def _good(field):
    if field.enum:
        return field.enum[0]
    if field.hosts:
        host = field.hosts[0] if field.hosts[0][0] != "." else f"acme{field.hosts[0]}"
        return f"https://{host}" if field.format == "url" else host
    return field.example or GOOD[field.format]


def _fixed_end(template):
    nodes = parse(template)
    return None if isinstance(nodes[0], Reference) else fixed_suffix(split_authority(nodes)[1])


def test_the_table_is_not_empty():
    assert {param.values[0].name for param in CASES} >= {"zendesk", "shopify", "salesforce", "zoho"}


@pytest.mark.parametrize(("provider", "name", "template", "field_name"), CASES)
def test_a_good_value_keeps_the_templates_host(provider, name, template, field_name):
    config = _good_config(provider, template)

    url = endpoint(provider, name, config)

    host = urlsplit(url).hostname
    assert url.startswith("https://")
    assert host.endswith(_fixed_end(template) or "")
    assert _is_expected(host, template, provider, config)


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
@pytest.mark.parametrize(("provider", "name", "template", "field_name"), CASES)
def test_an_attack_is_refused_or_stays_in_its_place(provider, name, template, field_name, attack):
    config = _good_config(provider, template) | {field_name: attack}

    try:
        url = endpoint(provider, name, config)
    except InvalidRequestError as error:
        assert error.code == "invalid_connection_config"
        assert len(attack) < 4 or attack not in error.message
        return

    # Not refused: then it must be a harmless value for this place, seen from the outside.
    assert url.startswith("https://")
    assert _is_expected(urlsplit(url).hostname, template, provider, config)
    assert urlsplit(url).port in (None, 443)


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
@pytest.mark.parametrize("provider_name", ["zendesk", "shopify"])
def test_an_attack_on_a_tenant_name_is_refused_at_once(provider_name, attack, catalog):
    with pytest.raises(InvalidRequestError) as refused:
        connection_config(catalog.get(provider_name), {"subdomain": attack})

    assert refused.value.code == "invalid_connection_config"
    assert "subdomain" in refused.value.message


def _is_expected(host, template, provider, config):
    """The host is the template's own with a value in each place, or one that the entry lists."""
    nodes = parse(template)
    authority = nodes[:1] if isinstance(nodes[0], Reference) else split_authority(nodes)[1]
    for reference in references(authority):
        if listed := provider.connection_config[reference.name].hosts:
            return any(host == h or (h[0] == "." and host.endswith(h)) for h in listed)
    filled = [config[n.name] if isinstance(n, Reference) else n.text for n in authority]
    return host == "".join(filled).lower() and host.endswith(fixed_suffix(authority))


def test_a_free_host_gets_the_operators_secret_only_if_the_operator_allowed_it(make_provider):
    provider = make_provider(
        authorization_url="https://${connectionConfig.host}/authorize",
        token_url="https://${connectionConfig.host}/token",
        connection_config={"host": {"format": "hostname", "self_hosted": True, "title": "Host"}},
    )
    config = {"host": "git.evil.com"}

    for name in ("authorization", "token", "refresh"):
        with pytest.raises(InvalidRequestError):
            endpoint(provider, name, config)
        with pytest.raises(InvalidRequestError):
            endpoint(provider, name, config, allowed_hosts=["git.acme.com", "evil.com"])

    assert (
        endpoint(provider, "token", {"host": "git.acme.com"}, allowed_hosts=["git.acme.com"])
        == "https://git.acme.com/token"
    )


def test_a_free_host_needs_nobodys_leave_when_the_secret_is_the_persons_own(make_provider):
    provider = make_provider(
        auth_mode="API_KEY",
        authorization_url=None,
        token_url=None,
        api={"base_url": "https://${connectionConfig.host}/api"},
        connection_config={"host": {"format": "hostname", "self_hosted": True, "title": "Host"}},
    )

    assert endpoint(provider, "api", {"host": "jira.acme.com"}) == "https://jira.acme.com/api"


@pytest.mark.parametrize(
    "host", ["10.0.0.1", "2852039166", "0xa9.1", "localhost", "a..b", "b.com."]
)
def test_a_free_host_is_never_an_address(make_provider, host):
    provider = make_provider(
        token_url="https://${connectionConfig.host}/token",
        connection_config={"host": {"format": "hostname", "self_hosted": True, "title": "Host"}},
    )

    with pytest.raises(InvalidRequestError):
        endpoint(provider, "token", {"host": host}, allowed_hosts=[host])


def test_the_redirect_cannot_name_the_server_that_gets_the_code(catalog):
    zoho = catalog.get("zoho")

    assert endpoint(zoho, "token", {"accounts-server": "https://accounts.zoho.eu"}).startswith(
        "https://accounts.zoho.eu/"
    )
    with pytest.raises(InvalidRequestError):
        endpoint(zoho, "token", {"accounts-server": "https://accounts.zoho.eu.evil.com"})


def test_every_endpoint_template_is_one_of_the_entries(catalog):
    zendesk = catalog.get("zendesk")

    assert templates(zendesk, "refresh") == templates(zendesk, "token")
    with pytest.raises(CarrickError) as refused:
        endpoint(zendesk, "revocation", {"subdomain": "acme"})
    assert refused.value.code == "no_such_endpoint"
