"""Changes and deletions of connections by the customer, and their lists."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from carrick import identifiers
from carrick.clock import Clock
from carrick.domain import auth_events
from carrick.errors import (
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    PayloadTooLargeError,
)
from carrick.models.connection import Connection, ConnectionKey, ConnectionSummary
from carrick.models.events import AuthEvent
from carrick.models.integration import Integration
from carrick.models.revocation import REVOCABLE, Revocation
from carrick.store.conditional_writes import Member
from carrick.store.connection_items import to_json
from carrick.store.connection_lists import ConnectionLists
from carrick.store.connection_tags import ConnectionTagStore, Entry
from carrick.store.connections import ConnectionStore
from carrick.store.outbox import Outbox
from carrick.store.revocations import RevocationStore

TRIES = 5
MAX_METADATA_CONNECTIONS = 100
# An item holds 400 KB and a transaction 4 MB: a hundred connections fit, and what a refresh adds
# to one of them always does.
MAX_METADATA_BYTES = 32 * 1024


@dataclass(frozen=True, slots=True)
class Dependencies:
    connections: ConnectionStore
    tags: ConnectionTagStore
    lists: ConnectionLists
    outbox: Outbox
    revocations: RevocationStore
    now: Clock


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed by; all must hold. ``page`` counts from zero."""

    connection_id: str = ""
    search: str = ""
    end_user_id: str = ""
    organization_id: str = ""
    integration_ids: tuple[str, ...] = ()
    tags: Mapping[str, str] | None = None
    only_failing: bool = False
    limit: int = 10_000
    page: int = 0


def list_connections(
    environment_id: str, filters: Filters, deps: Dependencies
) -> list[ConnectionSummary]:
    """One page, newest first.

    An index answers the narrowest filter; the others are applied to the facts that it projects.
    ``search`` (a substring of connection id, display name or email, any case) has no index: it
    reads the list that the other filters leave.
    """
    rows = (row for row in _rows(environment_id, filters, deps) if _matches(row, filters))
    first = filters.page * filters.limit
    return list(islice(rows, first, first + filters.limit))


def update(
    key: ConnectionKey,
    deps: Dependencies,
    *,
    end_user: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    webhook_url_override: str | None = None,
) -> None:
    """Replace what is given. An empty ``webhook_url_override`` removes it.

    Raises ``NotFoundError``; ``ConflictError`` when others change it all the time.
    """

    def change(connection: Connection) -> Connection:
        return replace(
            connection,
            end_user=connection.end_user if end_user is None else end_user,
            tags=connection.tags if tags is None else tags,
            webhook_url_override=connection.webhook_url_override
            if webhook_url_override is None
            else webhook_url_override or None,
        )

    _retrying(lambda: deps.connections.write(*_edit(key, change, deps)))


def change_metadata(
    keys: Sequence[ConnectionKey], metadata: Mapping[str, Any], deps: Dependencies, *, merge: bool
) -> None:
    """Set or shallowly merge the metadata of some connections: of all of them, or of none.

    Raises ``NotFoundError``; ``PayloadTooLargeError`` when the outcome is over 32 KiB for one.
    """
    if len(keys) > MAX_METADATA_CONNECTIONS:
        raise InvalidRequestError(f"At most {MAX_METADATA_CONNECTIONS} connections at once.")

    def change(connection: Connection) -> Connection:
        before = connection.metadata if merge else {}
        return replace(connection, metadata={**before, **metadata})

    def write() -> None:
        members = [m for key in dict.fromkeys(keys) for m in _edit(key, change, deps)]
        deps.connections.write(*members)

    _retrying(write)


def delete(
    key: ConnectionKey, deps: Dependencies, *, integration: Integration | None
) -> Connection:
    """Delete a connection and tell of it, in one transaction. Returns what it was.

    Its tokens are kept, sealed as they are, until the provider was told to revoke them. Without an
    ``integration`` there is no client to tell it with. A refresh in flight cannot bring it back:
    its commit is conditional on the item.
    """
    deleted: list[Connection] = []

    def write() -> None:
        connection = _existing(key, deps)
        event = auth_events.deleted(
            connection, operation_id=identifiers.new_operation_id(), now=deps.now()
        )
        deps.connections.write(
            deps.connections.delete_write(connection),
            *deps.tags.deletes(connection),
            deps.outbox.write(event),
            *_revocation(connection, event, integration, deps),
        )
        deleted.append(connection)

    _retrying(write)
    return deleted[0]


def _revocation(
    connection: Connection, event: AuthEvent, integration: Integration | None, deps: Dependencies
) -> list[Member]:
    if integration is None or integration.provider != connection.provider:
        return []
    if connection.awaits or connection.auth_mode not in REVOCABLE:
        return []
    revocation = Revocation(
        event_id=event.event_id,
        key=connection.key,
        integration=integration,
        connection_config=connection.connection_config,
        created_at=event.created_at,
        sealed_credentials=connection.sealed_credentials,
    )
    return [deps.revocations.write(revocation)]


def _existing(key: ConnectionKey, deps: Dependencies) -> Connection:
    connection = deps.connections.get(key)
    if connection is None:
        raise NotFoundError("Failed to find connection")
    return connection


def _edit(
    key: ConnectionKey, change: Callable[[Connection], Connection], deps: Dependencies
) -> list[dict[str, Any]]:
    before = _existing(key, deps)
    after = change(before)
    changes: dict[str, Any] = {}
    for name in ("end_user", "tags", "webhook_url_override"):
        if getattr(after, name) != getattr(before, name):
            changes[name] = getattr(after, name)
    if after.metadata != before.metadata:
        changes["metadata"] = to_json(after.metadata)
        if len(changes["metadata"].encode()) > MAX_METADATA_BYTES:
            raise PayloadTooLargeError("The metadata of a connection is over 32 KiB.")
    return [
        deps.connections.edit_write(before, changes),
        *deps.tags.writes(after, previous=before),
    ]


def _retrying(write: Callable[[], None]) -> None:
    """Read and write again when another write came between."""
    for _ in range(TRIES - 1):
        try:
            return write()
        except ConflictError:
            continue
    return write()


def _rows(environment_id: str, filters: Filters, deps: Dependencies) -> Iterator[ConnectionSummary]:
    entry = _narrowest(filters)
    if entry is not None:
        return deps.lists.summaries(deps.tags.find(environment_id, entry))
    if filters.only_failing:
        return deps.lists.failing(environment_id)
    if filters.integration_ids:
        return deps.lists.of_integrations(environment_id, filters.integration_ids)
    return deps.lists.of_environment(environment_id)


def _narrowest(filters: Filters) -> Entry | None:
    if filters.connection_id:
        return ("connection", "", filters.connection_id)
    if filters.end_user_id:
        return ("end_user", "", filters.end_user_id)
    for name, value in (filters.tags or {}).items():
        return ("tag", name, value)
    if filters.organization_id:
        return ("organization", "", filters.organization_id)
    return None


def _matches(row: ConnectionSummary, filters: Filters) -> bool:
    end_user = row.end_user or {}
    organization = end_user.get("organization") or {}
    return (
        (not filters.connection_id or row.key.connection_id == filters.connection_id)
        and (not filters.end_user_id or end_user.get("id") == filters.end_user_id)
        and (not filters.organization_id or organization.get("id") == filters.organization_id)
        and (not filters.integration_ids or row.key.integration_id in filters.integration_ids)
        and (not filters.only_failing or bool(row.error_code))
        and all(row.tags.get(name) == value for name, value in (filters.tags or {}).items())
        and _found(row, filters.search.casefold())
    )


def _found(row: ConnectionSummary, needle: str) -> bool:
    if not needle:
        return True
    end_user = row.end_user or {}
    texts = (row.key.connection_id, end_user.get("display_name"), end_user.get("email"))
    return any(needle in text.casefold() for text in texts if isinstance(text, str))
