"""security.md #37-#38: no spelling of a host gets a request to this machine or its surroundings."""

# ruff: noqa: RUF001 - characters that look like others are what this is about

import pytest

from carrick.errors import EgressRefusedError
from carrick.transport.guard import check_url

LOOPBACK_HOSTS = [
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "127.0.1",
    "127.255.255.254",
    "2130706433",
    "2130706433.",
    "0x7f000001",
    "0X7F000001",
    "0x7f.1",
    "0x7f.0x0.0x0.0x1",
    "017700000001",
    "0177.0.0.1",
    "0177.0.0.01",
    "00000177.0.0.1",
    "127.0x0.0.1",
    "127.0.0x1",
    "127.16777215",
    "127。0。0。1",
    "127．0．0．1",
    "127｡0｡0｡1",
    "１２７.０.０.１",
    "①②⑦.⓪.⓪.①",
    "𝟏𝟐𝟕.𝟎.𝟎.𝟏",
    "127.0.0.\u00ad1",
    "127.0.0.1\u200b",
    "０ｘ7f.1",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[0000:0000:0000:0000:0000:0000:0000:0001]",
    "[::0.0.0.1]",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "ｌｏｃａｌｈｏｓｔ",
    "ⓛocalhost",
    "api.localhost",
    "api.localhost.",
]

NEVER_ALLOWED_HOSTS = [
    # This network, broadcast, multicast, reserved
    "0",
    "0.0.0.0",
    "0x0",
    "00",
    "0x",
    "0.1.2.3",
    "255.255.255.255",
    "4294967295",
    "0xffffffff",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    # Link-local: instance metadata, container credentials, X-Ray, in several spellings
    "169.254.169.254",
    "169.254.169.254.",
    "169.254.170.2",
    "169.254.79.129",
    "169.254.100.1",
    "169.254.43518",
    "169.16689662",
    "2852039166",
    "0xa9fea9fe",
    "0xa9.0xfe.0xa9.0xfe",
    "0251.0376.0251.0376",
    "025177524776",
    "169.0xfe.0251.254",
    "１６９。２５４。１６９。２５４",
    "①⑥⑨.②⑤④.①⑥⑨.②⑤④",
    # Private, carrier, protocol, documentation, benchmarking, 6to4 relays
    "10.0.0.1",
    "10.1",
    "167772161",
    "012.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "0xac100001",
    "192.168.0.1",
    "192.168.1",
    "3232235521",
    "100.64.0.1",
    "100.127.255.255",
    "192.0.0.1",
    "192.0.0.170",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    # IPv6: unspecified, mapped, compatible, translated, NAT64, 6to4, Teredo
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:a9fe:a9fe]",
    "[::ffff:93.184.216.34]",
    "[::127.0.0.1]",
    "[::a9fe:a9fe]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::169.254.169.254]",
    "[64:ff9b:1::10.0.0.1]",
    "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::1]",
    "[2001:0:5ef5:79fd::1]",
    "[2001:0000:4136:e378:8000:63bf:3fff:fdd2]",
    # IPv6: link-local, site-local, unique local (metadata among them), multicast, special
    "[fe80::1]",
    "[febf::1]",
    "[fec0::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[FD00:EC2::23]",
    "[ff02::1]",
    "[100::1]",
    "[2001:db8::1]",
    "[2001:20::1]",
    "[3fff::1]",
    "[5f00::1]",
    "[4000::1]",
]

NOT_HOSTS = [
    "",
    ".",
    "..",
    "127.0.0.1..",
    "127..1",
    "1.2.3.4.5",
    "256.1.1.1",
    "1.1.1.256",
    "4294967296",
    "0x100000000",
    "0x7g.1",
    "08.1.1.1",
    "1.1.1.-1",
    "١٢٧.٠.٠.١",
    "१२७.0.0.1",
    "fa\u00df.example",
    "a\u200db.example",
    "-a.example",
    "a-.example",
    "a..example",
    f"{'a' * 64}.example",
    ".".join(["a" * 60] * 5),
    "exa mple.com",
    "127.0.0.1%2f",
    "%31%32%37.0.0.1",
    "a%2eb.example",
    "a,b.example",
    "a*b.example",
    "a'b.example",
    "[::1",
    "::1",
    "[fe80::1%25eth0]",
    "[fe80::1%eth0]",
    "[::1]a.example",
    "[1.2.3.4]",
    "[v1.a]",
    "[::1:]",
    "[::12345]",
]


def test_the_table_holds_at_least_sixty_spellings() -> None:
    assert len(set(LOOPBACK_HOSTS + NEVER_ALLOWED_HOSTS)) >= 60


@pytest.mark.parametrize("host", LOOPBACK_HOSTS + NEVER_ALLOWED_HOSTS + NOT_HOSTS)
def test_host_is_refused(host: str) -> None:
    with pytest.raises(EgressRefusedError):
        check_url(f"https://{host}/x", allow_loopback=False)


@pytest.mark.parametrize("host", NEVER_ALLOWED_HOSTS + NOT_HOSTS)
def test_host_is_refused_where_loopback_is_allowed(host: str) -> None:
    for origin in (f"http://{host}:8400", f"https://{host}"):
        with pytest.raises(EgressRefusedError):
            check_url(f"{origin}/x", allow_loopback=True)


@pytest.mark.parametrize("host", LOOPBACK_HOSTS)
def test_loopback_is_reached_by_any_scheme_and_port_where_allowed(host: str) -> None:
    target = check_url(f"http://{host}:8400/x", allow_loopback=True)
    assert (target.scheme, target.port) == ("http", 8400)
    assert target.host in ("::1", "localhost", "api.localhost") or target.host.startswith("127.")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/path",
        "//a.example/x",
        "a.example",
        "https:a.example",
        "https:/a.example",
        "https:///a.example",
        "https://",
        "https:\\\\a.example\\",
        "http://a.example/",
        "http://a.example:443/",
        "ftp://a.example/",
        "file:///etc/passwd",
        "gopher://a.example:443/",
        "javascript:alert(1)",
        "data:,x",
        "ws://a.example/",
        "http\u017f://a.example/",
        " https://a.example/",
        "https://a.example/ ",
        "\thttps://a.example/",
        "ht\ntps://a.example/",
        "https://a.example/\r\nHost: b.example",
        "https://a.example/x\x00",
        "https://a.example/x\x7f",
        "https://a.example/x y",
        "https://a.example/x\u2028y",
        "https://a.example/x\ud800",
        "https://a.example\t/",
        "https://a.example\\@b.example/",
        "https://a.example/\\b",
        "https://user@a.example/",
        "https://user:pass@a.example/",
        "https://@a.example/",
        "https://a.example@127.0.0.1/",
        "https://a.example:443@127.0.0.1/",
        "https://a.example#.b.example/",
        "https://a.example/#fragment",
        "https://a.example:/",
        "https://a.example:0/",
        "https://a.example:80/",
        "https://a.example:22/",
        "https://a.example:8443/",
        "https://a.example:９001/",
        "https://a.example:+443/",
        "https://a.example:443:443/",
        "https://a.example:65979/",
        "https://a.example:999999/",
        "https://1.1.1.1:9001/",
    ],
)
@pytest.mark.parametrize("allow_loopback", [False, True])
def test_url_is_refused(url: str, allow_loopback: bool) -> None:
    with pytest.raises(EgressRefusedError):
        check_url(url, allow_loopback=allow_loopback)


@pytest.mark.parametrize("port", ["0", "65536", "99999"])
def test_loopback_needs_a_port_that_exists(port: str) -> None:
    with pytest.raises(EgressRefusedError):
        check_url(f"http://127.0.0.1:{port}/", allow_loopback=True)


@pytest.mark.parametrize(
    ("url", "host", "path_and_query"),
    [
        ("https://a.example", "a.example", "/"),
        ("https://a.example/", "a.example", "/"),
        ("HTTPS://A.Example./X/y", "a.example", "/X/y"),
        ("https://a.example:443/x", "a.example", "/x"),
        ("https://a.example?x=1", "a.example", "/?x=1"),
        ("https://a.example/x?", "a.example", "/x?"),
        ("https://a.example/%2e%2e/a%20b?c=%0d%0a", "a.example", "/%2e%2e/a%20b?c=%0d%0a"),
        ("https://a.example/x?u=https://b.example:1/@", "a.example", "/x?u=https://b.example:1/@"),
        ("https://a.example/höök?q=ü", "a.example", "/h%C3%B6%C3%B6k?q=%C3%BC"),
        ("https://münchen.example/", "xn--mnchen-3ya.example", "/"),
        ("https://例え.テスト/", "xn--r8jz45g.xn--zckzah", "/"),
        ("https://a_b.c-d.example/", "a_b.c-d.example", "/"),
        ("https://127.0.0.1.a.example/", "127.0.0.1.a.example", "/"),
        ("https://notlocalhost.example/", "notlocalhost.example", "/"),
        ("https://localhost.a.example/", "localhost.a.example", "/"),
        ("https://1.1.1.1/", "1.1.1.1", "/"),
        ("https://0x1010101/", "1.1.1.1", "/"),
        ("https://[2606:4700:4700:0::1111]/", "2606:4700:4700::1111", "/"),
    ],
)
def test_ordinary_url_is_taken_apart(url: str, host: str, path_and_query: str) -> None:
    target = check_url(url, allow_loopback=False)
    assert (target.scheme, target.host, target.port) == ("https", host, 443)
    assert target.path_and_query == path_and_query


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("https://a.example/", "a.example"),
        ("https://a.example:443/", "a.example"),
        ("https://[2606:4700:4700::1111]/", "[2606:4700:4700::1111]"),
        ("http://localhost/", "localhost"),
        ("http://localhost:443/", "localhost:443"),
        ("https://localhost:8443/", "localhost:8443"),
        ("http://[::1]:8400/", "[::1]:8400"),
    ],
)
def test_host_field_names_host_and_unusual_port(url: str, authority: str) -> None:
    assert check_url(url, allow_loopback=True).authority == authority


def test_neither_refusal_nor_repr_shows_path_query_or_user() -> None:
    url = "https://{}10.0.0.1/canary-secret-path?key=canary-secret-query"
    for user in ("", "canary-secret-user@"):
        with pytest.raises(EgressRefusedError) as refusal:
            check_url(url.format(user), allow_loopback=False)
        assert "canary-secret" not in repr(refusal.value)
    target = check_url("https://a.example/canary-secret?canary-secret", allow_loopback=False)
    assert "canary-secret" not in repr(target)
