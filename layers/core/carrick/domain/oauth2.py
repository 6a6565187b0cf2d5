"""OAuth 2 as one provider entry and one integration ask for it: endpoints, client, rules.

The bridge between ``catalog`` (what the provider wants) and ``oauth`` (the protocol). Both the code
exchange and the refresh go through here, so that no mode can forget what another one checks.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from carrick.catalog.endpoints import endpoint
from carrick.catalog.inputs import checked, connection_config
from carrick.catalog.interpolation import render
from carrick.catalog.quirks import ADMIN_CONSENT
from carrick.catalog.schema import InputField, Provider
from carrick.models.credentials import Credentials
from carrick.models.integration import Integration
from carrick.models.session import ConnectSession
from carrick.oauth.answers import at_path
from carrick.oauth.client_auth import Client, ClientAuthMethod
from carrick.oauth.token import TokenEndpoint, TokenRules, TokenSet

Config = Mapping[str, str]

# Settings of the customer's that share the name space of connection config (contract §5.1), and
# what Carrick says there itself: a browser cannot set them.
RESERVED = frozenset(
    {
        "webhook_url",
        "pending",
        "oauth_client_id_override",
        "oauth_client_secret_override",
        "oauth_refresh_token_override",
        "oauth_scopes_override",
    }
)
# What modes say of a connection beside what its entry lists.
SAID_BY_MODES = frozenset({"app_id", "oauth_client_id", "oauth_resource_url", "pending"})


def rendered(templates: Mapping[str, str], config: Config) -> dict[str, str]:
    """Parameters or headers with connection config put in."""
    values = {"connectionConfig": dict(config)}
    return {name: render(template, values) for name, template in templates.items()}


def token_endpoint(
    provider: Provider, config: Config, *, allowed_hosts: Collection[str]
) -> TokenEndpoint:
    """Where a code is exchanged."""
    return TokenEndpoint(
        url=endpoint(provider, "token", config, allowed_hosts=allowed_hosts),
        body_format=provider.token_body_format,
        method=provider.token_method,
        headers=rendered(provider.token_headers, config),
        params={**rendered(provider.token_params, config), **resource_of(provider, config)},
        param_renames=provider.token_param_renames,
    )


def refresh_endpoint(
    provider: Provider, config: Config, *, allowed_hosts: Collection[str]
) -> TokenEndpoint:
    """Where a token is refreshed: the token endpoint, unless the entry names another."""
    exchange = token_endpoint(provider, config, allowed_hosts=allowed_hosts)
    return replace(
        exchange,
        url=endpoint(provider, "refresh", config, allowed_hosts=allowed_hosts),
        params={**rendered(provider.refresh_params, config), **resource_of(provider, config)},
        headers={**exchange.headers, **rendered(provider.refresh_headers, config)},
    )


def resource_of(provider: Provider, config: Config) -> dict[str, str]:
    """Whom the tokens are for, in each request for them (RFC 8707 §2): a parameter, or none."""
    return rendered({"resource": provider.resource} if provider.resource else {}, config)


def client_of(provider: Provider, client_id: str, client_secret: str) -> Client:
    """The client as it authenticates at this provider."""
    method = ClientAuthMethod(provider.token_endpoint_auth_method)
    return Client(client_id=client_id, client_secret=client_secret, auth_method=method)


def token_rules(provider: Provider) -> TokenRules:
    """Where this provider's token answers hold what."""
    shape = provider.token_response
    return TokenRules(
        access_token_path=shape.access_token_path,
        token_object_path=shape.token_object_path or "",
        refresh_token_path=shape.refresh_token_path,
        expires_in_unit=provider.expires_in_unit,
        fixed_lifetime_seconds=provider.token_lifetime_seconds or None,
        dpop=provider.dpop,
    )


def credentials_of(
    tokens: TokenSet,
    config_override: Mapping[str, str],
    *,
    dpop_key: Mapping[str, str] | None = None,
) -> Credentials:
    """Credentials of type ``OAUTH2`` (contract §6.1) from a good token answer.

    ``dpop_key`` is beside the token: who reads one is to use it, and cannot without the other.
    """
    values: dict[str, Any] = {"access_token": tokens.access_token}
    if tokens.refresh_token:
        values["refresh_token"] = tokens.refresh_token
    if config_override:
        values["config_override"] = dict(config_override)
    if dpop_key:
        values["dpop_key"] = dict(dpop_key)
    return Credentials("OAUTH2", values, tokens.expires_at, tokens.raw)


def granted_scopes(tokens: TokenSet, requested: tuple[str, ...]) -> tuple[str, ...]:
    """What was granted; what was requested if the answer does not say (RFC 6749 §5.1)."""
    if tokens.scope is None:
        return requested
    return tuple(tokens.scope.replace(",", " ").split())


def metadata_of(
    provider: Provider, tokens: TokenSet, callback: Mapping[str, str]
) -> dict[str, str | bool]:
    """What the entry keeps of the token answer and of the callback as connection config."""
    return said_with(provider, tokens.raw, callback)


def said_with(
    provider: Provider, answer: Mapping[str, object], callback: Mapping[str, str]
) -> dict[str, str | bool]:
    """The same, of the members of any answer that gave credentials."""
    kept: dict[str, str | bool] = {}
    for path in provider.token_response_metadata:
        value = at_path(answer, path)
        if isinstance(value, str | bool) and value != "":
            kept[path] = value
    return {**kept, **callback_metadata(provider, callback)}


def callback_metadata(provider: Provider, callback: Mapping[str, str]) -> dict[str, str]:
    """What the entry keeps of the callback as connection config.

    It came through the browser: raises ``InvalidRequestError`` (``invalid_connection_config``) for
    a value that does not fit its field.
    """
    undeclared = InputField()
    return {
        name: checked(name, provider.connection_config.get(name, undeclared), callback[name])
        for name in provider.redirect_uri_metadata
        if callback.get(name)
    }


def given_config(provider: Provider, values: Mapping[str, str]) -> dict[str, str]:
    """What a browser may set, and what a renewed connection brings along.

    Not what the provider is to say: a company that the end user chose at the provider last time, or
    claims to have chosen, must not stand in the place of the answer. Nor what tells accounts apart,
    unless it is asked for.
    """
    taken = {
        *RESERVED,
        *provider.token_response_metadata,
        *provider.redirect_uri_metadata,
        *provider.webhook_metadata,
        *looked_up_names(provider),
        *({*SAID_BY_MODES, *provider.account_id_paths} - provider.connection_config.keys()),
    }
    return {name: value for name, value in values.items() if name not in taken}


def looked_up_names(provider: Provider) -> set[str]:
    """Connection config that calls after authorization find, and nobody else may set."""
    fields = provider.connection_config
    return {
        name
        for lookup in provider.post_connection
        for name in lookup.sets
        if name not in fields or fields[name].automated
    }


def flow_config(
    provider: Provider, session: ConnectSession, integration: Integration, params: Config
) -> dict[str, str]:
    """Connection config of a flow, by redirect or by form.

    The session's presets lie over what the browser sent, that over a renewed connection's. Raises
    as ``catalog.inputs.connection_config`` does.
    """
    renewed = session.reconnect.connection_config if session.reconnect else {}
    presets = session.defaults_for(integration.integration_id).connection_config
    # Where nothing else shows whose the account is, only the application may say.
    by_browser = {} if ADMIN_CONSENT in provider.quirks else given_config(provider, params)
    given = {**given_config(provider, renewed), **by_browser, **presets}
    return connection_config(provider, given)


def account_id_of(
    provider: Provider, raw: Mapping[str, object], config: Mapping[str, object]
) -> str:
    """What tells one account from another at this provider; empty if the entry knows no way.

    Looked for in the token answer (``raw``), then in connection config.
    """
    parts = []
    for path in provider.account_id_paths:
        value = at_path(raw, path)
        value = config.get(path) if value is None else value
        if isinstance(value, str | int) and value != "":
            parts.append(str(value))
    return "|".join(parts) if len(parts) == len(provider.account_id_paths) else ""
