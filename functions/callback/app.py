"""Where providers send the browser back to: public; state and cookie are what admits.

``/oauth/callback[/{integration_id}]``, and ``/app-auth/connect`` for apps that were installed. Use
case: ``domain.completion``. Permissions: consume flows; read session, integration, connection;
commit connection, tags, event and result; unseal flow and client secret; seal credentials; find
sockets and post to them. Its event holds the code and is never logged.
"""

from carrick import wiring
from carrick.domain.authorization import cookie_name
from carrick.domain.completion import Returned, complete_authorization, state_of
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
    origins = (request.base_url, *completed.allowed_origins)
    if completed.error is not None:
        page = pages.failure_page(
            page_status_of(completed.error),
            title="The connection was not made",
            text=completed.error.message,
            origins=origins,
        )
    else:
        page = pages.success_page(origins=origins)
    return Response(page.status, page.body, page.headers, (redirects.expired_cookie(name),))


lambda_handler = api
wiring.warm(dependencies)
