"""OAUTH1: token credentials of OAuth 1.0a (RFC 5849 §2). They never change."""

from dataclasses import dataclass

from carrick import identifiers
from carrick.catalog.endpoints import EndpointName, endpoint
from carrick.catalog.schema import Provider
from carrick.catalog.schema.modes import OAuth1 as Declared
from carrick.domain import oauth2
from carrick.domain.modes.contract import Obtained, Setting, Submitted, Tools
from carrick.domain.modes.redirect import Arrival, Away, Departure
from carrick.errors import FlowError, InvalidRequestError, ProviderError
from carrick.models.credentials import Credentials
from carrick.models.flow import FlowSecrets
from carrick.models.http import OutboundRequest
from carrick.oauth import oauth1_flow
from carrick.oauth.oauth1 import Consumer, Stamp, Token
from carrick.oauth.oauth1_flow import Issued, SignedEndpoint


@dataclass(frozen=True, slots=True)
class OAuth1:
    """Asks the provider before the browser leaves: the temporary token is part of the URL."""

    failure_code: str = ProviderError.code
    needs_client_id: bool = True
    sends_redirect_uri: bool = True

    def begins_with_secret(self, provider: Provider) -> bool:
        return True

    def begin(self, departure: Departure, tools: Tools) -> Away:
        """Temporary credentials for a callback that carries the state (§2.1, §2.2).

        Raises ``FlowError`` (``token_err``) when the provider gives none.
        """
        setting, flow = departure.setting, departure.flow
        if not setting.client_secret:
            raise FlowError("The integration has no client secret.", code="provider_config_err")
        separator = "&" if "?" in flow.redirect_uri else "?"
        request = oauth1_flow.build_temporary_request(
            _endpoint(setting, "request"),
            _consumer(setting),
            _stamp(tools),
            callback=f"{flow.redirect_uri}{separator}state={departure.state}",
        )
        try:
            temporary = _sent(request, tools).token
        except ProviderError as error:
            raise FlowError(error.message, code="token_err") from error
        url = oauth1_flow.build_authorization_url(
            _url(setting, "authorization"), temporary.token, _params(departure)
        )
        return Away(url, FlowSecrets(token=temporary.token, token_secret=temporary.secret))

    def finish(self, arrival: Arrival, tools: Tools) -> Obtained:
        """The token for the verifier (§2.3), if it came with the token that was issued."""
        setting, secrets = arrival.setting, arrival.secrets
        verifier = oauth1_flow.process_callback(arrival.callback, temporary=secrets.token)
        request = oauth1_flow.build_token_request(
            _endpoint(setting, "token"),
            _consumer(setting),
            Token(secrets.token, secrets.token_secret),
            _stamp(tools),
            verifier=verifier,
        )
        issued = _sent(request, tools)
        values = {"oauth_token": issued.token.token, "oauth_token_secret": issued.token.secret}
        credentials = Credentials("OAUTH1", values, raw=issued.members).within_bounds()
        said = oauth2.said_with(setting.provider, issued.members, arrival.callback)
        known_by = {**said, **setting.config}
        account_id = oauth2.account_id_of(setting.provider, issued.members, known_by)
        return Obtained(credentials, said, account_id=account_id)

    def obtain(self, submitted: Submitted, setting: Setting, tools: Tools) -> Obtained:
        raise InvalidRequestError(
            "This integration is connected by redirect.", code="invalid_auth_mode"
        )

    def is_renewable(self, credentials: Credentials, provider: Provider) -> bool:
        return False

    def renew(self, credentials: Credentials, setting: Setting, tools: Tools) -> Obtained:
        return Obtained(credentials)


def _declared(setting: Setting) -> Declared:
    return setting.provider.oauth1 or Declared()


def _consumer(setting: Setting) -> Consumer:
    integration, method = setting.integration, _declared(setting).signature_method
    return Consumer(integration.client_id, setting.client_secret, method)


def _stamp(tools: Tools) -> Stamp:
    return Stamp(int(tools.now()), identifiers.new_nonce())


def _url(setting: Setting, name: EndpointName) -> str:
    allowed_hosts = setting.integration.allowed_hosts
    return endpoint(setting.provider, name, setting.config, allowed_hosts=allowed_hosts)


def _endpoint(setting: Setting, name: EndpointName) -> SignedEndpoint:
    declared, url = _declared(setting), _url(setting, name)
    if name == "request":
        params = oauth2.rendered(declared.request_params, setting.config)
        return SignedEndpoint(url, declared.request_method, params)
    params = oauth2.rendered(setting.provider.token_params, setting.config)
    return SignedEndpoint(url, declared.token_method, params)


def _params(departure: Departure) -> dict[str, str | None]:
    """What goes along in the URL: scopes, then the entry's, then what the session asked for."""
    provider, flow = departure.setting.provider, departure.flow
    wanted = {
        name: value
        for name, value in departure.authorization_params.items()
        if name.strip().casefold() != "scope"  # scopes have one way in
    }
    scope = provider.scope_separator.join(flow.requested_scopes) or None
    declared = oauth2.rendered(provider.authorization_params, flow.connection_config)
    return {"scope": scope, **declared, **wanted}


def _sent(request: OutboundRequest, tools: Tools) -> Issued:
    return oauth1_flow.process_token_response(tools.ask(request), now=tools.now())
