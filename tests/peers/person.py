"""A person at oidc-provider's pages, without a browser: logs in, consents, and is sent back."""

import http.client
import re
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

STEPS = 10


class Person:
    """Keeps cookies. ``approve`` ends with the first URL of another server."""

    def __init__(self, name: str = "u1") -> None:
        self._name = name
        self._cookies: dict[str, str] = {}

    def approve(self, url: str) -> str:
        """Say yes to everything; the URL at the client that the server redirects to."""
        home = urlsplit(url).netloc
        form: dict[str, str] | None = None
        for _ in range(STEPS):
            status, location, page = self._send(url, form)
            form = None
            if status in {302, 303}:
                url = urljoin(url, location)
                if urlsplit(url).netloc != home:
                    return url
                continue
            assert status == 200, page
            action = re.search(r'<form[^>]* action="([^"]+)"', page)
            assert action is not None, page
            url = urljoin(url, action[1])
            form = {"prompt": "consent"}
            if 'name="login"' in page:
                form = {"prompt": "login", "login": self._name, "password": "any"}
        raise AssertionError("the server does not come to an end")

    def _send(self, url: str, form: dict[str, str] | None) -> tuple[int, str, str]:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=10)
        headers = {"cookie": "; ".join(f"{k}={v}" for k, v in self._cookies.items())}
        if form is not None:
            headers["content-type"] = "application/x-www-form-urlencoded"
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        body = urlencode(form) if form is not None else None
        connection.request("POST" if form is not None else "GET", target, body, headers)
        answer = connection.getresponse()
        page = answer.read().decode()
        for line in answer.headers.get_all("set-cookie", []):
            for name, morsel in SimpleCookie(line).items():
                self._cookies[name] = morsel.value
        connection.close()
        return answer.status, answer.headers.get("location", ""), page
