"""The layout of a connection item, shared by the stores that read and write it."""

import hashlib
import json
from typing import Any

from carrick import clock
from carrick.models.connection import Connection, ConnectionKey, ConnectionSummary, RefreshState
from carrick.store import items
from carrick.store.items import FORMAT, Item, composite


def primary_key(key: ConnectionKey) -> Item:
    """The table's key of a connection."""
    return {"pk": {"S": pk_of(key)}}


def pk_of(key: ConnectionKey) -> str:
    """The text of the primary key."""
    return composite(key.environment_id, key.integration_id, key.connection_id)


def key_of(pk: str) -> ConnectionKey:
    """What ``pk_of`` wrote."""
    return ConnectionKey(*pk.split("#"))


def listed_at(connection: Connection | ConnectionSummary) -> str:
    """Sorts by creation, then by id, so that a list is stable."""
    return f"{clock.iso_z(connection.created_at)}#{connection.id:016d}"


def due_shard(key: ConnectionKey, shards: int) -> str:
    """The partition of the due index that a connection always falls into."""
    digest = hashlib.sha256(pk_of(key).encode()).digest()
    return f"due#{int.from_bytes(digest[:4], 'big') % shards}"


def refresh_attributes(key: ConnectionKey, refresh: RefreshState, shards: int) -> dict[str, Any]:
    """Refresh bookkeeping as attributes; ``None`` where an attribute must disappear."""
    failing = bool(refresh.error_code)
    return {
        "refresh_at": refresh.refresh_at,
        "due_shard": due_shard(key, shards) if refresh.refresh_at is not None else None,
        "lease_owner": refresh.lease_owner,
        "lease_until": refresh.lease_until,
        "last_success_at": refresh.last_success_at,
        "last_failure_at": refresh.last_failure_at,
        "failing_since": refresh.failing_since,
        "attempts": refresh.attempts,
        "exhausted": refresh.exhausted,
        "error_code": refresh.error_code or None,
        "error_operation_id": refresh.error_operation_id or None,
        "error_key": key.environment_id if failing else None,
    }


def to_item(connection: Connection, shards: int) -> Item:
    """The whole item."""
    return items.to_item(to_values(connection, shards))


def to_values(connection: Connection, shards: int) -> dict[str, Any]:
    """The attributes of the item as Python values; ``None`` where there is none."""
    key = connection.key
    return {
        "pk": pk_of(key),
        "format": FORMAT,
        "environment_id": key.environment_id,
        "integration_id": key.integration_id,
        "connection_id": key.connection_id,
        "integration_key": composite(key.environment_id, key.integration_id),
        "listed_at": listed_at(connection),
        "id": connection.id,
        "provider": connection.provider,
        "auth_mode": connection.auth_mode,
        "created_at": connection.created_at,
        "updated_at": connection.updated_at,
        "version": connection.version,
        "last_fetched_at": connection.last_fetched_at,
        "expires_at": connection.expires_at,
        "refreshable": connection.refreshable,
        "expiration_buffer_seconds": connection.expiration_buffer_seconds,
        "tags": connection.tags,
        "end_user": connection.end_user,
        "metadata": to_json(connection.metadata),
        "connection_config": to_json(connection.connection_config),
        "webhook_url_override": connection.webhook_url_override,
        "requested_scopes": connection.requested_scopes,
        "granted_scopes": connection.granted_scopes,
        "account_id": connection.account_id,
        "binding": connection.binding,
        "awaits": connection.awaits or None,
        "sealed_credentials": connection.sealed_credentials,
        **refresh_attributes(key, connection.refresh, shards),
    }


def to_json(value: Any) -> str:
    """Customers' free data, as text: any JSON, and numbers as they were sent."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def from_item(item: Item) -> Connection:
    """A connection from its item. Raises ``UnknownFormatError``."""
    values = items.from_item(item)
    items.check_format(values)
    return Connection(
        key=ConnectionKey(
            values["environment_id"], values["integration_id"], values["connection_id"]
        ),
        id=values["id"],
        provider=values["provider"],
        auth_mode=values["auth_mode"],
        created_at=values["created_at"],
        updated_at=values["updated_at"],
        version=values["version"],
        last_fetched_at=values.get("last_fetched_at"),
        expires_at=values.get("expires_at"),
        refreshable=values["refreshable"],
        expiration_buffer_seconds=values.get("expiration_buffer_seconds"),
        tags=values["tags"],
        end_user=values.get("end_user"),
        metadata=json.loads(values["metadata"]),
        connection_config=json.loads(values["connection_config"]),
        webhook_url_override=values.get("webhook_url_override"),
        requested_scopes=tuple(values["requested_scopes"]),
        granted_scopes=tuple(values["granted_scopes"]),
        account_id=values["account_id"],
        binding=values["binding"],
        awaits=values.get("awaits", ""),
        refresh=_refresh_state(values),
        sealed_credentials=values["sealed_credentials"],
    )


def summary_from_item(item: Item) -> ConnectionSummary:
    """A row of a list, from an index."""
    values = items.from_item(item)
    return ConnectionSummary(
        key=key_of(values["pk"]),
        id=values["id"],
        provider=values["provider"],
        created_at=values["created_at"],
        tags=values["tags"],
        end_user=values.get("end_user"),
        metadata=json.loads(values["metadata"]),
        error_code=values.get("error_code", ""),
        error_operation_id=values.get("error_operation_id", ""),
    )


def _refresh_state(values: dict[str, Any]) -> RefreshState:
    return RefreshState(
        refresh_at=values.get("refresh_at"),
        lease_owner=values["lease_owner"],
        lease_until=values["lease_until"],
        last_success_at=values.get("last_success_at"),
        last_failure_at=values.get("last_failure_at"),
        failing_since=values.get("failing_since"),
        attempts=values["attempts"],
        error_code=values.get("error_code", ""),
        error_operation_id=values.get("error_operation_id", ""),
        exhausted=values["exhausted"],
    )
