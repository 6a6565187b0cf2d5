"""Where providers send the browser back to: public; state and cookie are what admits.

``/oauth/callback[/{integration_id}]``, and ``/app-auth/connect`` for apps that were installed. Use
case: ``domain.completion``. Permissions: consume flows; read session, integration, connection;
commit connection, tags, event and result; unseal flow and client secret; seal credentials; find
sockets and post to them. Its event holds the code and is never logged.
"""

from carrick import wiring
from carrick.domain.authorization import cookie_name
from carrick.domain.completion import (
    Completed,
    Returned,
    complete_authorization,
    state_of,
)
from carrick.domain.notifications import error_type
from carrick.edge import pages, redirects
from carrick.edge.caller import PUBLIC
from carrick.edge.envelope import page_status_of
from carrick.edge.http import Api, Request, Response
from carrick.edge.query import parse_query
from carrick.errors import CarrickError
from carrick.models.environment import hash_token
from functions.callback.dependencies import dependencies

api = Api(base_url=lambda: dependencies().base_url)


def _failed(request: Request, error: CarrickError) -> Response:
    # A success page that is reloaded comes here too: the connection may well be there.
    is_used = error.code == "state_err"
    title = "This link does not work" if is_used else "The connection was not made"
    return pages.failure_page(
        page_status_of(error), title=title, text=error.message, origins=(request.base_url,)
    )


@api.route("GET /oauth/callback", PUBLIC, on_error=_failed)
@api.route("GET /oauth/callback/{integration_id}", PUBLIC, on_error=_failed)
@api.route("GET /app-auth/connect", PUBLIC, on_error=_failed)
def by_redirect(request: Request) -> Response:
    return _complete(request, request.raw_query, posted=False)


@api.route("POST /oauth/callback", PUBLIC, on_error=_failed)
@api.route("POST /oauth/callback/{integration_id}", PUBLIC, on_error=_failed)
def by_form_post(request: Request) -> Response:
    return _complete(request, request.body.decode("utf-8", "replace"), posted=True)


def _complete(request: Request, encoded: str, *, posted: bool) -> Response:
    params = {name: value for name, value in parse_query(encoded).items() if isinstance(value, str)}
    name = cookie_name(hash_token(state_of(params)))
    returned = Returned(
        params,
        cookie=request.cookies.get(name, ""),
        path_integration=request.path.get("integration_id", ""),
        posted=posted,
    )
    completed = complete_authorization(returned, dependencies().completion)
    page = _page(completed, request.base_url)
    return Response(page.status, page.body, page.headers, (redirects.expired_cookie(name),))


def _page(completed: Completed, base_url: str) -> Response:
    flow, session, error = completed.flow, completed.session, completed.error
    origins = (base_url, *(session.listeners if session is not None else ()))
    returns_to = redirects.to_application(
        session.return_url if session is not None else "",
        provider_config_key=flow.integration_id,
        connection_id=flow.connection_id if error is None else "",
        confirm_code=completed.confirm_code,
        error=error_type(error) if error is not None else "",
    )
    if error is None:
        return pages.success_page(
            origins=origins, returns_to=returns_to, confirm_code=completed.confirm_code
        )
    return pages.failure_page(
        page_status_of(error),
        title="The connection was not made",
        text=error.message,
        origins=origins,
        returns_to=returns_to,
    )


lambda_handler = api
wiring.warm(dependencies)
