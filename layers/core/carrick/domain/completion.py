"""Ends an authorization: from the browser's return to a committed connection and event."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from carrick import observability
from carrick.catalog import Catalog
from carrick.clock import Clock
from carrick.domain import auth_events, oauth2
from carrick.domain.authorized import Authorized, check_unchanged, connection_of
from carrick.domain.notifications import Notifier, Waiting
from carrick.domain.vault import Vault
from carrick.errors import CarrickError, ConflictError, FlowError, ProviderError
from carrick.models.connection import Connection
from carrick.models.environment import hash_token
from carrick.models.flow import Flow
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
# The tokens in it must fit an item of 400 KB. Real answers stay below 20 KB.
MAX_ANSWER_BYTES = 128 * 1024
COMMIT_TRIES = 3


@dataclass(frozen=True, slots=True)
class Returned:
    """What the browser came back with.

    ``path_integration`` is empty on the shared path. ``posted``: as a form (``form_post``).
    """

    params: Mapping[str, str]
    cookie: str
    path_integration: str
    posted: bool = False


@dataclass(frozen=True, slots=True)
class Completed:
    """The outcome for the page. ``error`` is ``None`` on success."""

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
    notifier: Notifier
    now: Clock


def complete_authorization(returned: Returned, deps: Dependencies) -> Completed:
    """Consume the flow, make the connection, and tell the browser that waits.

    1. consume the flow by state and cookie, in one write: gone, expired or another browser's give
       one and the same error, and nothing else happens
    2. the callback path is the one that was asked for (mix-up, RFC 9700 §4.4)
    3. session, integration and, on reconnect, connection are still what they were
    4. the answer came the way that was asked for, ``iss`` matches, it is no ``error``
    5. exchange the code with the sealed verifier
    6. seal, and commit connection, tags, event and the session's result together
    7. tell the socket that the flow began with, whatever came of it

    Raises ``FlowError`` only for step 1; later failures are recorded and returned.
    """
    flow = _consume(returned, deps.flows)
    waiting = Waiting(flow.ws_client_id, flow.integration_id, flow.connection_id)
    try:
        completed = _complete(flow, returned, deps)
    except Exception:
        deps.notifier.failed(waiting, CarrickError("Something went wrong."))
        raise
    if completed.error is not None:
        deps.notifier.failed(waiting, completed.error)
    else:
        deps.notifier.succeeded(waiting)
    return completed


def _complete(flow: Flow, returned: Returned, deps: Dependencies) -> Completed:
    """Steps 2 to 6."""
    outcome = Completed()
    authorized: Authorized | None = None
    try:
        if returned.path_integration not in {flow.callback_integration, flow.integration_id}:
            raise FlowError("The provider answered at another integration's callback.")
        authorized = _read(flow, returned.params, deps)
        outcome = replace(outcome, allowed_origins=authorized.session.allowed_origins)
        if returned.posted and authorized.provider.response_mode != "form_post":
            raise FlowError("The provider answered in a way that was not asked for.")
        tokens = _exchange(authorized, deps)
        connection = _commit(authorized, tokens, deps)
    except CarrickError as error:
        _record_failure(flow, authorized, error, deps)
        return replace(outcome, error=error)
    _record_success(connection)
    return outcome


def _consume(returned: Returned, flows: FlowStore) -> Flow:
    state, flow = returned.params.get("state", ""), None
    if 0 < len(state) <= MAX_STATE_LENGTH and returned.cookie:
        flow = flows.consume(hash_token(state), frozenset({hash_token(returned.cookie)}))
    if flow is None:
        raise FlowError(
            "This link has been used, has expired, or was opened in another browser.",
            code="state_err",
        )
    return flow


def _read(flow: Flow, callback: Mapping[str, str], deps: Dependencies) -> Authorized:
    session, integration, existing = deps.reads.read(flow)
    if session is None:
        raise FlowError("The connect session has ended.", code="session_ended")
    if integration is None:
        raise FlowError("The integration changed in the meantime.", code="provider_config_err")
    provider = deps.catalog.get(flow.provider)
    authorized = Authorized(flow, session, integration, provider, existing, callback)
    check_unchanged(authorized)
    return authorized


def _exchange(authorized: Authorized, deps: Dependencies) -> TokenSet:
    flow, provider, integration = authorized.flow, authorized.provider, authorized.integration
    answer = process_authorization_response(
        authorized.callback,
        code_param=provider.code_param,
        expected_issuer=flow.expected_issuer or None,
        issuer_required=flow.issuer_required,
    )
    endpoint = oauth2.token_endpoint(
        provider,
        {**oauth2.callback_metadata(provider, authorized.callback), **flow.connection_config},
        allowed_hosts=integration.allowed_hosts,
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
    response = deps.transport.send(
        request, deadline_seconds=PROVIDER_SECONDS, max_body_bytes=MAX_ANSWER_BYTES
    )
    try:
        return process_token_response(response, oauth2.token_rules(provider), now=asked_at)
    except ProviderError as error:
        if error.code == ProviderError.code:  # says "refresh", and this was none
            error.code = "request_token_external_error"
        raise


def _commit(authorized: Authorized, tokens: TokenSet, deps: Dependencies) -> Connection:
    """Store all of it in one transaction; try again if only another write came between."""
    for _ in range(COMMIT_TRIES - 1):
        try:
            return _commit_once(authorized, tokens, deps)
        except ConflictError:
            authorized = _read(authorized.flow, authorized.callback, deps)
    return _commit_once(authorized, tokens, deps)


def _commit_once(authorized: Authorized, tokens: TokenSet, deps: Dependencies) -> Connection:
    flow, existing, now = authorized.flow, authorized.existing, deps.now()
    credentials = oauth2.credentials_of(tokens, {}).within_bounds()
    connection = connection_of(authorized, tokens, credentials, now=now)
    sealed = deps.vault.seal_credentials(connection.key, credentials)
    connection = replace(connection, sealed_credentials=sealed)
    event = auth_events.connected(
        connection, replaced=existing is not None, operation_id=flow.operation_id, now=now
    )
    result = {
        "status": "success",
        "integration_id": flow.integration_id,
        "connection_id": flow.connection_id,
    }
    deps.connections.write(
        deps.connections.put_write(connection, replaces=existing),
        *deps.tags.writes(connection, previous=existing),
        deps.outbox.write(event),
        deps.sessions.write_result(flow.session_hash, result),
    )
    return connection


def _record_success(connection: Connection) -> None:
    observability.count("ConnectionAuthorized")
    # Fewer scopes than asked for are the end user's good right, and worth knowing.
    if not set(connection.requested_scopes) <= set(connection.granted_scopes):
        observability.count("ScopesNarrowed")
        observability.info(
            "scopes_narrowed",
            connection_id=connection.key.connection_id,
            integration_id=connection.key.integration_id,
        )


def _record_failure(
    flow: Flow, authorized: Authorized | None, error: CarrickError, deps: Dependencies
) -> None:
    """Tell the backend by event and the waiting page by the session, if there is one still."""
    observability.warning(
        "authorization_failed",
        code=error.code,
        integration_id=flow.integration_id,
        operation_id=flow.operation_id,
    )
    observability.count("AuthorizationFailed")
    override = authorized.webhook_url_override if authorized else None
    deps.outbox.put(auth_events.not_connected(flow, error, override=override, now=deps.now()))
    deps.sessions.record_failure(
        flow.session_hash,
        {"status": "error", "error_type": error.code, "error_description": error.message[:300]},
    )
