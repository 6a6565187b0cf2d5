"""What becomes of good credentials: a connection at once, or one that waits to be confirmed.

With the second, nobody can connect somebody else's account to their own: whoever ended the
authorization has the confirm code, and the application knows whose session that is
(docs/security.md). The code therefore goes to the browser that ended it and nowhere else: neither
to the socket nor to who polls with the session's token, since who began has both.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from carrick import identifiers, observability
from carrick.domain.authorized import Authorized, check_account
from carrick.domain.commit import CommitDependencies, commit, tried
from carrick.domain.modes.contract import Obtained
from carrick.domain.sealing import sealed
from carrick.domain.vault import Vault
from carrick.models.confirmation import Granted, Unconfirmed
from carrick.models.connection import ConnectionKey
from carrick.models.environment import hash_token
from carrick.store.unconfirmed import UnconfirmedStore

# An application confirms when the browser comes back to it: at once.
CONFIRM_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Settled:
    """``confirm_code`` is empty where the connection is there."""

    key: ConnectionKey
    confirm_code: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Dependencies:
    commit: CommitDependencies
    unconfirmed: UnconfirmedStore
    vault: Vault


def settle(
    authorized: Authorized,
    obtained: Obtained,
    deps: Dependencies,
    *,
    read_again: Callable[[], Authorized],
) -> Settled:
    """Seal the credentials; then commit the connection, or keep them until it is confirmed.

    Raises ``FlowError`` and ``ConflictError`` as ``domain.commit``.
    """
    granted = sealed(authorized.key, obtained, authorized.provider, deps.vault)
    if not authorized.session.confirm_required:
        commit(authorized, granted, deps.commit, read_again=read_again)
        return Settled(authorized.key)
    code = identifiers.new_confirm_code()
    tried(lambda found: _keep(found, granted, code, deps), authorized, read_again)
    observability.count("ConnectionUnconfirmed")
    return Settled(authorized.key, code)


def _keep(authorized: Authorized, granted: Granted, code: str, deps: Dependencies) -> None:
    """Store it where no API reads, and tell who polls that it waits."""
    check_account(authorized, granted.account_id)
    flow, session, now = authorized.flow, authorized.session, deps.commit.now()
    waiting = Unconfirmed(
        code_hash=hash_token(code),
        flow=replace(flow, sealed_secrets=b""),
        granted=granted,
        challenge=session.confirm_challenge,
        created_at=now,
        expires_at=min(now + CONFIRM_SECONDS, session.expires_at),
    )
    result = {
        "status": "unconfirmed",
        "integration_id": flow.integration_id,
        "connection_id": flow.connection_id,
    }
    deps.commit.connections.write(
        deps.unconfirmed.write(waiting),
        deps.commit.sessions.write_result(flow.session_hash, result),
    )
