"""Two transactions on one item: DynamoDB cancels one. Its caller may try again (409, not 500).

The local DynamoDB runs one request at a time and never says so; this client says nothing else.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from carrick.errors import ConflictError
from carrick.models.environment import ApiKey, Environment
from carrick.models.integration import Integration
from carrick.store.environments import CONTENDED, EnvironmentStore
from carrick.store.integrations import IntegrationStore

ENVIRONMENT = Environment("e", "dev", 1.0)
KEY = ApiKey("e", "k", "name", "hash", (), 1.0)
INTEGRATION = Integration("e", "x", "github", 1.0, 1.0)


class ContendedDynamoDb:
    """Cancels every transaction because of another one."""

    def transact_write_items(self, TransactItems: list[Any]) -> None:  # noqa: N803 - AWS's name
        reasons = [{"Code": "TransactionConflict"}, *({"Code": "None"} for _ in TransactItems[1:])]
        answer: Any = {
            "Error": {"Code": "TransactionCanceledException"},
            "CancellationReasons": reasons,
        }
        raise ClientError(answer, "TransactWriteItems")


@pytest.mark.parametrize(
    "action",
    [
        lambda store: store.create(ENVIRONMENT, KEY),
        lambda store: store.update(ENVIRONMENT, name="prod"),
        lambda store: store.put_api_key(KEY),
        lambda store: store.delete_api_key("e", "k"),
    ],
)
def test_an_environment_may_be_tried_again(action: Callable[[EnvironmentStore], None]) -> None:
    with pytest.raises(ConflictError) as raised:
        action(EnvironmentStore(ContendedDynamoDb(), "table"))
    assert raised.value.code == CONTENDED


def test_so_may_a_rename_of_an_integration() -> None:
    store = IntegrationStore(ContendedDynamoDb(), "table")
    with pytest.raises(ConflictError) as raised:
        store.update(replace(INTEGRATION, integration_id="y"), replaces=INTEGRATION)
    assert raised.value.code == "conflict"
