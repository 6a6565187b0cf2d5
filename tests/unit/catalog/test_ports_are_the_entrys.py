"""A port beside 443 is reached only where the entry's format lets people name one."""

from pathlib import Path

import pytest

from carrick.catalog import Catalog
from carrick.catalog.ports import ports_of
from carrick.errors import EgressRefusedError
from carrick.transport.guard import check_url

ENTRY = """
display_name = "Own servers"
auth_mode = "API_KEY"

[connection_config.host]
format = "{format}"
title = "Host"
description = "The host of your server."
example = "{example}"
self_hosted = true
"""

EXAMPLES = {"url": "https://server.example.org"}


@pytest.mark.parametrize(
    ("format", "value", "ports"),
    [
        ("host_and_port", "looker.example.org:19999", {19999}),
        ("host_and_port", "looker.example.org", set()),
        ("host_and_path", "erp.example.org:8443/base", {8443}),
        ("host_and_path", "erp.example.org/a:8443", set()),
        ("url", "https://jira.example.org:8443/base", {8443}),
        ("url", "https://jira.example.org/", set()),
        ("hostname", "jira.example.org:8443", set()),
    ],
)
def test_a_port_is_taken_from_what_may_hold_one(
    tmp_path: Path, format: str, value: str, ports: set[int]
) -> None:
    (tmp_path / "own.toml").write_text(
        ENTRY.format(format=format, example=EXAMPLES.get(format, "server.example.org"))
    )
    assert ports_of(Catalog(tmp_path).get("own"), {"host": value, "other": "a:22"}) == ports


def test_the_guard_takes_these_ports_and_no_other() -> None:
    url = "https://looker.example.org:19999/api"
    assert check_url(url, allow_loopback=False, ports={19999}).port == 19999
    for ports in (set(), {9243}):
        with pytest.raises(EgressRefusedError):
            check_url(url, allow_loopback=False, ports=ports)


def test_plain_http_is_refused_on_them() -> None:
    with pytest.raises(EgressRefusedError):
        check_url("http://looker.example.org:19999/", allow_loopback=False, ports={19999})
