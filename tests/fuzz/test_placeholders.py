"""Templates and values of any shape: no crash, no leak, no other host, and no waiting."""

import time
from urllib.parse import urlsplit

from hypothesis import given, settings
from hypothesis import strategies as st

from carrick.catalog import Catalog
from carrick.catalog.endpoints import endpoint
from carrick.catalog.inputs import connection_config
from carrick.catalog.interpolation import render, render_url
from carrick.catalog.templates import LONGEST_TEMPLATE, parse
from carrick.errors import CarrickError, InvalidRequestError

CATALOG = Catalog()
PIECES = st.sampled_from(
    [
        "${", "}", "${}", "$", "{", "(", ")", ")}", "base64(", "${base64(", "connectionConfig.",
        "${connectionConfig.a}", "${connectionConfig.${connectionConfig.a}}", "${credentials.k}",
        "${now:", "${step1.x}", "https://", "http://localhost", "example.com", ".", "/", "?", "#",
        "@", ":", "\\", "a", "%2e", "\n", "\x00", "é", "\u202e", "||", "${a||b}",
    ]
)  # fmt: skip
TEMPLATES = st.one_of(
    st.text(max_size=200), st.lists(PIECES, max_size=30).map("".join), st.just("${" * 5000)
)
VALUES = st.one_of(st.text(max_size=100), st.lists(PIECES, max_size=10).map("".join))


@settings(max_examples=400, deadline=None)
@given(template=TEMPLATES, value=VALUES)
def test_render_raises_nothing_but_our_errors_and_never_reads_a_value(template, value):
    values = {"connectionConfig": {"a": value}, "credentials": {"k": "canary-secret"}}
    try:
        filled = render(template, values)
    except CarrickError as error:
        assert "canary-secret" not in error.message
    else:
        if "credentials" not in template:
            assert "canary-secret" not in filled


@settings(max_examples=400, deadline=None)
@given(template=TEMPLATES, value=VALUES)
def test_a_finished_url_is_https_or_loopback_and_without_credentials(template, value):
    try:
        url = render_url(template, connection_config={"a": value})
    except CarrickError:
        return
    parts = urlsplit(url)
    loopback = parts.hostname in ("localhost", "127.0.0.1")
    assert parts.scheme == "https" or (parts.scheme == "http" and loopback)
    assert parts.username is None
    assert parts.fragment == ""


@settings(max_examples=400, deadline=None)
@given(value=VALUES)
def test_a_tenant_name_is_one_label_or_refused(value):
    zendesk = CATALOG.get("zendesk")
    try:
        url = endpoint(zendesk, "token", {"subdomain": value} if value else {"subdomain": "a"})
    except InvalidRequestError as error:
        assert len(value) < 10 or value not in error.message
        return
    host = urlsplit(url).hostname
    assert host.count(".") == 2
    assert host.endswith(".zendesk.com")


@settings(max_examples=200, deadline=None)
@given(
    supplied=st.dictionaries(
        st.text(max_size=80),
        st.one_of(VALUES, st.integers(), st.none(), st.lists(st.text(), max_size=2)),
        max_size=20,
    )
)
def test_stored_connection_config_is_always_short_plain_text(supplied):
    config = connection_config(CATALOG.get("github"), supplied)

    assert all(len(value) <= 255 and value.isprintable() for value in config.values())


def test_hostile_templates_are_read_in_linear_time():
    hostile = [
        "${" * 100_000,
        "${base64(" * 400,
        ")}" * 2000,
        "${base64(" + "${a" * 1000,
        "$" * 4096,
    ]
    for template in [*hostile, "${connectionConfig." + "a." * 2000, "${now:" + "$" * 4000]:
        began = time.perf_counter()
        try:
            parse(template)
        except CarrickError as error:
            assert error.code == "invalid_template"
        assert time.perf_counter() - began < 0.05


def test_the_longest_template_is_read_at_once():
    template = ("${base64(" + "x" * 30 + "${connectionConfig.a})}") * 64
    began = time.perf_counter()

    assert len(parse(template[:LONGEST_TEMPLATE])) == 64
    assert time.perf_counter() - began < 0.05
