"""Connections without a redirect: a person's form, or nothing at all, becomes a connection.

The same path as a redirect flow: the session decides what may be connected, the entry checks what
was filled in, the mode obtains credentials, and ``domain.settlement`` keeps them at once. What
binds it to a browser is the session token, which only that browser holds.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from carrick import identifiers
from carrick.catalog import Catalog
from carrick.catalog.auth_modes import AuthMode
from carrick.catalog.inputs import checked
from carrick.catalog.schema import InputField, Provider
from carrick.clock import Clock
from carrick.domain import oauth2
from carrick.domain.authorized import Authorized, check_unchanged
from carrick.domain.installations import OUTBOUND, begun
from carrick.domain.lookups import looked_up
from carrick.domain.modes.contract import Obtained, Setting, Tools
from carrick.domain.modes.placeholders import preset_of
from carrick.domain.modes.registry import mode_of
from carrick.domain.settlement import Dependencies as SettlementDependencies
from carrick.domain.settlement import Settled, settle
from carrick.domain.vault import Vault
from carrick.errors import (
    EgressError,
    InvalidRequestError,
    NotFoundError,
    ProviderError,
    ProviderUnavailableError,
    ValidationFailedError,
)
from carrick.models.flow import Flow
from carrick.models.integration import Integration
from carrick.models.session import ConnectSession
from carrick.store.flow_reads import FlowReads
from carrick.store.integrations import IntegrationStore
from carrick.transport.client import Transport

FREE_FORMS = frozenset({AuthMode.TWO_STEP, AuthMode.JWT})
"""Modes whose fields the entry alone knows."""


@dataclass(frozen=True, slots=True)
class FormRequest:
    """What the browser sent. ``auth_modes``: the modes that the route it used is for.

    ``assertion_option`` is used once and not stored. ``is_outbound``: nothing was filled in, the
    person installs at the provider now.
    """

    integration_id: str
    auth_modes: frozenset[str]
    submitted: Mapping[str, str] = field(repr=False)
    params: Mapping[str, str]
    assertion_option: Mapping[str, str] = field(default_factory=dict, repr=False)
    is_outbound: bool = False


@dataclass(frozen=True, slots=True)
class Dependencies:
    integrations: IntegrationStore
    reads: FlowReads
    settlement: SettlementDependencies
    vault: Vault
    catalog: Catalog
    transport: Transport
    now: Clock


def connect(session: ConnectSession, request: FormRequest, deps: Dependencies) -> Settled:
    """Make the connection, or what waits to be confirmed; returns what names it.

    Raises ``NotFoundError`` (``unknown_provider_config``, ``unknown_provider_template``),
    ``InvalidRequestError`` (``invalid_auth_mode``, ``integration_not_allowed``, a value that does
    not fit), ``ProviderError`` or ``EgressError`` when the provider cannot be asked.
    """
    integration, provider = _wanted(session, request, deps)
    flow = _flow(session, integration, provider, request, deps)
    authorized = _read(flow, deps)
    if request.is_outbound:
        waiting = begun(provider, session, flow)
        return settle(authorized, waiting, deps.settlement, read_again=lambda: _read(flow, deps))
    setting = Setting(
        provider=provider,
        integration=integration,
        client_secret=deps.vault.client_secret(integration),
        secrets=deps.vault.custom_secrets(integration),
        config=flow.connection_config,
        scopes=flow.requested_scopes,
        assertion_option=assertion_option(provider, request.assertion_option),
    )
    submitted = supplied(provider, request.submitted, setting)
    obtained = obtain(submitted, setting, Tools.of(setting, deps.transport, deps.now))
    return settle(authorized, obtained, deps.settlement, read_again=lambda: _read(flow, deps))


def _wanted(
    session: ConnectSession, request: FormRequest, deps: Dependencies
) -> tuple[Integration, Provider]:
    integration = deps.integrations.get(session.environment_id, request.integration_id)
    if integration is None:
        raise NotFoundError("No such integration.", code="unknown_provider_config")
    provider = deps.catalog.get(integration.provider)
    is_for_others = request.is_outbound and provider.installation != OUTBOUND
    if provider.auth_mode not in request.auth_modes or is_for_others:
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


def obtain(submitted: Mapping[str, str], setting: Setting, tools: Tools) -> Obtained:
    """Credentials of the mode. Raises ``InvalidRequestError`` that repeats nothing of a secret."""
    mode = mode_of(setting.provider.auth_mode)
    try:
        return looked_up(mode.obtain(submitted, setting, tools), setting, tools)
    except ProviderError as error:
        # Not in the provider's words: an answer to a secret may repeat the secret.
        raise InvalidRequestError(_words_of(error), code=mode.failure_code) from error
    except EgressError as error:
        raise InvalidRequestError(error.message, code=mode.failure_code) from error


def _words_of(error: ProviderError) -> str:
    if isinstance(error, ProviderUnavailableError):
        return "The provider could not answer now."
    return "The provider does not accept these credentials."


def supplied(provider: Provider, submitted: Mapping[str, str], setting: Setting) -> dict[str, str]:
    """What was filled in, checked as the entry declares.

    What the customer set for the integration is not asked for, and not stored with the connection.
    """
    if provider.auth_mode in FREE_FORMS:
        _check_known(submitted, provider.credentials)
    preset = preset_of(setting)
    asked = {
        name: declared for name, declared in provider.credentials.items() if name not in preset
    }
    others = {k: v for k, v in submitted.items() if k not in provider.credentials}
    return {**others, **_checked(asked, submitted, _may_be_empty(provider, submitted))}


def assertion_option(provider: Provider, given: Mapping[str, str]) -> dict[str, str]:
    """What is used once for an assertion, checked as the entry declares."""
    _check_known(given, provider.assertion_option)
    return _checked(provider.assertion_option, given)


def _checked(
    fields: Mapping[str, InputField],
    given: Mapping[str, str],
    may_be_empty: Collection[str] = (),
) -> dict[str, str]:
    """What was filled in of these fields, in its normal form, defaults filled in."""
    values = {}
    for name, declared in fields.items():
        value = given.get(name) or declared.default
        if value:
            values[name] = checked(name, declared, value)
        elif not (declared.optional or declared.automated or name in may_be_empty):
            raise InvalidRequestError(f"{name} is missing.", code="invalid_body")
    return values


def _check_known(given: Mapping[str, str], fields: Mapping[str, InputField]) -> None:
    """Raise ``ValidationFailedError`` for fields that the entry does not declare."""
    errors = [
        {"code": "unrecognized_keys", "message": "Unrecognized key", "path": [name[:64]]}
        for name in given
        if name not in fields
    ]
    if errors:
        raise ValidationFailedError("invalid_body", errors[:20])


def _may_be_empty(provider: Provider, given: Mapping[str, str]) -> Collection[str]:
    """Many APIs take their key as the user name of BASIC, with no password (contract §4.6).

    What a client of OAUTH2_CC needs depends on how it authenticates: that mode says so itself.
    """
    if provider.auth_mode == AuthMode.OAUTH2_CC:
        return {"client_id", "client_secret"}
    return given.keys() if provider.auth_mode == AuthMode.BASIC else ()
