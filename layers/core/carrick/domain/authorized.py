"""The connection that good credentials make, new or in place of the one it renews. No I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from carrick import identifiers
from carrick.catalog.schema import Provider
from carrick.domain import oauth2, refresh_policy
from carrick.domain.installations import OUTBOUND, awaited
from carrick.errors import FlowError
from carrick.models.confirmation import Granted
from carrick.models.connection import Connection, ConnectionKey, RefreshState, spread_of
from carrick.models.flow import Flow
from carrick.models.integration import Integration
from carrick.models.session import ConnectSession


@dataclass(frozen=True, slots=True)
class Authorized:
    """All that was read for a consumed flow, still as it was when the flow began.

    ``existing`` is the connection that a reconnect renews, ``callback`` what came back with the
    browser.
    """

    flow: Flow
    session: ConnectSession
    integration: Integration
    provider: Provider
    existing: Connection | None
    callback: Mapping[str, str]

    @property
    def key(self) -> ConnectionKey:
        flow = self.flow
        return ConnectionKey(flow.environment_id, flow.integration_id, flow.connection_id)

    @property
    def webhook_url_override(self) -> str | None:
        """Where events of this flow go, if not where the environment says."""
        override = self.session.webhook_url_override
        if override is None and self.existing is not None:
            override = self.existing.webhook_url_override
        return override or None


def check_unchanged(authorized: Authorized) -> None:
    """Raise ``FlowError`` unless all is what it was when the browser left (requirement 24)."""
    flow, session, existing = authorized.flow, authorized.session, authorized.existing
    integration = authorized.integration
    if not session.allows(flow.integration_id) or session.confirmed_at is not None:
        raise FlowError("The connect session has ended.", code="session_ended")
    # The secret of another client must not go where this flow's client was to be authenticated.
    if (integration.registered_id, integration.provider) != (flow.client_id, flow.provider):
        raise FlowError("The integration changed in the meantime.", code="provider_config_err")
    if session.reconnect is not None and (
        existing is None or existing.id != session.reconnect.row_id
    ):
        raise FlowError("The connection to renew was deleted.", code="connection_not_found")


def connection_of(authorized: Authorized, granted: Granted, *, now: float) -> Connection:
    """The connection as it will be.

    It inherits from the one that it renews what nobody named. ``now`` in epoch seconds. Raises
    ``FlowError`` (``account_mismatch``) when a reconnect ended at another account.
    """
    flow, session, provider = authorized.flow, authorized.session, authorized.provider
    # What the provider is to say cannot be given by the browser (``domain.authorization``).
    config = {**granted.said, **flow.connection_config}
    check_account(authorized, granted.account_id)
    inherited = authorized.existing or blank(authorized.key, now=now)
    connection = replace(
        inherited,
        tags=inherited.tags if session.tags is None else session.tags,
        end_user=inherited.end_user if session.end_user is None else session.end_user,
        connection_config={**_inherited_config(inherited, provider), **config},
        webhook_url_override=authorized.webhook_url_override,
        requested_scopes=flow.requested_scopes,
        binding=_binding(flow, session),
        awaits=awaited(provider, session, flow) if provider.installation == OUTBOUND else "",
    )
    return holding(connection, granted, provider, issued_at=now, now=now)


def _inherited_config(inherited: Connection, provider: Provider) -> dict[str, Any]:
    """Without what is looked up anew: what was not found now could be another account's."""
    names = oauth2.looked_up_names(provider)
    return {k: v for k, v in inherited.connection_config.items() if k not in names}


def holding(
    connection: Connection,
    granted: Granted,
    provider: Provider,
    *,
    issued_at: float | None,
    now: float,
) -> Connection:
    """The connection as these credentials make it: healthy, one version on, next due by them.

    ``issued_at`` is ``None`` when nobody knows how long the token has lived already.
    """
    scopes = granted.granted_scopes
    connection = replace(
        connection,
        provider=provider.name,
        auth_mode=str(provider.auth_mode),
        updated_at=now,
        version=connection.version + 1,
        expires_at=granted.expires_at,
        refreshable=granted.refreshable,
        expiration_buffer_seconds=provider.token_expiration_buffer_seconds,
        granted_scopes=connection.requested_scopes if scopes is None else scopes,
        account_id=granted.account_id,
        sealed_credentials=granted.sealed_credentials,
        refresh=RefreshState(last_success_at=issued_at),
    )
    refresh_at = refresh_policy.next_refresh_at(
        connection, now=now, spread=spread_of(connection.key)
    )
    return replace(connection, refresh=replace(connection.refresh, refresh_at=refresh_at))


def blank(key: ConnectionKey, *, now: float) -> Connection:
    """What a new connection inherits from."""
    return Connection(
        key=key,
        id=identifiers.new_numeric_id(),
        provider="",
        auth_mode="",
        created_at=now,
        updated_at=now,
        version=0,
    )


def _binding(flow: Flow, session: ConnectSession) -> str:
    """What shows that who began is who ended: the application's word, a cookie, the token alone."""
    if session.confirm_required:
        return "confirmed"
    return "cookie" if flow.binding_hash else "session"


def check_account(authorized: Authorized, account_id: str) -> None:
    """On reconnect the account must be the one that is connected (requirement 23).

    An answer that does not say is refused too: the browser could have taken that out.
    """
    existing = authorized.existing
    if existing is None or authorized.session.allow_account_change:
        return
    is_told = bool(existing.account_id and authorized.provider.account_id_paths)
    if is_told and existing.account_id != account_id:
        raise FlowError(
            "This is another account than the one that is connected.", code="account_mismatch"
        )
