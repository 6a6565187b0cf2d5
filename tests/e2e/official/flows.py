"""A person who approves at the demo provider, without a browser: three requests."""

import http.client
import urllib.parse

from tests.e2e.official.node_client import NodeClient
from tests.e2e.scene import Scene

APPROVAL = urllib.parse.urlencode({"user": "ada", "decision": "approve"})
FORM = {"content-type": "application/x-www-form-urlencoded"}


def made(scene: Scene, nango: NodeClient, end_user: str, **session: object) -> str:
    """The id of a new connection, whose session the Node client asked for."""
    person = {"id": end_user, "display_name": f"Lady {end_user.title()}"}
    body = {"end_user": person, **session}
    token = nango("createConnectSession", body)["data"]["token"]
    scene.session_tokens.append(token)
    return connect(scene, token)


def connect(scene: Scene, token: str, integration: str = "demo") -> str:
    """The id of the connection that this session makes or renews."""
    path = f"/oauth/connect/{integration}?connect_session_token={token}"
    started = _ask("GET", f"{scene.carrick.base_url}{path}", {})
    cookie = {"cookie": (started.getheader("set-cookie") or "").partition(";")[0]}
    answer = _ask("POST", started.getheader("location") or "", FORM, APPROVAL)
    while answer.status in {302, 308}:
        answer = _ask("GET", answer.getheader("location") or "", cookie)
    assert answer.status == 200, answer.status
    data = scene.carrick.must("GET", "/connect/session", bearer=token)["data"]
    return str(data["result"]["connection_id"])


def _ask(
    method: str, url: str, headers: dict[str, str], body: str | None = None
) -> http.client.HTTPResponse:
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    connection.request(method, f"{parts.path}?{parts.query}", body, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer
