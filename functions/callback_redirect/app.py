"""GET and POST /oauth-callback[/{integration_id}] on the customer's domain: 308 to the callback.

Public. The target is configured, the query passes byte for byte, a form stays a POST (308). No
permissions: this function can reach nothing.
"""

import functools
import re
from dataclasses import dataclass

from carrick import wiring
from carrick.edge.caller import PUBLIC
from carrick.edge.http import Api, Request, Response
from carrick.edge.redirects import to_callback
from carrick.errors import NotFoundError
from carrick.models.patterns import UNIQUE_KEY
from carrick.settings import CallbackTargetSettings


@dataclass(frozen=True)
class Settings(CallbackTargetSettings):
    """What this function may read."""


@functools.cache
def dependencies() -> Settings:
    return Settings.load()


api = Api()


@api.route("GET /oauth-callback", PUBLIC)
@api.route("POST /oauth-callback", PUBLIC)
@api.route("GET /oauth-callback/{integration_id}", PUBLIC)
@api.route("POST /oauth-callback/{integration_id}", PUBLIC)
def redirect(request: Request) -> Response:
    integration_id = request.path.get("integration_id", "")
    # A browser would take dots for a step out of the callback's path, and the code with it.
    if integration_id in {".", ".."} or not re.fullmatch(f"({UNIQUE_KEY})?", integration_id):
        raise NotFoundError("No such callback.")
    return to_callback(dependencies().callback_target_url, integration_id, request.raw_query)


lambda_handler = api
wiring.warm(dependencies)
