"""EnvironmentsTable: environments, their API keys (hash only) and the list of their names.

Key ``pk``, ``sk``::

    <environment id>   environment    settings, webhook endpoints, sealed signing keys
    <environment id>   key#<key id>   one API key
    names              name#<name>    the environment of that name

Guarantees: a name belongs to one environment; an environment never has more API keys than its
limit; a key is gone with its environment, in one transaction; an endpoint is disabled only while
its URL is the one that asked for it; of two rotations at once one fails.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from carrick.errors import ConflictError, InvalidRequestError, NotFoundError
from carrick.models.environment import ApiKey, ConnectUi, Environment, SigningKey
from carrick.store import environment_items as layout
from carrick.store.batch_reads import batch_get
from carrick.store.items import (
    cancelled_members,
    condition_failed,
    from_item,
    query_pages,
    to_attribute,
)

MAX_API_KEYS = 50
CONTENDED = "contended"


class EnvironmentStore:
    """Takes a DynamoDB client and the table's name. All reads are consistent."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    # ------------------------------------------------------------ reads

    def get(self, environment_id: str) -> Environment | None:
        """The environment of this id."""
        item = self._read(layout.environment_key(environment_id))
        return layout.environment_from(item) if item else None

    def find(self, name: str) -> Environment | None:
        """The environment of this name."""
        item = self._read(layout.name_key(name))
        return self.get(str(from_item(item)["environment_id"])) if item else None

    def list(self) -> Sequence[Environment]:
        """All environments, by name."""
        rows = self._query("names", "name#")
        keys = [layout.environment_key(str(row["environment_id"])) for row in rows]
        found = batch_get(self._client, self._table, keys)
        return sorted(map(layout.environment_from, found), key=lambda each: each.name)

    def get_api_key(self, environment_id: str, key_id: str) -> ApiKey | None:
        """One stored API key."""
        item = self._read(layout.api_key_key(environment_id, key_id))
        return layout.api_key_from(from_item(item)) if item else None

    def list_api_keys(self, environment_id: str) -> Sequence[ApiKey]:
        """The stored API keys of an environment, oldest first."""
        keys = map(layout.api_key_from, self._query(environment_id, "key#"))
        return sorted(keys, key=lambda key: (key.created_at, key.key_id))

    # ------------------------------------------------------------ environments

    def create(self, environment: Environment, first_key: ApiKey) -> None:
        """Store a new environment with its first key. ``ConflictError`` if the name is taken."""
        self._transact(
            self._put_new(layout.environment_item(environment, api_keys=1)),
            self._put_new(layout.name_item(environment)),
            self._put_new(layout.api_key_item(first_key)),
            taken=1,
        )

    def update(
        self,
        environment: Environment,
        *,
        name: str | None = None,
        callback_url: str | None = None,
        webhooks: Mapping[str, str | bool] | None = None,
        connect_ui: ConnectUi | None = None,
    ) -> None:
        """Change what is given. ``webhooks`` holds members of ``WebhookSettings`` to replace.

        Setting the URL of an endpoint enables it again. Raises ``ConflictError`` if the new name
        is taken or the environment was renamed or deleted since it was read.
        """
        changes = layout.changed_attributes(name, callback_url, webhooks or {}, connect_ui)
        # Closes the race of two renames, which would leave the name of the slower one behind.
        update = self._update(environment.environment_id, changes, "#current = :current")
        update["ExpressionAttributeNames"]["#current"] = "name"
        update["ExpressionAttributeValues"][":current"] = to_attribute(environment.name)
        members = [{"Update": update}]
        if name is not None and name != environment.name:
            renamed = layout.name_item(environment, name)
            members += [self._put_new(renamed), self._delete(layout.name_key(environment.name))]
        self._transact(*members, taken=1)

    def replace_signing_keys(self, environment: Environment, keys: Sequence[SigningKey]) -> None:
        """Store these signing keys, newest first. ``ConflictError`` if another rotation won."""
        changes = {"signing_keys": layout.signing_key_values(keys)}
        update = self._update(
            environment.environment_id, changes, "signing_keys[0].sealed = :newest"
        )
        newest = to_attribute(environment.signing_keys[0].sealed)
        update["ExpressionAttributeValues"][":newest"] = newest
        self._transact({"Update": update})

    def disable_endpoint(self, environment_id: str, endpoint: str, url: str) -> bool:
        """Stop sending to ``primary`` or ``secondary``. Says whether it was done.

        Not done once its URL is another one: that one did not ask for it.
        """
        try:
            self._client.update_item(
                TableName=self._table,
                Key=layout.environment_key(environment_id),
                UpdateExpression="SET webhooks.#disabled = :true",
                ConditionExpression="webhooks.#url = :url",
                ExpressionAttributeNames={
                    "#disabled": f"{endpoint}_disabled",
                    "#url": f"{endpoint}_url",
                },
                ExpressionAttributeValues={":true": {"BOOL": True}, ":url": {"S": url}},
            )
        except ClientError as error:
            if condition_failed(error):
                return False
            raise
        return True

    def delete(self, environment: Environment) -> None:
        """Delete an environment, its name and its keys together.

        Raises ``ConflictError`` if it was renamed or deleted or got or lost a key meanwhile.
        """
        keys = self.list_api_keys(environment.environment_id)
        members = [
            {
                "Delete": {
                    "TableName": self._table,
                    "Key": layout.environment_key(environment.environment_id),
                    # Closes the race with a new key, which would outlive its environment.
                    "ConditionExpression": "#name = :name AND api_key_count = :count",
                    "ExpressionAttributeNames": {"#name": "name"},
                    "ExpressionAttributeValues": {
                        ":name": to_attribute(environment.name),
                        ":count": to_attribute(len(keys)),
                    },
                }
            },
            self._delete(layout.name_key(environment.name)),
        ]
        members += [
            self._delete(layout.api_key_key(key.environment_id, key.key_id)) for key in keys
        ]
        self._transact(*members)

    # ------------------------------------------------------------ API keys

    def put_api_key(self, key: ApiKey) -> None:
        """Store a new key. ``InvalidRequestError`` (``resource_capped``) at ``MAX_API_KEYS``."""
        counted = self._update(key.environment_id, {}, "api_key_count < :most", add=1)
        counted["ExpressionAttributeValues"][":most"] = to_attribute(MAX_API_KEYS)
        try:
            self._transact({"Update": counted}, self._put_new(layout.api_key_item(key)))
        except ConflictError as error:
            if error.code == CONTENDED:
                raise
            raise InvalidRequestError(
                f"An environment has at most {MAX_API_KEYS} API keys.", code="resource_capped"
            ) from error

    def delete_api_key(self, environment_id: str, key_id: str) -> None:
        """Delete a key. ``NotFoundError`` if there is none."""
        delete = self._delete(layout.api_key_key(environment_id, key_id))
        delete["Delete"]["ConditionExpression"] = "attribute_exists(pk)"
        counted = self._update(environment_id, {}, "attribute_exists(pk)", add=-1)
        try:
            self._transact(delete, {"Update": counted})
        except ConflictError as error:
            if error.code == CONTENDED:
                raise
            raise NotFoundError("No such API key.") from error

    # ------------------------------------------------------------ requests

    def _read(self, key: dict[str, Any]) -> dict[str, Any] | None:
        answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        item: dict[str, Any] | None = answer.get("Item")
        return item

    def _query(self, partition: str, prefix: str) -> Sequence[dict[str, Any]]:
        pages = query_pages(
            self._client,
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
            ExpressionAttributeValues={":pk": {"S": partition}, ":prefix": {"S": prefix}},
            ConsistentRead=True,
        )
        return [from_item(item) for page in pages for item in page]

    def _put_new(self, item: dict[str, Any]) -> dict[str, Any]:
        condition = "attribute_not_exists(pk)"
        return {"Put": {"TableName": self._table, "Item": item, "ConditionExpression": condition}}

    def _delete(self, key: dict[str, Any]) -> dict[str, Any]:
        return {"Delete": {"TableName": self._table, "Key": key}}

    def _update(
        self, environment_id: str, changes: Mapping[str, Any], condition: str, *, add: int = 0
    ) -> dict[str, Any]:
        return {
            "TableName": self._table,
            "Key": layout.environment_key(environment_id),
            "ConditionExpression": condition,
            **layout.update_expression(changes, add),
        }

    def _transact(self, *members: dict[str, Any], taken: int | None = None) -> None:
        """Commit together. ``taken`` is the member whose condition says that a name is free."""
        try:
            self._client.transact_write_items(TransactItems=list(members))
        except ClientError as error:
            reasons = cancelled_members(error)
            if taken is not None and reasons[taken : taken + 1] == ["ConditionalCheckFailed"]:
                raise ConflictError("An environment of that name exists.") from error
            if "ConditionalCheckFailed" in reasons:
                raise ConflictError("The environment changed in the meantime.") from error
            if "TransactionConflict" in reasons:
                # Another transaction held an item at that moment. Nothing is known of conditions.
                message = "The environment is being changed. Try again."
                raise ConflictError(message, code=CONTENDED) from error
            raise
