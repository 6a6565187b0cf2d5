"""Addresses end in histories, logs and Referer headers (security requirements 25, 26 and 30)."""

from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.e2e.browser import Visitor
from tests.e2e.scene import LASTING, Scene
from tests.e2e.waiting import until


def test_the_session_token_leaves_the_address_at_once(scene: Scene, visitor: Visitor) -> None:
    session = scene.session()
    visitor.page.goto(session["connect_link"])
    expect(visitor.heading).to_have_text("Connect an account")
    assert visitor.page.url == f"{scene.carrick.base_url}/connect/"
    visitor.page.reload()
    expect(visitor.heading).to_have_text("Connect an account")


def test_the_code_leaves_the_address_at_once(scene: Scene, visitor: Visitor) -> None:
    visitor.approve(scene.session()["connect_link"], LASTING.name)
    assert visitor.page.url == f"{scene.carrick.base_url}/oauth/callback"


def test_nobody_else_hears_of_the_session(scene: Scene, visitor: Visitor) -> None:
    session = scene.session()
    before = len(scene.provider.told)
    visitor.approve(session["connect_link"], LASTING.name)
    elsewhere = [sent.url for sent in visitor.sent if _origin(sent.url) != scene.carrick.base_url]
    assert elsewhere
    assert [url for url in elsewhere if session["token"] in url] == []
    told = until(
        lambda: scene.provider.told[before:], seconds=5, what="the server tells of its requests"
    )
    own = {"", scene.provider.issuer}
    assert {_origin(request["referer"]) for request in told} <= own
    referers = {_origin(s.referer) for s in visitor.sent}
    assert referers <= own, "a page of Carrick's sent its address along"


def test_tokens_are_in_no_address_at_all(scene: Scene, visitor: Visitor) -> None:
    visitor.approve(scene.session()["connect_link"], LASTING.name)
    addresses = " ".join(sent.url for sent in visitor.sent)
    assert "/oauth-callback?code=" in addresses
    codes = {told["asked"]["code"] for told in scene.provider.token_requests("authorization_code")}
    assert [secret for secret in scene.provider.secrets() - codes if secret in addresses] == []


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
