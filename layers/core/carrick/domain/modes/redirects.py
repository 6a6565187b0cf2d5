"""Which auth modes go through the browser."""

from carrick.catalog.auth_modes import AuthMode
from carrick.domain.modes.on_demand import OnDemand
from carrick.domain.modes.redirect import RedirectMode
from carrick.errors import FlowError

REDIRECTS = OnDemand[RedirectMode](
    {
        AuthMode.APP: "app:App",
        AuthMode.CUSTOM: "custom:Custom",
        AuthMode.INSTALL_PLUGIN: "install_plugin:InstallPlugin",
        AuthMode.MCP_OAUTH2: "mcp:McpOAuth2",
        AuthMode.MCP_OAUTH2_GENERIC: "mcp:McpOAuth2Generic",
        AuthMode.OAUTH1: "oauth1:OAuth1",
        AuthMode.OAUTH2: "oauth2_code:OAuth2Code",
    }
)


def redirect_of(auth_mode: AuthMode) -> RedirectMode:
    """How the mode is connected by redirect, or ``FlowError`` (``auth_mode_err``)."""
    mode = REDIRECTS.get(auth_mode)
    if mode is None:
        raise FlowError("This integration is not connected by redirect.", code="auth_mode_err")
    return mode
