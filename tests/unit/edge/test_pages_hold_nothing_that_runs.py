import json
import re
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrick.edge import pages
from carrick.edge.http import Response

ORIGINS = ("https://carrick.example",)
HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "]]>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "{{7*7}} ${7*7} {nonce}",
    "\u2028alert(1)\u2029",
    "&lt;script&gt;",
    "javascript:alert(1)",
]
texts = st.sampled_from(HOSTILE) | st.text(st.characters(codec="utf-8"), max_size=60)


class Page(HTMLParser):
    """The elements of a page, in order, and the text of its scripts and paragraphs."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open = ""
        self.feed(response.body)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open = tag
        self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts[self._open][-1] += data

    @property
    def message(self) -> dict[str, object]:
        """What the page posts, and to whom."""
        found = json.loads(self.texts["script"][0])
        assert isinstance(found, dict)
        return found


def failure(text: str) -> Response:
    return pages.failure_page(400, title="The connection was not made", text=text, origins=ORIGINS)


@given(texts)
def test_text_stays_text(text: str) -> None:
    page, plain = Page(failure(text)), Page(failure("x"))

    assert [tag for tag, _ in page.elements] == [tag for tag, _ in plain.elements]
    assert [sorted(names) for _, names in page.elements] == [
        sorted(names) for _, names in plain.elements
    ]
    shown = page.texts["p"][0]
    assert shown.replace("\r", "\n") == text.replace("\r\n", "\n").replace("\r", "\n")
    payload = page.message["message"]
    assert payload == {
        "type": "nango_oauth_callback_error",
        "payload": {"message": text, "errorType": "connection_validation_failed"},
    }


@given(texts)
def test_no_character_of_a_text_can_end_the_script_that_holds_it(text: str) -> None:
    body = failure(text).body
    script = body.split('id="message">')[1].split("</script>")[0]
    assert not set(script) & set("<>&\u2028\u2029")
    assert script.isascii()


@pytest.mark.parametrize("response", [failure("x"), pages.success_page(origins=ORIGINS)])
def test_the_policy_allows_what_the_page_brings_and_nothing_else(response: Response) -> None:
    policy = dict(
        directive.strip().split(" ", 1)
        for directive in response.headers["content-security-policy"].split(";")
    )
    nonce = policy["script-src"].removeprefix("'nonce-").removesuffix("'")
    assert policy == {
        "default-src": "'none'",
        "script-src": f"'nonce-{nonce}'",
        "style-src": f"'nonce-{nonce}'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    page = Page(response)
    for tag, attributes in page.elements:
        assert tag not in {"img", "link", "iframe", "form", "a", "base", "object"}
        assert not {"src", "href", "style"} & attributes.keys()
        assert not any(name.startswith("on") for name in attributes)
        if tag in {"script", "style"}:
            assert attributes["nonce"] == nonce
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "cross-origin-opener-policy" not in response.headers


def test_no_two_pages_have_the_same_nonce() -> None:
    policies = {failure("x").headers["content-security-policy"] for _ in range(50)}
    assert len(policies) == 50
    assert all(
        len(re.search("nonce-([^']+)", policy)[1]) >= 20  # type: ignore[index]
        for policy in policies
    )


def test_success_says_no_more_than_that() -> None:
    page = Page(pages.success_page(origins=ORIGINS))
    assert page.message == {
        "message": {"type": "nango_oauth_callback_success"},
        "origins": list(ORIGINS),
        "closes": True,
        "returnsTo": "",
    }


def test_messages_go_to_the_origins_that_are_named_and_to_no_other() -> None:
    origins = (
        "https://Carrick.example/base/",
        "https://app.example",
        "https://carrick.example",
        "http://localhost:3000",
    )
    response = pages.success_page(origins=origins)
    assert Page(response).message["origins"] == [
        "https://carrick.example",
        "https://app.example",
        "http://localhost:3000",
    ]
    assert Page(pages.success_page(origins=())).message["origins"] == []
    script = Page(response).texts["script"][1]
    assert re.findall(r"postMessage\(([^)]*)\)", script) == ["message, origin"]
    assert "'*'" not in script and '"*"' not in script
    assert "origins.includes(event.origin)" in script


def test_the_query_leaves_the_address_before_anything_else_runs() -> None:
    script = Page(failure("x")).texts["script"][1].strip()
    assert script.startswith('history.replaceState(null, "", location.pathname);')


def test_entities_are_shown_as_they_were_sent() -> None:
    assert unescape(failure("a &amp; b").body).count("a &amp; b") == 1
