"""POST endpoints that make a connection without a redirect (contract §4.5, §4.6, §7.3).

Of what a person filled in: a connect session, in the query; ``domain.form_connections``. Of what a
backend brings: an API key; ``domain.imports``. Permissions: read key, session and integration,
unseal the integration's secrets, seal credentials, commit connection, tags, event and result.
"""

from carrick import wiring
from carrick.domain.form_connections import FormRequest, connect
from carrick.edge.bodies import parse_body
from carrick.edge.caller import SESSION_OF_A_FORM, api_key
from carrick.edge.http import Api, Request, Response, json_response
from carrick.edge.parameters import path_parameter
from carrick.edge.query import group, only
from carrick.errors import ValidationFailedError
from carrick.models import api_credentials
from carrick.models.fields import Body
from carrick.models.patterns import UNIQUE_KEY
from functions.credentials.answers import shown
from functions.credentials.dependencies import dependencies
from functions.credentials.imports import imported

OUTBOUND = "/auth/oauth-outbound"
ROUTES: tuple[tuple[str, type[Body], frozenset[str]], ...] = (
    ("/api-auth/api-key", api_credentials.ApiKey, frozenset({"API_KEY"})),
    ("/api-auth/basic", api_credentials.Basic, frozenset({"BASIC"})),
    ("/auth/unauthenticated", api_credentials.Nothing, frozenset({"NONE"})),
    ("/oauth2/auth", api_credentials.ClientCredentials, frozenset({"OAUTH2_CC"})),
    ("/auth/aws-sigv4", api_credentials.AwsRole, frozenset({"AWS_SIGV4"})),
    ("/auth/bill", api_credentials.Bill, frozenset({"BILL"})),
    ("/auth/jwt", api_credentials.Jwt, frozenset({"JWT"})),
    (OUTBOUND, api_credentials.Nothing, frozenset({"OAUTH2"})),
    ("/auth/signature", api_credentials.Signature, frozenset({"SIGNATURE"})),
    ("/auth/tba", api_credentials.TokenBased, frozenset({"TBA"})),
    ("/auth/two-step", api_credentials.TwoStep, frozenset({"TWO_STEP"})),
)
BODIES = {path: (body, modes) for path, body, modes in ROUTES}
CREATE = api_key("environment:connections:create")
MAY_BE_IGNORED = ("user_scope", "hmac", "public_key")

api = Api(
    authenticator=lambda: dependencies().authenticator,
    base_url=lambda: dependencies().base_url,
)


def submit(request: Request) -> Response:
    query = request.query
    only(query, "connect_session_token", "connection_id", "params", *MAY_BE_IGNORED)
    if "connection_id" in query:
        message = "connection_id is forbidden when using session token"
        error = {"code": "custom", "message": message, "path": ["connection_id"]}
        raise ValidationFailedError("invalid_query_params", [error])
    path = request.route.removeprefix("POST ").removesuffix("/{integration_id}")
    model, auth_modes = BODIES[path]
    body = parse_body(request, model, optional=True)
    settled = connect(
        request.session,
        FormRequest(
            integration_id=path_parameter(request, "integration_id", UNIQUE_KEY),
            auth_modes=auth_modes,
            submitted=api_credentials.submitted(body),
            params=group(query, "params"),
            assertion_option=getattr(body, "assertionOption", {}),
            is_outbound=path == OUTBOUND,
        ),
        dependencies().forms,
    )
    return json_response(200, shown(settled, request.session))


@api.route("POST /connections", CREATE)
def import_(request: Request) -> Response:
    return imported(request, dependencies())


for _path in BODIES:
    api.route(f"POST {_path}/{{integration_id}}", SESSION_OF_A_FORM)(submit)

for _path in ("/api-auth/{form}", "/auth/{form}", "/oauth2/auth"):
    api.preflight(f"{_path}/{{integration_id}}", "POST")

lambda_handler = api
wiring.warm(dependencies)
