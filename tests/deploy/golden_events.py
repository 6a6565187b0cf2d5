"""The events that functions get: what is sent to cause them, and how they are compared.

``golden/`` holds, by name, the event that a function deployed in the emulator got. Members that
differ from run to run are replaced by what they are, if they look like it.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
TEMPLATE = HERE / "echo" / "template.yaml"

MESSAGE = '{"text": "Zoë 🦊"}'
ITEM = {
    "pk": {"S": "one"},
    "count": {"N": "1.5"},
    "sealed": {"B": b"\x00\xff"},
    "tags": {"M": {"a": {"L": [{"BOOL": True}, {"NULL": True}]}}},
    "set": {"SS": ["x"]},
}


@dataclass(frozen=True, slots=True)
class Sent:
    """An HTTP request; nothing is added to it. ``target`` is sent as it is."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    @property
    def all_headers(self) -> tuple[tuple[str, str], ...]:
        length = (("Content-Length", str(len(self.body))),) if self.body else ()
        return (("Host", "api.example"), ("User-Agent", "golden"), *self.headers, *length)


REQUESTS = {
    "http_plain": Sent("GET", "/plain"),
    "http_query": Sent(
        "GET", "/plain?a=1&a=2&empty=&none&plus=a+b&percent=%C3%A9%26%3D%2B&slash=/"
    ),
    "http_path_parameter": Sent("GET", "/items/one"),
    "http_path_encoded": Sent("GET", "/items/a%20b%C3%A9?x=%2F"),
    "http_cookies": Sent("GET", "/plain", (("Cookie", "a=1; __Host-b=two=2"),)),
    "http_headers": Sent(
        "GET", "/plain", (("X-Mixed-Case", "Value"), ("Authorization", "Bearer text"))
    ),
    "http_json": Sent(
        "POST", "/items", (("Content-Type", "application/json"),), '{"text":"Zoë"}'.encode()
    ),
    "http_form": Sent(
        "POST", "/items", (("Content-Type", "application/x-www-form-urlencoded"),), b"a=1&b=%26"
    ),
    "http_text": Sent("POST", "/items", (("Content-Type", "text/plain"),), b"text"),
    "http_bytes": Sent(
        "POST", "/items", (("Content-Type", "application/octet-stream"),), b"\x00\xff"
    ),
    "http_empty_post": Sent("POST", "/items", (("Content-Length", "0"),)),
    "http_delete": Sent("DELETE", "/items/one"),
    "http_default": Sent("PUT", "/no/such?x=1"),
    "http_default_slash": Sent("GET", "/plain/"),
}
NAMES = (*REQUESTS, "queue", "stream", "schedule")

# What each member must look like to be replaced by its name, whichever event it is in.
VARYING = {
    "ApproximateCreationDateTime": r"\d{10}(\.\d+)?",
    "ApproximateFirstReceiveTimestamp": r"\d{13}",
    "SenderId": r"\w+",
    "SentTimestamp": r"\d{13}",
    "SequenceNumber": r"\d+",
    "SizeBytes": r"\d+",
    "account": r"\d{12}",
    "accountId": r"\d{12}",
    "apiId": r"\w+",
    "domainName": r"[\w.-]+",
    "eventID": r"[0-9a-f-]+",
    "eventSourceARN": r"arn:aws:(sqs|dynamodb):us-east-1:\d{12}:.+",
    "id": r"[0-9a-f-]{36}",
    "messageId": r"[0-9a-f-]{36}",
    "receiptHandle": r"\S+",
    "requestId": r"\S+",
    "resources": r"\['arn:aws:scheduler:us-east-1:\d{12}:schedule/default/\w+'\]",
    "time": r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "timeEpoch": r"\d{13}",
}
# API Gateway adds these; the emulator does not.
ADDED = (
    "domainPrefix",
    "x-amzn-trace-id",
    "x-forwarded-for",
    "x-forwarded-port",
    "x-forwarded-proto",
)


def comparable(value: Any) -> Any:
    """An event without what varies."""
    if isinstance(value, list):
        return [comparable(member) for member in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _placeholder(name, member) or comparable(member)
        for name, member in value.items()
        if name not in ADDED
    }


def _placeholder(name: str, member: Any) -> str:
    pattern = VARYING.get(name)
    if pattern is None or not re.fullmatch(pattern, str(member)):
        return ""
    kind = "number" if isinstance(member, int | float) else type(member).__name__
    return f"<{name}: {kind}>"


def golden(name: str) -> Any:
    """The stored event."""
    return json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))


def store(name: str, event: Any) -> None:
    """Store an event that was captured, without what varies."""
    text = json.dumps(comparable(event), ensure_ascii=False, indent=2, sort_keys=True)
    (GOLDEN / f"{name}.json").write_text(f"{text}\n", "utf-8")
