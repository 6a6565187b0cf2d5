"""Which auth modes there are."""

from carrick.catalog.auth_modes import AuthMode
from carrick.domain.modes.contract import Mode
from carrick.domain.modes.on_demand import OnDemand
from carrick.errors import InvalidRequestError

MODES = OnDemand[Mode](
    {
        AuthMode.API_KEY: "static:API_KEY",
        AuthMode.APP: "app:App",
        AuthMode.AWS_SIGV4: "aws_sigv4:AwsSigV4",
        AuthMode.BASIC: "static:BASIC",
        AuthMode.BILL: "bill:Bill",
        AuthMode.CUSTOM: "custom:Custom",
        AuthMode.INSTALL_PLUGIN: "install_plugin:InstallPlugin",
        AuthMode.JWT: "self_signed:JWT",
        AuthMode.MCP_OAUTH2: "mcp:McpOAuth2",
        AuthMode.MCP_OAUTH2_GENERIC: "mcp:McpOAuth2Generic",
        AuthMode.NONE: "static:NONE",
        AuthMode.OAUTH1: "oauth1:OAuth1",
        AuthMode.OAUTH2: "oauth2_code:OAuth2Code",
        AuthMode.OAUTH2_CC: "client_credentials:ClientCredentialsGrant",
        AuthMode.SIGNATURE: "self_signed:SIGNATURE",
        AuthMode.TBA: "tba:TokenBased",
        AuthMode.TWO_STEP: "two_step:TwoStep",
    }
)


def mode_of(auth_mode: AuthMode) -> Mode:
    """The mode, or ``InvalidRequestError`` (``invalid_auth_mode``) if Carrick has it not."""
    mode = MODES.get(auth_mode)
    if mode is None:
        raise InvalidRequestError("This auth mode is not known.", code="invalid_auth_mode")
    return mode
