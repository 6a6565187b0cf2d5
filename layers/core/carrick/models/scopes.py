"""What an API key may be granted: the closed list of scopes (contract §1.3)."""

SCOPES = (
    "environment:connect_sessions:write",
    "environment:connections:create",
    "environment:connections:delete",
    "environment:connections:list",
    "environment:connections:list_credentials",
    "environment:connections:read",
    "environment:connections:read_credentials",
    "environment:connections:update",
    "environment:integrations:create",
    "environment:integrations:delete",
    "environment:integrations:list",
    "environment:integrations:list_credentials",
    "environment:integrations:read",
    "environment:integrations:read_credentials",
    "environment:integrations:update",
    "environment:proxy",
    "environment:variables:read",
    "environment:webhook_signing_key:rotate",
)

FULL_ACCESS = "environment:*"


def is_grantable(scope: str) -> bool:
    """Whether a key may hold this: a scope, or ``prefix:*`` over at least one of them."""
    if scope.endswith(":*"):
        return any(known.startswith(scope[:-1]) for known in SCOPES)
    return scope in SCOPES
