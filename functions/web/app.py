"""GET /connect/ and its files: the Connect page; and 404 for all that no route takes.

Public; no permissions, and of the settings only the base URL.

``GET /oauth/client-metadata/{environment_id}/{integration_id}`` says which client Carrick is, for
authorization servers that take a URL as client id. It follows from the address alone, so it reads
nothing and tells nobody which integrations there are.

The page is static: what it shows comes from the API, with the session token that it was opened
with. The token is taken out of the address at once, and no request carries a referrer.
"""

from pathlib import Path
from urllib.parse import quote

from carrick.edge.caller import PUBLIC
from carrick.edge.http import Api, Request, Response, json_response
from carrick.edge.parameters import path_parameter
from carrick.errors import NotFoundError
from carrick.models import patterns
from functions.web.dependencies import dependencies

STATIC = Path(__file__).parent / "static"
TYPES = {".css": "text/css", ".html": "text/html", ".js": "text/javascript"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)

CACHED = {"cache-control": "public, max-age=3600"}

api = Api(base_url=lambda: dependencies().public_base_url)


@api.route("GET /connect", PUBLIC)
def page(request: Request) -> Response:
    return _file("index.html")


@api.route("GET /connect/{file}", PUBLIC)
def file(request: Request) -> Response:
    return _file(request.path["file"])


@api.route("GET /oauth/client-metadata/{environment_id}/{integration_id}", PUBLIC)
def client_metadata(request: Request) -> Response:
    # Imported here: the page has no use for it.
    from carrick.oauth.registration import metadata_document  # noqa: PLC0415

    environment_id = path_parameter(request, "environment_id", patterns.ENVIRONMENT_ID)
    integration_id = path_parameter(request, "integration_id", patterns.UNIQUE_KEY)
    name = quote(integration_id, safe="")
    document = metadata_document(
        f"{request.base_url}/oauth/client-metadata/{environment_id}/{name}",
        f"{request.base_url}/oauth/callback/{name}",
    )
    answer = json_response(200, document)
    return Response(answer.status, answer.body, {**answer.headers, **CACHED})


@api.route("$default", PUBLIC)
def otherwise(request: Request) -> Response:
    # A path that ends in a slash is another path to API Gateway, and the clients make one.
    if request.event.get("rawPath") == "/connect/":
        return _file("index.html")
    raise NotFoundError("No such route.")


def _file(name: str) -> Response:
    """One of the files that are there: the name is looked up, never joined to a path."""
    path = {path.name: path for path in STATIC.iterdir()}.get(name)
    if path is None or path.suffix not in TYPES:
        raise NotFoundError("No such file.")
    headers = {
        "content-type": f"{TYPES[path.suffix]}; charset=utf-8",
        "content-security-policy": POLICY,
        "x-frame-options": "DENY",
    }
    return Response(200, path.read_text("utf-8"), headers)


lambda_handler = api
