"""The quirk ``admin_consent``: an administrator consents, and the client then asks for itself.

The redirect brings the tenant in place of a code, and nothing that shows who is sitting there. So
the tenant is the application's to name, in the session (``oauth2.flow_config``): whoever could name
it would get at any tenant whose administrator consented once.
"""

from collections.abc import Mapping

from carrick.catalog.quirks import ADMIN_CONSENT
from carrick.catalog.schema import Provider
from carrick.errors import FlowError
from carrick.models.http import OutboundRequest
from carrick.oauth.client_auth import Client
from carrick.oauth.token import TokenEndpoint, build_endpoint_request

TENANT = "tenantId"


def is_consented_by_admin(provider: Provider) -> bool:
    """Whether tokens are the client's own, for a tenant that consented."""
    return ADMIN_CONSENT in provider.quirks


def check_tenant(came_back: str, config: Mapping[str, str]) -> None:
    """Raise ``FlowError`` unless the tenant is the one that the browser was sent to."""
    if came_back.casefold() != config.get(TENANT, "").casefold():
        raise FlowError("Another tenant consented than the one that was asked.")


def build_client_request(endpoint: TokenEndpoint, client: Client) -> OutboundRequest:
    """The request for a token of the client's own (RFC 6749 §4.4.2)."""
    return build_endpoint_request(endpoint, client, {"grant_type": "client_credentials"})
