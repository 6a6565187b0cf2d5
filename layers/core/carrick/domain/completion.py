"""Ends an authorization: from the browser's return to a committed connection and event."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from carrick import identifiers, observability
from carrick.catalog import Catalog
from carrick.catalog.schema import Provider
from carrick.clock import Clock
from carrick.domain import auth_events, oauth2, refresh_policy
from carrick.domain.vault import Vault
from carrick.errors import CarrickError, ConflictError, FlowError
from carrick.models.connection import Connection, ConnectionKey, spread_of
from carrick.models.credentials import Credentials
from carrick.models.environment import hash_token
from carrick.models.flow import Flow
from carrick.models.integration import Integration
from carrick.models.session import ConnectSession
from carrick.oauth.authorization import process_authorization_response
from carrick.oauth.token import TokenSet, build_code_request, process_token_response
from carrick.store.connection_tags import ConnectionTagStore
from carrick.store.connections import ConnectionStore
from carrick.store.flow_reads import FlowReads
from carrick.store.flows import FlowStore
from carrick.store.outbox import Outbox
from carrick.store.sessions import SessionStore
from carrick.transport.client import Transport

MAX_STATE_LENGTH = 256
PROVIDER_SECONDS = 15.0
COMMIT_TRIES = 3


@dataclass(frozen=True, slots=True)
class Returned:
    """What the browser came back with. ``path_integration`` is empty on the shared path."""

    params: Mapping[str, str]
    cookie: str
    path_integration: str


@dataclass(frozen=True, slots=True)
class Completed:
    """The outcome for the page and for whoever waits. ``error`` is ``None`` on success."""

    integration_id: str = ""
    connection_id: str = ""
    ws_client_id: str = ""
    allowed_origins: tuple[str, ...] = ()
    error: CarrickError | None = None


@dataclass(frozen=True, slots=True)
class Dependencies:
    flows: FlowStore
    reads: FlowReads
    sessions: SessionStore
    connections: ConnectionStore
    tags: ConnectionTagStore
    outbox: Outbox
    vault: Vault
    catalog: Catalog
    transport: Transport
    now: Clock


@dataclass(frozen=True, slots=True)
class _Context:
    """All that was read for a consumed flow, still as it was when the flow began."""

    flow: Flow
    session: ConnectSession
    integration: Integration
    provider: Provider
    existing: Connection | None

    @property
    def key(self) -> ConnectionKey:
        flow = self.flow
        return ConnectionKey(flow.environment_id, flow.integration_id, flow.connection_id)


def complete_authorization(returned: Returned, deps: Dependencies) -> Completed:
    """Consume the flow and make the connection.

    1. consume the flow by state and cookie, in one write: gone, expired or another browser's give
       one and the same error, and nothing else happens
    2. the callback path is the one that was asked for (mix-up, RFC 9700 §4.4)
    3. session, integration and, on reconnect, connection are still what they were
    4. ``iss`` matches, the provider did not say ``error``
    5. exchange the code with the sealed verifier
    6. seal, and commit connection, tags, event and the session's result together

    Raises ``FlowError`` only for step 1; later failures are recorded and returned.
    """
    flow = _consume(returned, deps.flows)
    outcome = Completed(flow.integration_id, flow.connection_id, flow.ws_client_id)
    context: _Context | None = None
    try:
        if returned.path_integration not in {flow.callback_integration, flow.integration_id}:
            raise FlowError("The provider answered at another integration's callback.")
        context = _context(flow, deps)
        outcome = replace(outcome, allowed_origins=context.session.allowed_origins)
        tokens = _exchange(context, returned.params, deps)
        _commit(context, tokens, returned.params, deps)
    except CarrickError as error:
        _record_failure(flow, context, error, deps)
        return replace(outcome, error=error)
    observability.count("ConnectionAuthorized")
    return outcome


def _consume(returned: Returned, flows: FlowStore) -> Flow:
    state = returned.params.get("state", "")
    if not state or len(state) > MAX_STATE_LENGTH or not returned.cookie:
        raise FlowError(
            "This link has been used, has expired, or was opened in another browser.",
            code="state_err",
        )
    flow = flows.consume(hash_token(state), frozenset({hash_token(returned.cookie)}))
    if flow is None:
        raise FlowError(
            "This link has been used, has expired, or was opened in another browser.",
            code="state_err",
        )
    return flow


def _context(flow: Flow, deps: Dependencies) -> _Context:
    session, integration, existing = deps.reads.read(flow)
    if session is None or not session.allows(flow.integration_id):
        raise FlowError("The connect session has ended.", code="session_ended")
    if integration is None or integration.client_id != flow.client_id:
        raise FlowError("The integration changed in the meantime.", code="provider_config_err")
    if flow.is_reconnect and existing is None:
        raise FlowError("The connection to renew was deleted.", code="connection_not_found")
    return _Context(flow, session, integration, deps.catalog.get(flow.provider), existing)


def _exchange(context: _Context, params: Mapping[str, str], deps: Dependencies) -> TokenSet:
    flow, provider, integration = context.flow, context.provider, context.integration
    answer = process_authorization_response(
        params,
        code_param=provider.code_param,
        expected_issuer=flow.expected_issuer or None,
        issuer_required=flow.issuer_required,
    )
    endpoint = oauth2.token_endpoint(
        provider, flow.connection_config, allowed_hosts=integration.allowed_hosts
    )
    verifier = deps.vault.flow_secrets(flow).code_verifier if flow.sealed_secrets else None
    client = oauth2.client_of(provider, flow.client_id, deps.vault.client_secret(integration))
    request = build_code_request(
        endpoint,
        client,
        code=answer.code,
        redirect_uri=flow.redirect_uri,
        code_verifier=verifier,
    )
    asked_at = deps.now()
    response = deps.transport.send(request, deadline_seconds=PROVIDER_SECONDS)
    return process_token_response(response, oauth2.token_rules(provider), now=asked_at)


def _commit(
    context: _Context, tokens: TokenSet, params: Mapping[str, str], deps: Dependencies
) -> None:
    """Store all of it in one transaction; try again if only a refresh came between."""
    for _ in range(COMMIT_TRIES - 1):
        try:
            return _commit_once(context, tokens, params, deps)
        except ConflictError:
            session, _, existing = deps.reads.read(context.flow)
            if session is None:
                raise FlowError("The connect session has ended.", code="session_ended") from None
            if context.flow.is_reconnect and existing is None:
                raise FlowError(
                    "The connection to renew was deleted.", code="connection_not_found"
                ) from None
            context = replace(context, existing=existing)
    return _commit_once(context, tokens, params, deps)


def _commit_once(
    context: _Context, tokens: TokenSet, params: Mapping[str, str], deps: Dependencies
) -> None:
    config: dict[str, str | bool] = {
        **oauth2.metadata_of(context.provider, tokens, params),
        **context.flow.connection_config,
    }
    account_id = oauth2.account_id_of(context.provider, tokens, config)
    _check_account(context, account_id)
    credentials = oauth2.credentials_of(tokens, {})
    connection = _connection(context, credentials, config, deps.now())
    connection = replace(
        connection,
        account_id=account_id,
        granted_scopes=oauth2.granted_scopes(tokens, context.flow.requested_scopes),
        sealed_credentials=deps.vault.seal_credentials(context.key, credentials),
    )
    event = auth_events.connected(
        connection,
        replaced=context.existing is not None,
        operation_id=context.flow.operation_id,
        now=deps.now(),
    )
    result = {
        "status": "success",
        "integration_id": context.flow.integration_id,
        "connection_id": context.flow.connection_id,
    }
    deps.connections.write(
        deps.connections.put_write(connection, replaces=context.existing),
        *deps.tags.writes(connection, previous=context.existing),
        deps.outbox.write(event),
        deps.sessions.write_result(context.flow.session_hash, result),
    )


def _check_account(context: _Context, account_id: str) -> None:
    """On reconnect the account must be the one that is connected (requirement 23)."""
    existing = context.existing
    if existing is None or context.session.allow_account_change:
        return
    if existing.account_id and account_id and existing.account_id != account_id:
        raise FlowError(
            "This is another account than the one that is connected.", code="account_mismatch"
        )


def _connection(
    context: _Context, credentials: Credentials, config: Mapping[str, object], now: float
) -> Connection:
    """The connection as it will be, inheriting from the one it renews what nobody named."""
    session, existing = context.session, context.existing
    end_user, tags = session.end_user, session.tags
    override = session.webhook_url_override
    if existing is not None:
        end_user = existing.end_user if end_user is None else end_user
        tags = existing.tags if tags is None else tags
        override = existing.webhook_url_override if override is None else override
        config = {**existing.connection_config, **config}
    connection = Connection(
        key=context.key,
        id=existing.id if existing else identifiers.new_numeric_id(),
        provider=context.provider.name,
        auth_mode=str(context.provider.auth_mode),
        created_at=existing.created_at if existing else now,
        updated_at=now,
        version=existing.version + 1 if existing else 1,
        last_fetched_at=existing.last_fetched_at if existing else None,
        expires_at=credentials.expires_at,
        refreshable=bool(credentials.refresh_token) and context.provider.refresh_supported,
        expiration_buffer_seconds=context.provider.token_expiration_buffer_seconds,
        tags=tags or {},
        end_user=end_user,
        metadata=existing.metadata if existing else {},
        connection_config=config,
        webhook_url_override=override or None,
        requested_scopes=context.flow.requested_scopes,
        binding="cookie",
        refresh=refresh_policy.after_success(now),
    )
    refresh_at = refresh_policy.next_refresh_at(
        connection,
        now=now,
        spread=spread_of(context.key),
    )
    return replace(connection, refresh=replace(connection.refresh, refresh_at=refresh_at))


def _record_failure(
    flow: Flow, context: _Context | None, error: CarrickError, deps: Dependencies
) -> None:
    """Tell the backend by event and the waiting page by the session, if there is one still."""
    observability.warning(
        "authorization_failed",
        code=error.code,
        integration_id=flow.integration_id,
        operation_id=flow.operation_id,
    )
    observability.count("AuthorizationFailed")
    deps.outbox.put(
        auth_events.not_connected(
            flow,
            error,
            override=context.session.webhook_url_override if context else None,
            now=deps.now(),
        )
    )
    deps.sessions.record_failure(
        flow.session_hash,
        {"status": "error", "error_type": error.code, "error_description": error.message[:300]},
    )
