"""Tables that matter outlive mistakes; what is short-lived goes by itself; lists see no secret."""

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import carrick.store
from carrick.models.connection import Connection, ConnectionKey, RefreshState
from carrick.store.connection_items import summary_from_item, to_item
from carrick.store.connection_lists import SUMMARY_ATTRIBUTES
from local.template import Stack
from tests.template.of_type import of_type

# Nothing in these is needed once it has expired.
EPHEMERAL = {
    "FlowsTable",
    "RevocationsTable",
    "SessionsTable",
    "SocketsTable",
    "UnconfirmedTable",
}
# Tables of which rows expire.
EXPIRING = EPHEMERAL | {"OutboxTable"}


def texts_of_the_stores() -> set[str]:
    """Every text that is written in a module of ``carrick.store``."""
    folder = Path(carrick.store.__file__).parent
    return {
        node.value
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def indexes(stack: Stack) -> dict[str, Mapping[str, Any]]:
    """The indexes of the connections, by name."""
    request = stack.tables["ConnectionsTable"].request
    return {index["IndexName"]: index for index in request["GlobalSecondaryIndexes"]}


def test_tables_that_matter_outlive_the_stack(resources: Mapping[str, Any]) -> None:
    for name, table in of_type(resources, "AWS::DynamoDB::Table").items():
        resource = resources[name]
        kept = (resource["DeletionPolicy"], resource["UpdateReplacePolicy"])
        recovery = table.get("PointInTimeRecoverySpecification", {})
        if name in EPHEMERAL:
            assert kept == ("Delete", "Delete"), name
        else:
            assert kept == ("RetainExceptOnCreate", "Retain"), name
            assert recovery == {"PointInTimeRecoveryEnabled": True}, name


def test_every_table_is_encrypted_and_paid_by_request(resources: Mapping[str, Any]) -> None:
    for name, table in of_type(resources, "AWS::DynamoDB::Table").items():
        assert table["SSESpecification"] == {"SSEEnabled": True}, name
        assert table["BillingMode"] == "PAY_PER_REQUEST", name


def test_only_rows_that_expire_have_a_time_to_live(stack: Stack) -> None:
    expiring = {name: table.expiry_attribute for name, table in stack.tables.items()}

    assert {name for name, attribute in expiring.items() if attribute} == EXPIRING
    assert {attribute for attribute in expiring.values() if attribute} <= texts_of_the_stores()


def test_the_key_is_kept_and_rotates(resources: Mapping[str, Any]) -> None:
    for name, key in of_type(resources, "AWS::KMS::Key").items():
        assert key["EnableKeyRotation"] is True
        resource = resources[name]
        kept = (resource["DeletionPolicy"], resource["UpdateReplacePolicy"])
        assert kept == ("RetainExceptOnCreate", "Retain")


def test_every_key_attribute_is_one_that_a_store_writes(stack: Stack) -> None:
    written = texts_of_the_stores()
    for table in stack.tables.values():
        keys = {key["AttributeName"] for key in table.request["KeySchema"]}
        assert keys <= written, table.logical_id


def test_every_index_that_a_store_names_exists(stack: Stack) -> None:
    named = {text for text in texts_of_the_stores() if text == "due" or text.startswith("by_")}

    assert len(named) > 2
    assert named <= set(indexes(stack))


@pytest.mark.parametrize("name", ["by_environment", "by_integration", "by_error"])
def test_a_row_of_a_list_can_be_read_from_an_index(name: str, stack: Stack) -> None:
    item = to_item(connection(), 16)
    item["error_key"] = {"S": "there only while a refresh fails"}
    table = stack.tables["ConnectionsTable"].request
    seen = {
        key["AttributeName"] for key in (*table["KeySchema"], *indexes(stack)[name]["KeySchema"])
    }
    seen |= set(indexes(stack)[name]["Projection"]["NonKeyAttributes"])

    row = {attribute: value for attribute, value in item.items() if attribute in seen}

    assert summary_from_item(row) == summary_from_item(item)
    assert set(SUMMARY_ATTRIBUTES) <= seen


def test_indexes_show_facts_that_are_written_and_no_secret(stack: Stack) -> None:
    written = set(to_item(connection(), 16))
    for name, index in indexes(stack).items():
        shown = set(index["Projection"].get("NonKeyAttributes", []))
        shown |= {key["AttributeName"] for key in index["KeySchema"]}
        assert shown <= written, name
        assert not [one for one in shown if one.startswith("sealed_") or "config" in one], name
        assert index["Projection"]["ProjectionType"] != "ALL", name


def connection() -> Connection:
    """One with every attribute that a connection can have."""
    return Connection(
        key=ConnectionKey("dac4a9a6-bd21-45b6-8ea1-4e4ad7f39d1c", "github", "c-1"),
        id=1,
        provider="github",
        auth_mode="OAUTH2",
        created_at=1.0,
        updated_at=2.0,
        tags={"end_user_id": "u1"},
        end_user={"id": "u1"},
        metadata={"a": 1},
        refresh=RefreshState(refresh_at=3.0, error_code="invalid_grant", error_operation_id="op"),
        sealed_credentials=b"sealed",
    )
