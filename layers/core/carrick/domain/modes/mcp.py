"""MCP_OAUTH2 and MCP_OAUTH2_GENERIC: the code flow with servers of the Model Context Protocol.

The first is OAUTH2 with a client that Carrick may have registered. For the second a person names
the server, and all else is found from there (``domain.mcp_discovery``): what was found takes the
place of the entry's facts, so that from then on both run as OAUTH2 does.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from carrick.catalog import hosts
from carrick.catalog.schema import Provider
from carrick.domain.client_registration import document_url, register
from carrick.domain.mcp_discovery import Discovered, discover
from carrick.domain.modes.contract import Obtained, Setting, Tools
from carrick.domain.modes.oauth2_code import OAuth2Code
from carrick.domain.modes.redirect import Arrival, Away, Departure
from carrick.errors import FlowError, RefreshError
from carrick.models.credentials import Credentials
from carrick.models.flow import Flow
from carrick.models.integration import (
    REGISTERED_AUTH_METHOD,
    REGISTERED_REDIRECT_URI,
    Integration,
)
from carrick.models.mcp import DOCUMENT, DYNAMIC, STATIC, McpServer
from carrick.oauth.discovery import ServerMetadata, refused
from carrick.oauth.registration import RegisteredClient, preferred_method

SERVER, CLIENT = "mcp_server", "client"
"""What is kept with the credentials: members of ``McpServer``, or of ``RegisteredClient``."""


@dataclass(frozen=True, slots=True)
class McpOAuth2(OAuth2Code):
    """The entry knows the endpoints. PKCE is not an entry's choice here."""

    def begin(self, departure: Departure, tools: Tools) -> Away:
        setting, flow = departure.setting, departure.flow
        registered_for = setting.integration.custom.get(REGISTERED_REDIRECT_URI)
        if registered_for and registered_for != flow.redirect_uri:
            raise FlowError(
                "The callback URL has changed. Save the integration to register it anew.",
                code="provider_config_err",
            )
        return OAuth2Code.begin(self, replace(departure, setting=_with_pkce(setting)), tools)

    def finish(self, arrival: Arrival, tools: Tools) -> Obtained:
        setting = arrival.setting
        made = OAuth2Code.finish(self, replace(arrival, setting=_with_pkce(setting)), tools)
        if not setting.integration.custom.get(REGISTERED_REDIRECT_URI):
            return made
        # The tokens are this client's, also when the integration has another one some day.
        client = asdict(_registered(setting))
        return replace(made, credentials=replace(made.credentials, kept={CLIENT: client}))

    def renew(self, credentials: Credentials, setting: Setting, tools: Tools) -> Obtained:
        at_client = _with_pkce(setting)
        if CLIENT in credentials.kept:
            at_client = _as(RegisteredClient(**credentials.kept[CLIENT]), setting)
        made = OAuth2Code.renew(self, credentials, at_client, tools)
        return replace(made, credentials=replace(made.credentials, kept=credentials.kept))


@dataclass(frozen=True, slots=True)
class McpOAuth2Generic(OAuth2Code):
    """The person names the server; its words about itself are what the entry's are elsewhere."""

    needs_client_id: bool = False

    def begins_with_secret(self, provider: Provider) -> bool:
        return True  # for a server that wants the request pushed, with a client of the customer's

    def begin(self, departure: Departure, tools: Tools) -> Away:
        flow = departure.flow
        found = discover(flow.connection_config.get("mcp_server_url", ""), tools)
        client, registration = _client(found, departure, tools)
        server = _server(found, client, registration)
        scopes = flow.requested_scopes or found.scopes
        away = OAuth2Code.begin(
            self,
            replace(
                departure,
                flow=replace(_flow_at(server, flow), requested_scopes=scopes),
                setting=_setting_at(server, departure.setting),
            ),
            tools,
        )
        return replace(
            away,
            secrets=replace(away.secrets, mcp_server=asdict(server)),
            config={"oauth_resource_url": server.resource},
            scopes=scopes,
        )

    def finish(self, arrival: Arrival, tools: Tools) -> Obtained:
        server = _kept(arrival.secrets.mcp_server)
        if server is None:
            raise FlowError("The provider changed in the meantime.", code="provider_config_err")
        made = OAuth2Code.finish(
            self,
            replace(
                arrival,
                flow=_flow_at(server, arrival.flow),
                setting=_setting_at(server, arrival.setting),
            ),
            tools,
        )
        kept = {SERVER: asdict(server)}
        return replace(made, credentials=replace(made.credentials, kept=kept))

    def renew(self, credentials: Credentials, setting: Setting, tools: Tools) -> Obtained:
        server = _kept(credentials.kept.get(SERVER))
        if server is None:
            raise RefreshError("The server is not known.", code="missing_refresh_token")
        made = OAuth2Code.renew(self, credentials, _setting_at(server, setting), tools)
        return replace(made, credentials=replace(made.credentials, kept=credentials.kept))


def _with_pkce(setting: Setting) -> Setting:
    """The entry, but for what it has no say in, and for the client as it was registered."""
    return _as(_registered(setting), setting)


def _registered(setting: Setting) -> RegisteredClient:
    """The integration's client: the customer's, or the one that Carrick had registered."""
    method = setting.integration.custom.get(REGISTERED_AUTH_METHOD)
    return RegisteredClient(
        setting.integration.client_id,
        setting.client_secret,
        method or setting.provider.token_endpoint_auth_method,
    )


def _as(client: RegisteredClient, setting: Setting) -> Setting:
    facts = {"pkce": True, "token_endpoint_auth_method": client.token_endpoint_auth_method}
    return replace(
        setting,
        provider=setting.provider.model_copy(update=facts),
        integration=replace(setting.integration, client_id=client.client_id),
        client_secret=client.client_secret,
    )


def _client(found: Discovered, departure: Departure, tools: Tools) -> tuple[RegisteredClient, str]:
    """As which client, in the order of MCP: registered beforehand, by document, by request."""
    server, flow = found.server, departure.flow
    method = preferred_method(server.auth_methods)
    if _may_have_own_client(server, departure.setting.integration):
        own = method if departure.setting.client_secret and method else "none"
        return RegisteredClient(flow.client_id, "", own), STATIC
    document = _document(flow)
    if server.takes_metadata_documents and document and "none" in server.auth_methods:
        return RegisteredClient(document, "", "none"), DOCUMENT
    if server.registration_endpoint and method:
        url = server.registration_endpoint
        return register(url, flow.redirect_uri, method, {}, tools), DYNAMIC
    raise refused("it registers no clients, and none was registered beforehand")


def _may_have_own_client(server: ServerMetadata | McpServer, integration: Integration) -> bool:
    """The customer's client goes only where the customer said: a person chose the server.

    Each endpoint that a client authenticates at must be allowed. A stranger's server could name the
    token endpoint of an allowed host, and have the secret pushed to its own.
    """
    authenticated = (
        server.token_endpoint,
        server.pushed_authorization_request_endpoint,
        server.revocation_endpoint,
    )
    named = {urlsplit(url).hostname or "" for url in authenticated if url}
    return bool(integration.client_id) and all(
        hosts.is_allowed(host, integration.allowed_hosts) for host in named
    )


def _document(flow: Flow) -> str:
    """The client id that is a URL; empty where the callback is not Carrick's own, in public."""
    base, _, _ = flow.redirect_uri.partition("/oauth/callback/")
    if not flow.callback_integration:
        return ""
    return document_url(base, flow.environment_id, flow.integration_id)


def _server(found: Discovered, client: RegisteredClient, registration: str) -> McpServer:
    server = found.server
    return McpServer(
        resource=found.resource,
        issuer=server.issuer,
        authorization_endpoint=server.authorization_endpoint,
        token_endpoint=server.token_endpoint,
        revocation_endpoint=server.revocation_endpoint,
        pushed_authorization_request_endpoint=server.pushed_authorization_request_endpoint,
        iss_parameter=server.iss_parameter,
        registration=registration,
        client_id=client.client_id,
        client_secret=client.client_secret,
        token_endpoint_auth_method=client.token_endpoint_auth_method,
    )


def _kept(members: Mapping[str, Any] | None) -> McpServer | None:
    return McpServer(**members) if members else None


def _flow_at(server: McpServer, flow: Flow) -> Flow:
    return replace(
        flow,
        client_id=server.client_id,
        expected_issuer=server.issuer,
        issuer_required=server.iss_parameter,
    )


def _setting_at(server: McpServer, setting: Setting) -> Setting:
    """The setting with what was found in place of what an entry would say.

    Raises ``FlowError`` when the customer's client may no longer go there.
    """
    is_own = server.registration == STATIC
    if is_own and not _may_have_own_client(server, setting.integration):
        raise FlowError("The host is not allowed.", code="provider_config_err")
    facts = {
        "authorization_url": server.authorization_endpoint,
        "token_url": server.token_endpoint,
        "revocation_url": server.revocation_endpoint or None,
        "pushed_authorization_request_url": server.pushed_authorization_request_endpoint or None,
        "issuer": server.issuer,
        "iss_parameter": server.iss_parameter,
        "resource": server.resource,
        "token_endpoint_auth_method": server.token_endpoint_auth_method,
        "pkce": True,
    }
    return replace(
        setting,
        provider=setting.provider.model_copy(update=facts),
        integration=replace(setting.integration, client_id=server.client_id),
        client_secret=setting.client_secret if is_own else server.client_secret,
    )
