"""Host injection (docs/security.md): generated over every provider whose URLs have placeholders."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from carrick.catalog.auth_modes import OPERATOR_SECRET_MODES
from carrick.catalog.authority import fixed_suffix, split_authority, split_port
from carrick.catalog.endpoints import endpoint, templates
from carrick.catalog.inputs import connection_config
from carrick.catalog.lint import url_templates
from carrick.catalog.schema import Provider
from carrick.catalog.templates import Reference, parse, references
from carrick.errors import CarrickError, InvalidRequestError
from tests.support.sample_inputs import OPERATORS_HOSTS, sample

HARMLESS_IN_AUTHORITY = re.compile(r"[A-Za-z0-9.:/_~-]*").fullmatch

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


@dataclass(frozen=True)
class Case:
    """One place of one URL template of one provider."""

    provider: Provider
    endpoint: str
    template: str
    field: str

    def __str__(self):
        return f"{self.provider.name} {self.endpoint} {self.field}"

    def url(self, **values):
        """The finished URL, with good values everywhere else."""
        config = self.config(**values)
        return endpoint(self.provider, self.endpoint, config, allowed_hosts=OPERATORS_HOSTS)

    def config(self, **values):
        names = {ref.name for ref in references(parse(self.template))}
        fields = self.provider.connection_config
        return {name: sample(fields[name]) for name in names} | values


@pytest.fixture(scope="module")
def cases(packaged):
    """Every place in a URL that connection config fills, of every provider."""
    return [
        Case(provider, name, template, reference.name)
        for provider in packaged
        for name, template in url_templates(provider)
        for reference in references(parse(template))
        if reference.namespace == "connectionConfig"
    ]


def _harm(case, url, config):
    """What is wrong with a finished URL, seen from the outside; nothing if it is as meant."""
    parts, nodes = urlsplit(url), parse(case.template)
    authority = nodes[:1] if isinstance(nodes[0], Reference) else split_authority(nodes)[1]
    shown = "".join(config[n.name] if isinstance(n, Reference) else n.text for n in authority)
    meant = urlsplit(shown if "://" in shown else f"https://{shown}")
    inputs = [
        (case.provider.connection_config[ref.name], config[ref.name])
        for ref in references(split_port(authority)[0])
    ]
    checks = {
        "https": parts.scheme == "https",
        "host": parts.hostname == (meant.hostname or "").lower(),
        "port": parts.port == meant.port,
        "fixed end": parts.hostname.endswith(fixed_suffix(authority).lower()),
        "characters": bool(HARMLESS_IN_AUTHORITY(shown.removeprefix("https://"))),
        "query": parts.query.count("&") == case.template.partition("?")[2].count("&"),
        "fragment": parts.fragment == "",
        "no credentials": parts.username is None,
        "input": all(_is_bounded(case.provider, field, value) for field, value in inputs),
        "segments": _keeps_segments(case, parts.path, meant.path),
    }
    return [name for name, passed in checks.items() if not passed]


def _is_bounded(provider, field, value):
    """A value in a host is one label, unless the entry says what else it may be."""
    if field.enum:
        return value in field.enum
    host = urlsplit(value if "://" in value else f"https://{value}").hostname
    if field.hosts:
        return any(host == h or (h[0] == "." and host.endswith(h)) for h in field.hosts)
    if field.self_hosted:
        operators = provider.auth_mode in OPERATOR_SECRET_MODES
        return host in OPERATORS_HOSTS if operators else "." in host
    return field.format == "subdomains" or "." not in value


def _keeps_segments(case, path, meant_path):
    tail = re.sub(r"\$\{[^}]*\}", "x", case.template.removeprefix("https://")).partition("?")[0]
    slashes = tail.count("/") + meant_path.rstrip("/").count("/")
    return ".." not in path and path.count("/") in (slashes, slashes + 1)


def test_the_table_is_not_empty(cases):
    assert {case.provider.name for case in cases} >= {"zendesk", "shopify", "salesforce", "zoho"}
    assert len(cases) > 600


def test_good_values_keep_the_templates_host(cases):
    harmed = {str(case): _harm(case, case.url(), case.config()) for case in cases}

    assert {case: harm for case, harm in harmed.items() if harm} == {}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_an_attack_is_refused_or_stays_in_its_place_at_every_provider(cases, attack):
    succeeded = {}
    for case in cases:
        try:
            url = case.url(**{case.field: attack})
        except InvalidRequestError as error:
            assert error.code == "invalid_connection_config"
            assert len(attack) < 4 or attack not in error.message
        else:
            # Not refused: then it must be a harmless value for this place.
            if harm := _harm(case, url, case.config(**{case.field: attack})):
                succeeded[str(case)] = harm

    assert succeeded == {}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
@pytest.mark.parametrize("provider_name", ["zendesk", "shopify"])
def test_an_attack_on_a_tenant_name_is_refused_at_once(provider_name, attack, catalog):
    with pytest.raises(InvalidRequestError) as refused:
        connection_config(catalog.get(provider_name), {"subdomain": attack})

    assert refused.value.code == "invalid_connection_config"
    assert "subdomain" in refused.value.message


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


def test_a_host_of_two_parts_is_fixed_by_the_listed_one(make_provider):
    provider = make_provider(
        token_url="https://${connectionConfig.customer}.${connectionConfig.domain}/token",
        connection_config={
            "customer": {"format": "subdomain", "title": "Customer"},
            "domain": {"format": "enum", "enum": ["acme.co", "demo.acme.co"], "title": "Domain"},
        },
    )

    url = endpoint(provider, "token", {"customer": "a", "domain": "demo.acme.co"})
    assert url == "https://a.demo.acme.co/token"
    with pytest.raises(InvalidRequestError):
        endpoint(provider, "token", {"customer": "evil.com/", "domain": "acme.co"})
    with pytest.raises(InvalidRequestError):
        endpoint(provider, "token", {"customer": "a", "domain": "evil.com"})


@pytest.mark.parametrize("port", ["0", "65536", "443@evil.com", "443/", ":443", "a", "1.2"])
def test_a_port_is_a_port(make_provider, port):
    provider = make_provider(
        token_url="https://api.acme.co:${connectionConfig.port}/token",
        connection_config={"port": {"format": "port", "title": "Port"}},
    )

    assert endpoint(provider, "token", {"port": "8443"}) == "https://api.acme.co:8443/token"
    with pytest.raises(InvalidRequestError):
        endpoint(provider, "token", {"port": port})


def test_a_free_host_with_a_path_is_the_whole_host(make_provider):
    provider = make_provider(
        auth_mode="API_KEY",
        authorization_url=None,
        token_url=None,
        api={"base_url": "https://${connectionConfig.server}/api"},
        connection_config={
            "server": {"format": "host_and_path", "self_hosted": True, "title": "Server"}
        },
    )

    for server in ("erp.acme.co:8000/ERP", "erp.acme.co:8000/ERP/"):
        url = endpoint(provider, "api", {"server": server})
        assert url == "https://erp.acme.co:8000/ERP/api"


def test_the_operator_allows_a_free_host_whatever_its_path(make_provider):
    provider = make_provider(
        token_url="https://${connectionConfig.server}/token",
        connection_config={
            "server": {"format": "host_and_path", "self_hosted": True, "title": "Server"}
        },
    )
    config = {"server": "erp.acme.co/evil.com"}

    allowed = endpoint(provider, "token", config, allowed_hosts=["erp.acme.co"])
    assert allowed == "https://erp.acme.co/evil.com/token"
    with pytest.raises(InvalidRequestError):
        endpoint(provider, "token", config, allowed_hosts=["evil.com"])
