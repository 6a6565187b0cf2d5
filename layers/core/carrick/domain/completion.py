"""Ends an authorization: from the browser's return to a committed connection and event."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from carrick import observability
from carrick.catalog import Catalog
from carrick.clock import Clock
from carrick.domain import auth_events, oauth2
from carrick.domain.authorized import Authorized, check_unchanged
from carrick.domain.commit import CommitDependencies, commit
from carrick.domain.modes.contract import Obtained
from carrick.domain.modes.oauth2_code import obtained
from carrick.domain.notifications import Notifier, Waiting
from carrick.domain.vault import Vault
from carrick.errors import CarrickError, FlowError, ProviderError
from carrick.models.environment import hash_token
from carrick.models.flow import Flow
from carrick.oauth.authorization import process_authorization_response
from carrick.oauth.token import build_code_request, process_token_response
from carrick.store.flow_reads import FlowReads
from carrick.store.flows import FlowStore
from carrick.transport.client import Transport

MAX_STATE_LENGTH = 256
PROVIDER_SECONDS = 15.0
# The tokens in it must fit an item of 400 KB. Real answers stay below 20 KB.
MAX_ANSWER_BYTES = 128 * 1024


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
    commit: CommitDependencies
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
        made = _exchange(authorized, deps)
        commit(
            authorized,
            made,
            deps.commit,
            read_again=lambda: _read(flow, returned.params, deps),
        )
    except CarrickError as error:
        _record_failure(flow, authorized, error, deps)
        return replace(outcome, error=error)
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


def _exchange(authorized: Authorized, deps: Dependencies) -> Obtained:
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
        tokens = process_token_response(response, oauth2.token_rules(provider), now=asked_at)
    except ProviderError as error:
        if error.code == ProviderError.code:  # says "refresh", and this was none
            error.code = "request_token_external_error"
        raise
    said = oauth2.metadata_of(provider, tokens, authorized.callback)
    return obtained(provider, tokens, said, config=flow.connection_config)


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
    deps.commit.outbox.put(
        auth_events.not_connected(flow, error, override=override, now=deps.now())
    )
    deps.commit.sessions.record_failure(
        flow.session_hash,
        {
            "status": "error",
            "integration_id": flow.integration_id,
            "error_type": error.code,
            "error_description": error.message[:300],
        },
    )
