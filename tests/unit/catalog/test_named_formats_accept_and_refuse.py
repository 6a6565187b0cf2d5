"""Each named format by example. Nothing else decides what people may type."""

import contextlib
import time

import pytest

from carrick.catalog.formats import FORMATS, validate
from carrick.errors import InvalidRequestError

LABEL = "a" * 63

ACCEPTED = [
    ("text", "Jane's shop: 50% off, ümläut & 日本", None),
    ("multiline", "-----BEGIN KEY-----\nAAAA\r\nBBBB\n-----END KEY-----\n", None),
    ("token", "sk_live_a.b~c/d+e==:f", None),
    ("slug", "Acme_Inc-2", None),
    ("digits", "0012", None),
    ("hex", "DEADbeef01", None),
    ("uuid", "7D5F0A2E-3b0c-4c46-9d3f-0f8b6c0f1a11", None),
    ("email", "jane.o'neil+x@mail.example.co", None),
    ("date", "2026-11-21", None),
    ("version", "v59.0", None),
    ("version", "2024-10", None),
    ("region", "EU-West-1", "eu-west-1"),
    ("enum", "com.au", None),
    ("subdomain", "Acme-2", "acme-2"),
    ("subdomain", "a", None),
    ("subdomain", LABEL, None),
    ("label", "ABCDE12345", None),
    ("label", LABEL, None),
    ("subdomains", "Acme--dev.sandbox", "acme--dev.sandbox"),
    ("hostname", "Git.Example.co.uk", "git.example.co.uk"),
    ("hostname", "xn--bcher-kva.example", None),
    ("host_and_port", "jira.example.com:8443", None),
    ("host_and_port", "jira.example.com", None),
    ("port", "8443", None),
    ("host_and_path", "erp.example.com:8000/ADOXX/v2", None),
    ("host_and_path", "dev.azure.com/acme/", None),
    ("host_and_path", "Shop.example.com", None),
    ("url", "https://scim.example.com/v2/tenants/a_b", None),
    ("url", "https://scim.example.com:8443/", None),
    ("path", "/v2/stores/a.b", None),
]

REFUSED = [
    ("text", ["", "a\nb", "a\x00b", "a\u202eb", "a" * 1025]),
    ("multiline", ["", "a\x00b", "a\x1b[2J", "a" * 16385]),
    ("token", ["", "a b", "a\n", "é", "a" * 8193]),
    ("slug", ["", "a b", "a.b", "a/b", "é", "a\n", "a" * 256]),
    ("digits", ["", "12a", "-1", "1.0", "\uff11\uff12", "1\n", "1" * 65]),
    ("hex", ["", "0x1f", "g", "a\n", "a" * 129]),
    ("uuid", ["", "7d5f0a2e3b0c4c469d3f0f8b6c0f1a11", "7d5f0a2e-3b0c-4c46-9d3f-0f8b6c0f1a1g"]),
    ("email", ["", "a", "@b.com", "a@", "a@b c.com", "a@b@c.com", "a\n@b.com", "\x00@b.com"]),
    ("date", ["", "2026-1-1", "21.11.2026", "2026-11-21\n"]),
    ("version", ["", "v", "1.2.3.4.5", "1..2", "latest", "1.2\n"]),
    ("region", ["", "eu_west", "eu.west", "-eu", "eu-", "e" * 33]),
    ("enum", ["", "a\n", "a" * 256]),
    (
        "subdomain",
        ["", "a.b", "-a", "a-", "a_b", "a b", "a/", "é", "a" * 64, "a\n", "\uff41"],
    ),
    ("label", ["", "a.b", "-a", "a-", "a_b", "a b", "a/", "\u212a", "a" * 64, "a\n"]),
    ("subdomains", ["", ".a", "a.", "a..b", "a._b", "a" * 64, ".".join(["a"] * 200)]),
    ("hostname", ["", "a", "a.b.", ".a.b", "1.2.3.4", "a.1", "a.b:1", "a@b.c", "a.b/"]),
    ("hostname", [f"{LABEL}a.b", ".".join(["a"] * 200)]),
    ("host_and_port", ["", "a:1", "a.b:", "a.b:0", "a.b:65536", "a.b:1:2", "[::1]:1"]),
    ("host_and_port", ["a.b:\uff11", "a.b:+1", "a.b:1/"]),
    ("port", ["", "0", "65536", "443a", "-1", "\uff11", "1\n", "000443"]),
    ("host_and_path", ["", "a", "a/b", "https://a.b", "//a.b", "a.b//c", "a.b/c//d", "1.2.3.4/a"]),
    ("host_and_path", ["a.b/..", "a.b/./c", "a.b?x", "a.b#x", "a@b.c", "a.b:0/c", "a.b/%2e"]),
    ("host_and_path", ["a.b\\c", "a.b/c\n", "a.b/c d", "a.b//"]),
    ("url", ["", "http://a.b", "https://a", "//a.b", "javascript:a", "https://a.b\n"]),
    ("url", ["https://a.b?x", "https://a.b#x", "https://a@b.c", "https://a.b\\c"]),
    ("url", ["https://a.b/..", "https://a.b/./c", "https://a.b//c", "https://a.b/%2e"]),
    ("url", ["https://1.2.3.4", "https://a.b:0"]),
    ("path", ["", "/", "..", "a/../b", "a//b", "a?b", "a#b", "a b", "a%2fb", "a\\b", "./a"]),
]


@pytest.mark.parametrize(("name", "value", "stored"), ACCEPTED)
def test_accepted_value_is_stored_in_its_normal_form(name, value, stored):
    assert validate(name, value, "field") == (stored or value)


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in REFUSED for value in values]
)
def test_refused_value_is_not_repeated(name, value):
    with pytest.raises(InvalidRequestError) as refused:
        validate(name, value, "hostOrKey")

    assert refused.value.code == "invalid_connection_config"
    assert "hostOrKey" in refused.value.message
    assert len(value) < 8 or value not in refused.value.message


def test_every_format_is_in_both_tables():
    assert {name for name, *_ in ACCEPTED} == {name for name, _ in REFUSED} == set(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    "piece", ["a", "a.", "-", "a-", "1.", "@a", "a@", "/a", "https://", " ", "\n"]
)
def test_the_longest_input_is_judged_at_once(name, piece):
    value = (piece * 20_000)[: FORMATS[name].max_length]
    began = time.perf_counter()

    for _ in range(20):
        with contextlib.suppress(InvalidRequestError):
            validate(name, value, "field")

    assert (time.perf_counter() - began) / 20 < 0.02


@pytest.mark.parametrize("name", FORMATS)
def test_a_megabyte_is_refused_unread(name):
    with pytest.raises(InvalidRequestError, match="characters"):
        validate(name, "a" * 1_000_000, "field")
