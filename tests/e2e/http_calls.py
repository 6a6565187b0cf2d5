"""HTTP requests of the customer's backend. Redirects are not followed."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


def send(method: str, url: str, *, bearer: str, body: object = None, text: str = "") -> Answer:
    """One request with a bearer token and, if there is one, a JSON body: a value, or its text."""
    headers = {"authorization": f"Bearer {bearer}", "content-type": "application/json"}
    text = text if body is None else json.dumps(body)
    data = text.encode() if text else None
    request = urllib.request.Request(url, data, headers, method=method)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects)
    try:
        with opener.open(request, timeout=SECONDS) as response:
            return Answer(response.status, response.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.read().decode())


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None
