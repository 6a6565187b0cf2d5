"""FlowsTable: authorizations in progress. Key ``pk`` = SHA-256 of ``state``; TTL ``purge_at``.

A state is consumed at most once, and an expired one never: both are one conditional delete, made
before the token endpoint is called (RFC 9700 §4.7).
"""

from dataclasses import asdict
from typing import Any

from botocore.exceptions import ClientError

from carrick.clock import Clock
from carrick.models.flow import Flow
from carrick.store.items import FORMAT, condition_failed, from_item, to_attribute, to_item

KEPT_SECONDS = 3_600


class FlowStore:
    """Flows by the hash of their state."""

    def __init__(self, client: Any, table: str, *, now: Clock) -> None:
        self._client = client
        self._table = table
        self._now = now

    def put(self, flow: Flow) -> None:
        """Store a new flow. Its state is 256 random bits, so nothing can be there yet."""
        values = asdict(flow)
        values["pk"] = values.pop("state_hash")
        values["purge_at"] = int(flow.expires_at + KEPT_SECONDS)
        values["format"] = FORMAT
        self._client.put_item(TableName=self._table, Item=to_item(values))

    def consume(self, state_hash: str, binding_hashes: frozenset[str]) -> Flow | None:
        """Take the flow out, if it is live and this browser holds its cookie.

        ``None`` for unknown, consumed, expired and foreign alike. The cookie is part of the
        condition, so that another browser cannot use up somebody's state; a state that is unknown
        costs one failed write and nothing else. Of parallel callbacks one gets the flow.
        """
        names = {f":binding{n}": to_attribute(value) for n, value in enumerate(binding_hashes)}
        if not names:
            return None
        try:
            answer = self._client.delete_item(
                TableName=self._table,
                Key={"pk": {"S": state_hash}},
                ConditionExpression=(
                    f"expires_at > :now AND binding_hash IN ({', '.join(sorted(names))})"
                ),
                ExpressionAttributeValues={":now": to_attribute(self._now()), **names},
                ReturnValues="ALL_OLD",
            )
        except ClientError as error:
            if condition_failed(error):
                return None
            raise
        values = from_item(answer["Attributes"])
        values["state_hash"] = values.pop("pk")
        for name in ("purge_at", "format"):
            values.pop(name)
        values["requested_scopes"] = tuple(values["requested_scopes"])
        return Flow(**values)
