"""GET /oauth/connect/{integration_id}: 302 to the provider. The connect session is in the query.

Use case: ``domain.authorization``. Permissions: read session, integration, environment; store the
flow; make data keys for flows. Cannot decrypt anything.
"""

from carrick import wiring
from carrick.domain.authorization import StartRequest, start_authorization
from carrick.edge import pages, redirects
from carrick.edge.caller import SESSION_IN_QUERY
from carrick.edge.envelope import status_of
from carrick.edge.http import Api, Request, Response
from carrick.edge.query import group, text
from carrick.errors import CarrickError, InvalidRequestError
from functions.oauth_start.dependencies import dependencies

api = Api(
    authenticator=lambda: dependencies().authenticator,
    base_url=lambda: dependencies().settings.public_base_url,
)


def _failed(request: Request, error: CarrickError) -> Response:
    title = "This connection cannot be started"
    return pages.failure_page(status_of(error), title=title, text=error.message, origins=())


@api.route("GET /oauth/connect/{integration_id}", SESSION_IN_QUERY, on_error=_failed)
def start(request: Request) -> Response:
    query, session = request.query, request.authorized.session
    assert session is not None
    if "connection_id" in query:
        raise InvalidRequestError(
            "connection_id is forbidden when using session token", code="invalid_query_params"
        )
    wanted = group(query, "authorization_params")
    started = start_authorization(
        session,
        StartRequest(
            integration_id=request.path["integration_id"],
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


lambda_handler = api
wiring.warm(dependencies)
