"""GET /connect/ and its files: the Connect page; and 404 for all that no route takes.

Public; no permissions. The files are those of ``web/``, built and committed.

``GET /oauth/client-metadata/{environment_id}/{integration_id}`` says which client Carrick is, for
authorization servers that take a URL as client id. It follows from the address alone, so it reads
nothing and tells nobody which integrations there are.

The page is static but for the list of who may embed it: what it shows comes from the API, with the
session token that it was opened with. The token is taken out of the address at once, and no request
carries a referrer.
"""

import functools
from dataclasses import dataclass
from urllib.parse import quote

from carrick import settings, wiring
from carrick.edge.caller import PUBLIC
from carrick.edge.http import Api, Request, Response, json_response
from carrick.edge.parameters import path_parameter
from carrick.errors import NotFoundError
from carrick.models import patterns
from functions.web.files import PAGE, files
from functions.web.files import page as page_text
from functions.web.policy import framing_origins, page_headers

CACHED = {"cache-control": "public, max-age=3600"}


@dataclass(frozen=True)
class Settings(
    settings.BaseUrlSettings, settings.ConnectOriginsSettings, settings.WebSocketsPathSettings
):
    """What this function may read."""


@functools.cache
def dependencies() -> Settings:
    loaded = Settings.load()
    framing_origins(loaded.connect_origins)
    return loaded


api = Api(base_url=lambda: dependencies().public_base_url)


@api.route("GET /connect", PUBLIC)
def page(request: Request) -> Response:
    return _page(request, below="connect/")


@api.route("GET /connect/{file}", PUBLIC)
def file(request: Request) -> Response:
    name = request.path["file"]
    found = files().get(name)
    if found is None:
        raise NotFoundError("No such file.")
    if name == PAGE:
        return _page(request, below="./")
    headers = {"content-type": found.content_type, "cache-control": found.cache_control}
    return Response(200, found.text, headers)


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
        return _page(request, below="./")
    raise NotFoundError("No such route.")


def _page(request: Request, *, below: str) -> Response:
    loaded = dependencies()
    origins = framing_origins(loaded.connect_origins)
    headers = page_headers(
        base_url=request.base_url, websockets_path=loaded.websockets_path, origins=origins
    )
    content_type = files()[PAGE].content_type
    return Response(200, page_text(origins, below=below), {"content-type": content_type, **headers})


lambda_handler = api
wiring.warm(dependencies)
