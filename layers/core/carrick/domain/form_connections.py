"""Connections without a redirect: a person's form, or nothing at all, becomes a connection.

The same path as a redirect flow: the session decides what may be connected, the entry checks what
was filled in, the mode obtains credentials, and ``domain.commit`` stores all of it at once. What
binds it to a browser is the session token, which only that browser holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from carrick import identifiers
from carrick.catalog import Catalog
from carrick.catalog.auth_modes import AuthMode
from carrick.catalog.inputs import checked
from carrick.catalog.schema import Provider
from carrick.clock import Clock
from carrick.domain import oauth2
from carrick.domain.authorized import Authorized, check_unchanged
from carrick.domain.commit import CommitDependencies, commit
from carrick.domain.modes.contract import Obtained, Setting, Tools
from carrick.domain.modes.registry import mode_of
from carrick.domain.vault import Vault
from carrick.errors import (
    EgressError,
    InvalidRequestError,
    NotFoundError,
    ProviderError,
    ProviderUnavailableError,
    ValidationFailedError,
)
from carrick.models.connection import ConnectionKey
from carrick.models.flow import Flow
from carrick.models.integration import Integration
from carrick.models.session import ConnectSession
from carrick.store.flow_reads import FlowReads
from carrick.store.integrations import IntegrationStore
from carrick.transport.client import Transport


@dataclass(frozen=True, slots=True)
class FormRequest:
    """What the browser sent. ``auth_modes``: the modes that the route it used is for."""

    integration_id: str
    auth_modes: frozenset[str]
    submitted: Mapping[str, str]
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Dependencies:
    integrations: IntegrationStore
    reads: FlowReads
    commit: CommitDependencies
    vault: Vault
    catalog: Catalog
    transport: Transport
    now: Clock


def connect(session: ConnectSession, request: FormRequest, deps: Dependencies) -> ConnectionKey:
    """Make the connection; returns what names it.

    Raises ``NotFoundError`` (``unknown_provider_config``, ``unknown_provider_template``),
    ``InvalidRequestError`` (``invalid_auth_mode``, ``integration_not_allowed``, a value that does
    not fit), ``ProviderError`` or ``EgressError`` when the provider cannot be asked.
    """
    integration, provider = _wanted(session, request, deps)
    flow = _flow(session, integration, provider, request, deps)
    authorized = _read(flow, deps)
    setting = Setting(
        provider=provider,
        integration=integration,
        client_secret=deps.vault.client_secret(integration),
        secrets=deps.vault.custom_secrets(integration),
        config=flow.connection_config,
        scopes=flow.requested_scopes,
    )
    submitted = _submitted(provider, request.submitted, setting)
    obtained = _obtain(submitted, setting, Tools(deps.transport, deps.now))
    return commit(authorized, obtained, deps.commit, read_again=lambda: _read(flow, deps)).key


def _wanted(
    session: ConnectSession, request: FormRequest, deps: Dependencies
) -> tuple[Integration, Provider]:
    integration = deps.integrations.get(session.environment_id, request.integration_id)
    if integration is None:
        raise NotFoundError("No such integration.", code="unknown_provider_config")
    provider = deps.catalog.get(integration.provider)
    if provider.auth_mode not in request.auth_modes:
        raise InvalidRequestError(
            "This integration is not connected in this way.", code="invalid_auth_mode"
        )
    if not session.allows(request.integration_id):
        raise InvalidRequestError(
            "This session may not connect that integration.", code="integration_not_allowed"
        )
    return integration, provider


def _flow(
    session: ConnectSession,
    integration: Integration,
    provider: Provider,
    request: FormRequest,
    deps: Dependencies,
) -> Flow:
    """What was asked, as for a redirect; it is used at once and never stored."""
    defaults, reconnect = session.defaults_for(integration.integration_id), session.reconnect
    config = oauth2.flow_config(provider, session, integration, request.params)
    now = deps.now()
    return Flow(
        state_hash="",
        environment_id=session.environment_id,
        integration_id=integration.integration_id,
        connection_id=reconnect.connection_id if reconnect else identifiers.new_connection_id(),
        session_hash=session.token_hash,
        operation_id=session.operation_id,
        provider=provider.name,
        client_id=integration.registered_id,
        redirect_uri="",
        callback_integration="",
        binding_hash="",
        expected_issuer="",
        issuer_required=False,
        created_at=now,
        expires_at=session.expires_at,
        is_reconnect=reconnect is not None,
        connection_config=config,
        requested_scopes=defaults.scopes_override or integration.scopes or provider.default_scopes,
    )


def _read(flow: Flow, deps: Dependencies) -> Authorized:
    session, integration, existing = deps.reads.read(flow)
    if session is None:
        raise InvalidRequestError("The connect session has ended.", code="session_ended")
    if integration is None:
        raise NotFoundError("No such integration.", code="unknown_provider_config")
    provider = deps.catalog.get(flow.provider)
    authorized = Authorized(flow, session, integration, provider, existing, {})
    if session.reconnect is not None and existing is None:
        raise InvalidRequestError("The connection to renew was deleted.", code="invalid_connection")
    check_unchanged(authorized)
    return authorized


def _obtain(submitted: Mapping[str, str], setting: Setting, tools: Tools) -> Obtained:
    mode = mode_of(setting.provider.auth_mode)
    try:
        return mode.obtain(submitted, setting, tools)
    except ProviderError as error:
        # Not in the provider's words: an answer to a secret may repeat the secret.
        raise InvalidRequestError(_words_of(error), code=mode.failure_code) from error
    except EgressError as error:
        raise InvalidRequestError(error.message, code=mode.failure_code) from error


def _words_of(error: ProviderError) -> str:
    if isinstance(error, ProviderUnavailableError):
        return "The provider could not answer now."
    return "The provider does not accept these credentials."


def _submitted(
    provider: Provider, submitted: Mapping[str, str], setting: Setting
) -> dict[str, str]:
    """What was filled in, checked as the entry declares; the customer's own inputs win."""
    preset = {**setting.integration.integration_config, **setting.secrets.integration_config}
    given = {**submitted, **preset}
    if provider.auth_mode == AuthMode.TWO_STEP:
        _check_known(submitted, provider)
    for name, field in provider.credentials.items():
        value = given.get(name) or field.default
        if value:
            given[name] = checked(name, field, value)
        elif not (field.optional or field.automated or _may_be_empty(provider, name, given)):
            raise InvalidRequestError(f"{name} is missing.", code="invalid_body")
    return given


def _check_known(submitted: Mapping[str, str], provider: Provider) -> None:
    """Raise ``ValidationFailedError`` for fields that the entry does not declare."""
    known = {*provider.credentials, *provider.integration_config}
    errors = [
        {"code": "unrecognized_keys", "message": "Unrecognized key", "path": [name[:64]]}
        for name in submitted
        if name not in known
    ]
    if errors:
        raise ValidationFailedError("invalid_body", errors[:20])


def _may_be_empty(provider: Provider, name: str, given: Mapping[str, str]) -> bool:
    """Many APIs take their key as the user name of BASIC, with no password (contract §4.6).

    What a client of OAUTH2_CC needs depends on how it authenticates: that mode says so itself.
    """
    if provider.auth_mode == AuthMode.OAUTH2_CC:
        return name in {"client_id", "client_secret"}
    return provider.auth_mode == AuthMode.BASIC and name in given
