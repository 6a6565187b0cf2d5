"""The demo as one application, served by the same small server as everything else."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import unquote_to_bytes

from flask import Flask, redirect
from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Response as WerkzeugResponse

from local.demo.authorization_server import add_authorization_server
from local.demo.receiver import add_receiver
from local.demo.storage import DemoStorage
from local.http_messages import HttpRequest, HttpResponse
from local.servers import Handler

PROVIDER = Path(__file__).with_name("providers") / "demo.toml"
_PORT_IN_FILE = "localhost:8402"


def provider_file(port: int) -> str:
    """The text of the demo provider's file, for a demo on this port."""
    return PROVIDER.read_text("utf-8").replace(_PORT_IN_FILE, f"localhost:{port}")


def demo_handler(
    storage: DemoStorage, *, url: str, signing_keys: Callable[[], Sequence[str]]
) -> Handler:
    """Answers requests to the authorization server and the receiver. ``url`` is its issuer."""
    app = Flask("carrick-demo")
    add_authorization_server(app, storage, url)
    add_receiver(app, storage, signing_keys)

    @app.get("/")
    def index() -> WerkzeugResponse:
        return redirect("/webhooks")

    return lambda request: _answer(app, request)


def _answer(app: Flask, request: HttpRequest) -> HttpResponse:
    body, status, headers = run_wsgi_app(app, _environ(request), buffered=True)
    content = b"".join(body)
    return HttpResponse(int(status.split(" ", 1)[0]), tuple(headers.items()), content)


def _environ(request: HttpRequest) -> dict[str, object]:
    path, _, query = request.target.partition("?")
    host, _, port = request.header("host").partition(":")
    environ: dict[str, object] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": host or "localhost",
        "SERVER_PORT": port or "80",
        "SERVER_PROTOCOL": request.version,
        "CONTENT_TYPE": request.header("content-type"),
        "CONTENT_LENGTH": str(len(request.body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers:
        environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
    return environ
