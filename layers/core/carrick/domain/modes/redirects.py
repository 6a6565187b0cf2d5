"""Which auth modes go through the browser."""

from collections.abc import Mapping

from carrick.catalog.auth_modes import AuthMode
from carrick.domain.modes.app import App
from carrick.domain.modes.custom import Custom
from carrick.domain.modes.install_plugin import InstallPlugin
from carrick.domain.modes.mcp import McpOAuth2, McpOAuth2Generic
from carrick.domain.modes.oauth1 import OAuth1
from carrick.domain.modes.oauth2_code import OAuth2Code
from carrick.domain.modes.redirect import RedirectMode
from carrick.errors import FlowError

REDIRECTS: Mapping[AuthMode, RedirectMode] = {
    AuthMode.APP: App(),
    AuthMode.CUSTOM: Custom(),
    AuthMode.INSTALL_PLUGIN: InstallPlugin(),
    AuthMode.MCP_OAUTH2: McpOAuth2(),
    AuthMode.MCP_OAUTH2_GENERIC: McpOAuth2Generic(),
    AuthMode.OAUTH1: OAuth1(),
    AuthMode.OAUTH2: OAuth2Code(),
}


def redirect_of(auth_mode: AuthMode) -> RedirectMode:
    """How the mode is connected by redirect, or ``FlowError`` (``auth_mode_err``)."""
    mode = REDIRECTS.get(auth_mode)
    if mode is None:
        raise FlowError("This integration is not connected by redirect.", code="auth_mode_err")
    return mode
