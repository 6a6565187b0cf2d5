"""The catalog of providers, and the health check.

``GET /providers`` and ``GET /providers/{provider}`` take any API key or a connect session;
``GET /health`` is public. The catalog is read-only data in the layer, with an overlay. Permissions:
the key in EnvironmentsTable, the session in SessionsTable.
"""

import functools
from dataclasses import dataclass
from pathlib import Path

from carrick import settings, wiring
from carrick.catalog import Catalog
from carrick.catalog.library import logo_url
from carrick.edge.caller import PUBLIC, Authenticator, session_or_key
from carrick.edge.http import Api, Request, Response, json_response
from carrick.edge.parameters import path_parameter
from carrick.edge.query import only, text
from carrick.errors import NotFoundError
from carrick.models import patterns
from carrick.store.environments import EnvironmentStore
from carrick.store.sessions import SessionStore


@dataclass(frozen=True)
class Settings(
    settings.EnvironmentsSettings,
    settings.SessionsSettings,
    settings.BaseUrlSettings,
    settings.CatalogSettings,
):
    """The variables of this function."""


@dataclass(frozen=True, slots=True)
class Dependencies:
    authenticator: Authenticator
    catalog: Catalog
    base_url: str


@functools.cache
def dependencies() -> Dependencies:
    aws, config = wiring.Aws(), Settings.load()
    dynamodb = aws.client("dynamodb")
    keys = EnvironmentStore(dynamodb, config.environments_table)
    sessions = SessionStore(dynamodb, config.sessions_table, now=wiring.now)
    overlay = config.providers_overlay_dir
    return Dependencies(
        authenticator=Authenticator(keys=keys, sessions=sessions, now=wiring.now),
        catalog=Catalog(Path(overlay) if overlay else None),
        base_url=config.public_base_url,
    )


api = Api(
    authenticator=lambda: dependencies().authenticator, base_url=lambda: dependencies().base_url
)


@api.route("GET /providers", session_or_key())
def list_providers(request: Request) -> Response:
    """All providers, or those whose name or display name holds ``search``: plain text, any case.

    Nango reads ``search`` as a regular expression; a stranger's expression is not compiled here.
    """
    only(request.query, "search")
    entries = dependencies().catalog.entries(text(request.query, "search"))
    shown = [{**entry, "logo_url": logo_url(entry["name"], request.base_url)} for entry in entries]
    return json_response(200, {"data": shown})


@api.route("GET /providers/{provider}", session_or_key())
def read_provider(request: Request) -> Response:
    catalog = dependencies().catalog
    name = path_parameter(request, "provider", patterns.PROVIDER)
    try:
        provider = catalog.get(name)
    except NotFoundError:
        raise NotFoundError("No such provider.") from None
    return json_response(200, {"data": catalog.public(provider, request.base_url)})


@api.route("GET /health", PUBLIC)
def health(request: Request) -> Response:
    return json_response(200, {"result": "ok"})


api.preflight("/providers", "GET")
api.preflight("/providers/{provider}", "GET")

lambda_handler = api

wiring.warm(dependencies)
