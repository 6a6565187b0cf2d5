"""The ways to authorize, in Nango's public words (upper case, as on the wire)."""

from enum import StrEnum


class AuthMode(StrEnum):
    """What a connection of a provider is made of, and how it is obtained and renewed."""

    OAUTH1 = "OAUTH1"
    OAUTH2 = "OAUTH2"
    OAUTH2_CC = "OAUTH2_CC"
    API_KEY = "API_KEY"
    BASIC = "BASIC"
    TWO_STEP = "TWO_STEP"
    JWT = "JWT"
    TBA = "TBA"
    BILL = "BILL"
    SIGNATURE = "SIGNATURE"
    APP = "APP"
    CUSTOM = "CUSTOM"
    AWS_SIGV4 = "AWS_SIGV4"
    INSTALL_PLUGIN = "INSTALL_PLUGIN"
    MCP_OAUTH2 = "MCP_OAUTH2"
    MCP_OAUTH2_GENERIC = "MCP_OAUTH2_GENERIC"
    NONE = "NONE"


OPERATOR_SECRET_MODES = frozenset(
    {
        AuthMode.OAUTH1,
        AuthMode.OAUTH2,
        AuthMode.APP,
        AuthMode.CUSTOM,
        AuthMode.INSTALL_PLUGIN,
        AuthMode.MCP_OAUTH2,
    }
)
"""Modes whose token calls carry a secret of the operator, not of the person who connects.

A person must never choose the host which such a secret is sent to.
"""
