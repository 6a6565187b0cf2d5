"""POST /webhook/{environment_id}/{integration_id}: providers, whose signature admits (§10.4).

Use case: ``domain.provider_webhooks``. Permissions: read one integration, unseal its secrets; find
and lease what waits for an installation; seal credentials, commit connection, tags and event.
"""

from carrick import wiring
from carrick.domain.provider_webhooks import Delivery, receive
from carrick.edge.caller import PUBLIC
from carrick.edge.http import Api, Request, Response
from carrick.edge.parameters import path_parameter
from carrick.edge.query import MAX_QUERY_BYTES
from carrick.errors import PayloadTooLargeError
from carrick.models.patterns import ENVIRONMENT_ID, UNIQUE_KEY
from functions.provider_webhook.dependencies import dependencies

api = Api()


@api.route("POST /webhook/{environment_id}/{integration_id}", PUBLIC)
def take(request: Request) -> Response:
    """The query may hold what the provider likes; none of it is read."""
    if len(request.raw_query) > MAX_QUERY_BYTES:
        raise PayloadTooLargeError("The query string is over 16 KiB.")
    receive(
        path_parameter(request, "environment_id", ENVIRONMENT_ID),
        path_parameter(request, "integration_id", UNIQUE_KEY),
        Delivery({name.lower(): value for name, value in request.headers.items()}, request.body),
        dependencies(),
    )
    return Response(204)


lambda_handler = api
wiring.warm(dependencies)
