"""GET /oauth/connect/{integration_id}: 302 to the provider. The connect session is in the query.

Use case: ``domain.authorization``. Permissions: read session, integration, environment; store the
flow; make data keys for flows; unseal the integration's secrets, where the provider is asked before
the browser leaves; find sockets and post to them.

Whatever fails is shown as a page, and told to the socket that the browser named: the official
client waits for that and nothing else (contract §14.1).
"""

from carrick import identifiers, wiring
from carrick.domain.authorization import StartRequest, start_authorization
from carrick.domain.notifications import Waiting, error_type
from carrick.edge import pages, redirects
from carrick.edge.caller import SESSION_IN_QUERY
from carrick.edge.envelope import page_status_of
from carrick.edge.http import Api, Request, Response
from carrick.edge.parameters import path_parameter
from carrick.edge.query import Query, group, text, text_of_any
from carrick.errors import CarrickError, InvalidRequestError
from carrick.models.patterns import UNIQUE_KEY
from functions.oauth_start.dependencies import dependencies

api = Api(
    authenticator=lambda: dependencies().authenticator,
    base_url=lambda: dependencies().settings.public_base_url,
)


def _failed(request: Request, error: CarrickError) -> Response:
    title = "This connection cannot be started"
    session = request.caller.session if request.caller is not None else None
    reconnect = session.reconnect if session is not None else None
    waiting = Waiting(
        text_of_any(request.raw_query, "ws_client_id"),
        request.path.get("integration_id", "")[:255],
        reconnect.connection_id if reconnect is not None else "",
    )
    dependencies().notifier.failed(waiting, error)
    return pages.failure_page(
        page_status_of(error),
        title=title,
        text=error.message,
        origins=(request.base_url, *(session.listeners if session is not None else ())),
        returns_to=redirects.to_application(
            session.return_url if session is not None else "",
            provider_config_key=waiting.integration_id,
            error=error_type(error),
        ),
    )


@api.route("GET /oauth/connect/{integration_id}", SESSION_IN_QUERY, on_error=_failed)
def start(request: Request) -> Response:
    query = request.query
    _check(query)
    wanted = group(query, "authorization_params")
    started = start_authorization(
        request.session,
        StartRequest(
            integration_id=path_parameter(request, "integration_id", UNIQUE_KEY),
            base_url=request.base_url,
            params=group(query, "params"),
            # The official client writes "undefined" for a parameter that it wants left out.
            authorization_params={k: None if v == "undefined" else v for k, v in wanted.items()},
            ws_client_id=text(query, "ws_client_id") or "",
        ),
        dependencies().start,
    )
    return redirects.to_provider(
        started.url,
        cookie_name=started.cookie_name,
        cookie_value=started.cookie_value,
        posts_back=started.posts_back,
    )


def _check(query: Query) -> None:
    """Refuse what would otherwise be passed over, and the connection made as another one."""
    if "connection_id" in query:
        raise InvalidRequestError(
            "connection_id is forbidden when using session token", code="invalid_query_params"
        )
    if "credentials" in query:
        raise InvalidRequestError(
            "A client of the end user's own is not supported", code="invalid_query_params"
        )
    ws_client_id = text(query, "ws_client_id")
    if ws_client_id and identifiers.parse_ws_client_id(ws_client_id) is None:
        raise InvalidRequestError("ws_client_id has no such form", code="invalid_query_params")


lambda_handler = api
wiring.warm(dependencies)
