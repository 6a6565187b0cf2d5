"""ANY /proxy/{path+}: a request to a provider's API with a connection's credentials (contract §11).

Caller: an API key with its own scope. Use case: ``domain.proxy.exchange``. Permissions: those of a
token read, and no others. The whole function is there only if ``ProxyEnabled`` says so.
"""

from carrick import wiring
from carrick.domain.proxy.exchange import MAX_BYTES, Asked, proxy
from carrick.domain.proxy.instructions import read_instructions
from carrick.edge.caller import Access
from carrick.edge.http import Api, Request, Response
from carrick.edge.query import MAX_QUERY_BYTES
from carrick.errors import PayloadTooLargeError
from functions.proxy.answers import passed_on, refused
from functions.proxy.dependencies import dependencies

PREFIX = "/proxy/"
PROXY = Access(scopes=("environment:proxy",), json_only=False)

api = Api(authenticator=lambda: dependencies().authenticator)


@api.route("ANY /proxy/{path+}", PROXY, on_error=refused)
def pass_on(request: Request) -> Response:
    if len(request.raw_query) > MAX_QUERY_BYTES:
        raise PayloadTooLargeError("The query string is over 16 KiB.")
    body = request.body_up_to(MAX_BYTES)
    asked = Asked(
        method=str(request.event["requestContext"]["http"]["method"]).upper(),
        path=str(request.event.get("rawPath", "")).removeprefix(PREFIX),
        query=request.raw_query,
        body=body,
        instructions=read_instructions(request.headers, has_body=bool(body)),
    )
    answer = proxy(
        request.authorized.environment_id,
        asked,
        dependencies().exchange,
        seconds_left=request.seconds_left,
    )
    return passed_on(answer, as_nango=dependencies().answers_as_nango)


lambda_handler = api
wiring.warm(dependencies)
