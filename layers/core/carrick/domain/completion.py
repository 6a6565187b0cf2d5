"""Ends an authorization: from the browser's return to a committed connection and event."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from carrick import observability
from carrick.catalog import Catalog
from carrick.clock import Clock
from carrick.domain import auth_events
from carrick.domain.authorized import Authorized
from carrick.domain.authorized_reads import read_authorized
from carrick.domain.lookups import looked_up
from carrick.domain.modes.contract import Obtained, Setting, Tools
from carrick.domain.modes.redirect import Arrival
from carrick.domain.modes.redirects import redirect_of
from carrick.domain.notifications import Notifier, Waiting
from carrick.domain.settlement import Dependencies as SettlementDependencies
from carrick.domain.settlement import settle
from carrick.domain.vault import Vault
from carrick.errors import CarrickError, FlowError, ProviderError
from carrick.models.environment import hash_token
from carrick.models.flow import Flow, FlowSecrets
from carrick.models.session import ConnectSession
from carrick.store.flow_reads import FlowReads
from carrick.store.flows import FlowStore
from carrick.transport.client import Transport

MAX_STATE_LENGTH = 256
# Where providers put it: installed plug-ins, and forms with one field of the customer's.
STATE_NAMES = ("state", "payload", "customField")


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
    """The outcome for the page. ``error`` is ``None`` on success.

    ``session`` is ``None`` if it has ended. ``confirm_code`` is for this browser and nobody else;
    empty where the connection is there. ``is_pending``: it waits for somebody else to approve an
    installation.
    """

    flow: Flow
    session: ConnectSession | None = None
    confirm_code: str = field(default="", repr=False)
    error: CarrickError | None = None
    is_pending: bool = False


@dataclass(frozen=True, slots=True)
class Dependencies:
    flows: FlowStore
    reads: FlowReads
    settlement: SettlementDependencies
    vault: Vault
    catalog: Catalog
    transport: Transport
    notifier: Notifier
    now: Clock


def state_of(params: Mapping[str, str]) -> str:
    """The state that came back, by the first of its names that is there (contract §5.4)."""
    return next((params[name] for name in STATE_NAMES if params.get(name)), "")


def complete_authorization(returned: Returned, deps: Dependencies) -> Completed:
    """Consume the flow, make the connection or what waits to be one, and tell who waits.

    1. consume the flow by state and cookie, in one write: gone, expired or another browser's give
       one and the same error, and nothing else happens
    2. the callback path is the one that was asked for (mix-up, RFC 9700 §4.4)
    3. session, integration and, on reconnect, connection are still what they were
    4. the answer came the way that was asked for (``form_post`` or a query)
    5. the mode makes credentials of it: ``iss`` matches, it is no ``error``, the code is exchanged
    6. seal, and commit connection, tags, event and the session's result together; or, where the
       session asks for a word of its application, keep them until it comes (``settlement``)
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
        is_pending = bool(completed.confirm_code) or completed.is_pending
        deps.notifier.succeeded(waiting, is_pending=is_pending)
    return completed


def _complete(flow: Flow, returned: Returned, deps: Dependencies) -> Completed:
    """Steps 2 to 6."""
    outcome = Completed(flow)
    authorized: Authorized | None = None
    try:
        if returned.path_integration not in {flow.callback_integration, flow.integration_id}:
            raise FlowError("The provider answered at another integration's callback.")
        read = partial(
            read_authorized, flow, returned.params, reads=deps.reads, catalog=deps.catalog
        )
        authorized = read()
        outcome = replace(outcome, session=authorized.session)
        if returned.posted and authorized.provider.response_mode != "form_post":
            raise FlowError("The provider answered in a way that was not asked for.")
        obtained = _obtain(authorized, deps)
        settled = settle(authorized, obtained, deps.settlement, read_again=read)
        outcome = replace(outcome, is_pending=obtained.said.get("pending") is True)
    except CarrickError as error:
        _record_failure(flow, authorized, error, deps)
        return replace(outcome, error=error)
    return replace(outcome, confirm_code=settled.confirm_code)


def _consume(returned: Returned, flows: FlowStore) -> Flow:
    state, flow = state_of(returned.params), None
    if 0 < len(state) <= MAX_STATE_LENGTH and returned.cookie:
        flow = flows.consume(hash_token(state), frozenset({hash_token(returned.cookie)}))
    if flow is None:
        raise FlowError(
            "This link has been used, has expired, or was opened in another browser.",
            code="state_err",
        )
    return flow


def _obtain(authorized: Authorized, deps: Dependencies) -> Obtained:
    flow, integration = authorized.flow, authorized.integration
    setting = Setting(
        provider=authorized.provider,
        integration=integration,
        client_secret=deps.vault.client_secret(integration),
        secrets=deps.vault.custom_secrets(integration),
        config=flow.connection_config,
        scopes=flow.requested_scopes,
    )
    secrets = deps.vault.flow_secrets(flow) if flow.sealed_secrets else FlowSecrets()
    arrival = Arrival(flow, setting, secrets, authorized.callback)
    mode = redirect_of(authorized.provider.auth_mode)
    tools = Tools.of(setting, deps.transport, deps.now)
    try:
        return looked_up(mode.finish(arrival, tools), setting, tools)
    except ProviderError as error:
        if error.code == ProviderError.code:  # says "refresh", and this was none
            error.code = "request_token_external_error"
        raise


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
    commit = deps.settlement.commit
    commit.outbox.put(auth_events.not_connected(flow, error, override=override, now=deps.now()))
    commit.sessions.record_failure(
        flow.session_hash,
        {
            "status": "error",
            "integration_id": flow.integration_id,
            "error_type": error.code,
            "error_description": error.message[:300],
        },
    )
