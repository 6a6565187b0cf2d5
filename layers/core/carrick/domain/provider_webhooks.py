"""Takes providers' webhooks: verified first, then an installation completes what waits for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from carrick import identifiers, observability
from carrick.catalog import Catalog
from carrick.catalog.schema import Provider
from carrick.clock import Clock
from carrick.domain import auth_events
from carrick.domain.authorized import holding
from carrick.domain.installations import Installation, config_of, installation_of
from carrick.domain.lookups import looked_up
from carrick.domain.modes.contract import Obtained, Setting, Tools
from carrick.domain.modes.redirect import Arrival
from carrick.domain.modes.redirects import redirect_of
from carrick.domain.provider_signatures import is_signed
from carrick.domain.sealing import sealed
from carrick.domain.vault import Vault
from carrick.errors import (
    CarrickError,
    ConflictError,
    FlowError,
    NotFoundError,
    ProviderError,
    UnauthenticatedError,
)
from carrick.models.connection import Connection
from carrick.models.flow import Flow, FlowSecrets
from carrick.models.integration import Integration
from carrick.store.connection_tags import ConnectionTagStore, installation
from carrick.store.connections import ConnectionStore, Fence
from carrick.store.integrations import IntegrationStore
from carrick.store.outbox import Outbox
from carrick.transport.client import Transport

AWAITED_SECONDS = 86_400.0
# An invocation has 29 seconds.
LEASE_SECONDS = 30.0
TRIES = 3


@dataclass(frozen=True, slots=True)
class Delivery:
    """A request as it came. ``headers`` by their names in lower case; nothing is believed yet."""

    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Dependencies:
    integrations: IntegrationStore
    connections: ConnectionStore
    tags: ConnectionTagStore
    outbox: Outbox
    vault: Vault
    catalog: Catalog
    transport: Transport
    now: Clock


def receive(
    environment_id: str, integration_id: str, delivery: Delivery, deps: Dependencies
) -> None:
    """Take one webhook. What else it tells of than an installation is dropped.

    Raises ``NotFoundError`` (``unknown_provider_config``) and ``UnauthenticatedError``
    (``invalid_signature``), one and the same for a wrong signature, none, and one that cannot be
    checked. Nothing has been done then.
    """
    integration = deps.integrations.get(environment_id, integration_id)
    if integration is None:
        raise NotFoundError("No such integration.", code="unknown_provider_config")
    provider = deps.catalog.get(integration.provider)
    secret = deps.vault.webhook_secret(integration)
    if not is_signed(provider.webhooks, secret, headers=delivery.headers, body=delivery.body):
        observability.count("ProviderWebhookRefused")
        raise UnauthenticatedError("The signature is not the provider's.", code="invalid_signature")
    observability.count("ProviderWebhookReceived")
    installed = installation_of(provider, delivery.body)
    waiting = _waiting(integration, installed, deps) if installed is not None else None
    if installed is not None and waiting is not None:
        _complete(waiting, installed, integration, provider, deps)


def _waiting(
    integration: Integration, installed: Installation, deps: Dependencies
) -> Connection | None:
    """The newest connection that waits for this installation; nobody waits longer than a day."""
    entry = installation(integration.integration_id, installed.awaited)
    for key in deps.tags.find(integration.environment_id, entry):
        found = deps.connections.get(key)
        is_live = found is not None and deps.now() - found.created_at < AWAITED_SECONDS
        if found is not None and is_live and found.awaits == installed.awaited:
            return found
    return None


def _complete(
    waiting: Connection,
    installed: Installation,
    integration: Integration,
    provider: Provider,
    deps: Dependencies,
) -> None:
    """Exchange the code and commit, under a lease: of two deliveries one does it."""
    until, operation_id = deps.now() + LEASE_SECONDS, identifiers.new_operation_id()
    leased = deps.connections.lease(waiting, owner=identifiers.new_lease_owner(), until=until)
    if leased is None:
        return
    try:
        obtained = _exchanged(leased, installed, integration, provider, deps)
        _commit(leased, obtained, installed, provider, operation_id, deps)
    except CarrickError as error:
        _record_failure(leased, waiting, error, operation_id, deps)
        return
    observability.count("ConnectionAuthorized")


def _exchanged(
    leased: Connection,
    installed: Installation,
    integration: Integration,
    provider: Provider,
    deps: Dependencies,
) -> Obtained:
    """The tokens for the code: by the same mode as at a callback, with the webhook in its place."""
    given = {name: v for name, v in leased.connection_config.items() if isinstance(v, str)}
    setting = Setting(
        provider=provider,
        integration=integration,
        client_secret=deps.vault.client_secret(integration),
        secrets=deps.vault.custom_secrets(integration),
        config={**given, **config_of(provider, installed)},
        scopes=leased.requested_scopes,
    )
    callback = {provider.code_param: installed.code}
    arrival = Arrival(_flow(leased, integration, deps.now()), setting, FlowSecrets(), callback)
    tools = Tools.of(setting, deps.transport, deps.now)
    try:
        return looked_up(redirect_of(provider.auth_mode).finish(arrival, tools), setting, tools)
    except ProviderError as error:
        if error.code == ProviderError.code:  # says "refresh", and this was none
            error.code = "request_token_external_error"
        raise


def _flow(leased: Connection, integration: Integration, now: float) -> Flow:
    """What a mode reads of a flow. There was none: nobody was sent away, so nothing comes back."""
    return Flow(
        state_hash="",
        environment_id=leased.key.environment_id,
        integration_id=leased.key.integration_id,
        connection_id=leased.key.connection_id,
        session_hash="",
        operation_id="",
        provider=leased.provider,
        client_id=integration.registered_id,
        redirect_uri="",
        callback_integration="",
        binding_hash="",
        expected_issuer="",
        issuer_required=False,
        created_at=now,
        expires_at=now,
        requested_scopes=leased.requested_scopes,
    )


def _commit(
    leased: Connection,
    obtained: Obtained,
    installed: Installation,
    provider: Provider,
    operation_id: str,
    deps: Dependencies,
) -> None:
    """Store credentials, rows and event together; again if the customer edited in between."""
    granted = sealed(leased.key, obtained, provider, deps.vault)

    def write(before: Connection) -> None:
        now = deps.now()
        kept = {k: v for k, v in before.connection_config.items() if k != "pending"}
        config = {**obtained.said, **kept, **config_of(provider, installed)}
        made = replace(before, connection_config=config, awaits="", binding="installation")
        made = holding(made, granted, provider, issued_at=now, now=now)
        event = auth_events.connected(made, replaced=False, operation_id=operation_id, now=now)
        deps.connections.write(
            deps.connections.put_write(made, replaces=before),
            *deps.tags.writes(made, previous=before),
            deps.outbox.write(event),
        )

    before = leased
    for _ in range(TRIES - 1):
        try:
            return write(before)
        except ConflictError:
            before = _still_waiting(leased, deps)
    return write(before)


def _still_waiting(leased: Connection, deps: Dependencies) -> Connection:
    found = deps.connections.get(leased.key)
    if found is None or Fence.of(found) != Fence.of(leased):
        raise FlowError("The connection was deleted or renewed.", code="connection_not_found")
    return found


def _record_failure(
    leased: Connection,
    waiting: Connection,
    error: CarrickError,
    operation_id: str,
    deps: Dependencies,
) -> None:
    """Tell the backend, and let another installation complete the connection."""
    observability.warning(
        "installation_failed",
        code=error.code,
        integration_id=leased.key.integration_id,
        operation_id=operation_id,
    )
    observability.count("AuthorizationFailed")
    event = auth_events.not_installed(leased, error, operation_id=operation_id, now=deps.now())
    try:
        deps.connections.write(
            deps.connections.failure_write(Fence.of(leased), waiting.refresh),
            deps.outbox.write(event),
        )
    except ConflictError:  # it is gone: nobody waits for news of it
        observability.warning("lease_lost", connection_id=leased.key.connection_id)
