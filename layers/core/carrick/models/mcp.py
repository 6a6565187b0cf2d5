"""An MCP server's authorization, as it was found when a connection began."""

from dataclasses import dataclass, field

STATIC = "static"
DOCUMENT = "metadata_document"
DYNAMIC = "dynamic"


@dataclass(frozen=True, slots=True)
class McpServer:
    """Where to authorize, as which client, and for what. Sealed with the flow, then kept with the
    credentials: a refresh asks where the code was exchanged.

    ``registration`` is how the client came to be: ``static`` is the integration's own, whose secret
    is not copied here.
    """

    resource: str
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    revocation_endpoint: str
    pushed_authorization_request_endpoint: str
    iss_parameter: bool
    registration: str
    client_id: str
    client_secret: str = field(repr=False)
    token_endpoint_auth_method: str
