"""Webhook and callback URLs that a customer may set, and those that would lead elsewhere."""

import pytest

from carrick.domain.customer_urls import UrlRules, check_callback_url
from carrick.errors import ValidationFailedError

RULES = UrlRules("https://connect.example.com", allow_loopback=False)
LAPTOP = UrlRules("http://localhost:8400", allow_loopback=True)
PATH = ["webhooks", "primary_url"]


@pytest.mark.parametrize("url", ["", "https://hooks.example.org/carrick?x=1", "https://1.1.1.1/"])
def test_a_public_https_url_gets_webhooks(url: str) -> None:
    assert RULES.check_webhook_url(url, PATH) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.org/",
        "https://hooks.example.org:8443/",
        "https://user:canary-secret@hooks.example.org/",
        "https://hooks.example.org/#fragment",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/",
        "https://a.localhost./",
        "https://connect.example.com/",
        "https://CONNECT.example.com./connections",
        "ftp://hooks.example.org/",
        "javascript:alert(1)",
        "//hooks.example.org/",
        "hooks.example.org",
        "https://hooks.example.org\\@evil.example/",
        "https://hooks.example.org/\r\nx: y",
    ],
)
def test_anything_else_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ValidationFailedError) as raised:
        RULES.check_webhook_url(url, PATH)
    (problem,) = raised.value.errors
    assert problem["path"] == PATH
    assert url not in problem["message"]
    assert "canary" not in problem["message"]


@pytest.mark.parametrize("url", ["http://localhost:8400/demo/webhooks", "http://127.0.0.1:9/x"])
def test_on_the_laptop_the_receiver_may_be_here(url: str) -> None:
    assert LAPTOP.check_webhook_url(url, PATH) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://you.example/oauth-callback",
        "https://connect.example.com/oauth/callback",
        "http://localhost:3000/oauth-callback",
        "http://127.0.0.1:3000/oauth-callback",
    ],
)
def test_a_provider_may_send_browsers_to_https_or_to_their_own_machine(url: str) -> None:
    assert check_callback_url(url, ["callback_url"]) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://you.example/oauth-callback",
        "https://you.example/oauth-callback?next=1",
        "https://you.example/oauth-callback?",
        "https://you.example/oauth-callback#x",
        "https://you@evil.example/",
        "https://10.0.0.1/oauth-callback",
        "javascript:alert(1)",
        "you.example/oauth-callback",
    ],
)
def test_a_callback_url_is_never_anything_else(url: str) -> None:
    with pytest.raises(ValidationFailedError):
        check_callback_url(url, ["callback_url"])
