"""security.md #36-#37: one forbidden address among those of a host refuses the request."""

import pytest

from carrick.errors import EgressRefusedError
from carrick.transport.guard import check_addresses

PUBLIC = ["93.184.216.34", "1.1.1.1", "99.255.255.255", "2606:4700:4700::1111", "2a00:1450::200e"]

FORBIDDEN = [
    "0.0.0.0",
    "10.255.255.255",
    "100.64.0.0",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.168.255.255",
    "198.18.0.0",
    "224.0.0.251",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:1.1.1.1",
    "::ffff:169.254.169.254",
    "::7f00:1",
    "64:ff9b::101:101",
    "64:ff9b:1::1",
    "2001::1",
    "2002:101:101::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "2606:4700:4700::1111%eth0",
    "fec0::1",
    "ff05::1",
    "0x7f.1",
    "127.1",
    "a.example",
    "",
]


def test_public_addresses_are_returned_in_standard_spelling() -> None:
    checked = check_addresses("a.example", [*PUBLIC, "2A00:1450:0::0001"], allow_loopback=False)
    assert checked == (*PUBLIC, "2a00:1450::1")


@pytest.mark.parametrize("forbidden", FORBIDDEN)
@pytest.mark.parametrize("allow_loopback", [False, True])
def test_one_forbidden_address_refuses_all(forbidden: str, allow_loopback: bool) -> None:
    for addresses in ([forbidden], [*PUBLIC, forbidden], [forbidden, *PUBLIC]):
        with pytest.raises(EgressRefusedError) as refusal:
            check_addresses("a.example", addresses, allow_loopback=allow_loopback)
        assert refusal.value.message == "The host a.example is not allowed."


def test_no_address_is_not_a_checked_address() -> None:
    with pytest.raises(EgressRefusedError):
        check_addresses("a.example", [], allow_loopback=False)


@pytest.mark.parametrize("host", ["localhost", "api.localhost", "127.0.0.1", "::1"])
def test_names_of_this_machine_may_only_mean_loopback(host: str) -> None:
    loopback = ["127.0.0.1", "127.8.9.10", "::1"]
    assert check_addresses(host, loopback, allow_loopback=True) == tuple(loopback)
    for other in ("93.184.216.34", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "0.0.0.0"):
        with pytest.raises(EgressRefusedError):
            check_addresses(host, [*loopback, other], allow_loopback=True)
    with pytest.raises(EgressRefusedError):
        check_addresses(host, loopback, allow_loopback=False)


@pytest.mark.parametrize("host", ["notlocalhost", "localhost.a.example", "a.example"])
def test_other_names_may_not_mean_loopback_even_where_it_is_allowed(host: str) -> None:
    with pytest.raises(EgressRefusedError):
        check_addresses(host, ["127.0.0.1"], allow_loopback=True)
