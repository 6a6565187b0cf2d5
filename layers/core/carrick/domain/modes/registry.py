"""Which auth modes there are."""

from collections.abc import Mapping

from carrick.catalog.auth_modes import AuthMode
from carrick.domain.modes.app import App
from carrick.domain.modes.aws_sigv4 import AwsSigV4
from carrick.domain.modes.bill import Bill
from carrick.domain.modes.client_credentials import ClientCredentialsGrant
from carrick.domain.modes.contract import Mode
from carrick.domain.modes.custom import Custom
from carrick.domain.modes.install_plugin import InstallPlugin
from carrick.domain.modes.mcp import McpOAuth2, McpOAuth2Generic
from carrick.domain.modes.oauth1 import OAuth1
from carrick.domain.modes.oauth2_code import OAuth2Code
from carrick.domain.modes.self_signed import JWT, SIGNATURE
from carrick.domain.modes.static import API_KEY, BASIC, NONE
from carrick.domain.modes.tba import TokenBased
from carrick.domain.modes.two_step import TwoStep
from carrick.errors import InvalidRequestError

MODES: Mapping[AuthMode, Mode] = {
    AuthMode.API_KEY: API_KEY,
    AuthMode.APP: App(),
    AuthMode.AWS_SIGV4: AwsSigV4(),
    AuthMode.BASIC: BASIC,
    AuthMode.BILL: Bill(),
    AuthMode.CUSTOM: Custom(),
    AuthMode.INSTALL_PLUGIN: InstallPlugin(),
    AuthMode.JWT: JWT,
    AuthMode.MCP_OAUTH2: McpOAuth2(),
    AuthMode.MCP_OAUTH2_GENERIC: McpOAuth2Generic(),
    AuthMode.NONE: NONE,
    AuthMode.OAUTH1: OAuth1(),
    AuthMode.OAUTH2: OAuth2Code(),
    AuthMode.OAUTH2_CC: ClientCredentialsGrant(),
    AuthMode.SIGNATURE: SIGNATURE,
    AuthMode.TBA: TokenBased(),
    AuthMode.TWO_STEP: TwoStep(),
}


def mode_of(auth_mode: AuthMode) -> Mode:
    """The mode, or ``InvalidRequestError`` (``invalid_auth_mode``) if Carrick has it not."""
    mode = MODES.get(auth_mode)
    if mode is None:
        raise InvalidRequestError("This auth mode is not known.", code="invalid_auth_mode")
    return mode
