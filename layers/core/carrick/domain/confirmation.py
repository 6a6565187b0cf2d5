"""The application's word that makes a connection: who ended the authorization is who began it."""

import hmac
from dataclasses import dataclass
from functools import partial

from carrick.catalog import Catalog
from carrick.domain.authorized_reads import read_authorized
from carrick.domain.commit import CommitDependencies, commit
from carrick.errors import InvalidRequestError
from carrick.models.confirmation import Confirmation, Unconfirmed
from carrick.models.connection import ConnectionKey
from carrick.models.environment import hash_token
from carrick.oauth.pkce import code_challenge
from carrick.store.flow_reads import FlowReads
from carrick.store.unconfirmed import UnconfirmedStore


@dataclass(frozen=True, slots=True)
class Dependencies:
    unconfirmed: UnconfirmedStore
    reads: FlowReads
    catalog: Catalog
    commit: CommitDependencies


def confirm(environment_id: str, given: Confirmation, deps: Dependencies) -> ConnectionKey:
    """Make the connection that waits for this code, and the event that tells of it.

    1. the code is of this environment and of this session, and the verifier is the session's
    2. session, integration and, on reconnect, connection are still what they were, and the session
       has no confirmed connection yet
    3. commit connection, tags, event and result, and use up the code, together

    Nothing is unsealed: the credentials were sealed at their last place. Raises
    ``InvalidRequestError`` (``invalid_confirmation``), one and the same for all of step 1;
    ``FlowError`` for step 2; ``ConflictError``.
    """
    waiting = _waiting(environment_id, given, deps.unconfirmed)

    read = partial(read_authorized, waiting.flow, {}, reads=deps.reads, catalog=deps.catalog)
    connection = commit(
        read(),
        waiting.granted,
        deps.commit,
        read_again=read,
        members=lambda: (deps.unconfirmed.remove(waiting.code_hash),),
    )
    return connection.key


def _waiting(
    environment_id: str, given: Confirmation, unconfirmed: UnconfirmedStore
) -> Unconfirmed:
    waiting = unconfirmed.get(hash_token(given.code))
    challenge = code_challenge(given.verifier) if given.verifier else ""
    if (
        waiting is None
        or waiting.flow.environment_id != environment_id
        or not hmac.compare_digest(waiting.flow.session_hash, given.session_id)
        or not hmac.compare_digest(waiting.challenge, challenge)
    ):
        raise InvalidRequestError(
            "Code, session and verifier do not belong together, or the code has been used or has "
            "expired.",
            code="invalid_confirmation",
        )
    return waiting
