"""What a function may do is a closed list, and so is who may read which secret."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from local import identities
from local.resources import QueueSource, Statement, StreamSource
from local.template import Stack
from tests.template.of_type import of_type

PURPOSE = "kms:EncryptionContext:purpose"

# What each function may do with secrets of which purpose. Everything else may touch none.
MAY_SEAL = {
    "environments": {"signing"},
    "integrations": {"integration"},
    "oauth_start": {"flow"},
    "callback": {"connection"},
    "credentials": {"connection"},
    "connections": {"connection"},
    "proxy": {"connection"},
    "provider_webhook": {"connection"},
    "refresh_worker": {"connection"},
}
MAY_UNSEAL = {
    "environments": {"signing"},  # shows the keys, and keeps the old one while they overlap
    "integrations": {"integration"},  # shows them to a key with that scope
    "oauth_start": {"integration"},  # some providers are asked before the browser leaves
    "callback": {"flow", "integration", "connection"},
    "credentials": {"connection", "integration"},
    "connections": {"connection", "integration"},
    "proxy": {"connection", "integration"},
    "provider_webhook": {"connection", "integration"},
    "refresh_worker": {"connection", "integration"},
    "revocation_worker": {"connection", "integration"},
    "webhook_delivery": {"signing"},
}
MAY_READ_ROOT_KEY = {"environments"}

# Who consumes a source has these on it, and nobody else.
CONSUMING = {
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
}
# Who tells browsers how an authorization ended, or what they are called.
MAY_POST_TO_SOCKETS = {"callback", "oauth_start", "socket"}
# Which connection it will be is known when there is one. Neither GET nor DELETE, which tell of
# browsers and throw them out.
ANY_SOCKET = "/socket/POST/@connections/*"
# SAM gives each role the managed policy for these, whatever the template says.
LOGGING = {"logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"}


def statements(stack: Stack) -> Iterator[tuple[str, Statement]]:
    for name, function in stack.functions.items():
        for statement in function.statements:
            if not set(statement.actions) <= LOGGING:
                yield name, statement


def who_may(stack: Stack, action: str) -> dict[str, set[str]]:
    """The purposes for which each function may do something with the key."""
    found: dict[str, set[str]] = {}
    for name, statement in statements(stack):
        if action in statement.actions:
            found.setdefault(name, set()).update(statement.conditions[PURPOSE])
    return found


def test_actions_are_single_and_never_a_scan(stack: Stack) -> None:
    actions = {action for _, statement in statements(stack) for action in statement.actions}

    assert len(actions) > 15
    assert not [action for action in actions if "*" in action or action == "dynamodb:Scan"]


def test_resources_are_named_by_their_arn(stack: Stack) -> None:
    for name, statement in statements(stack):
        for resource in statement.resources:
            assert resource.startswith("arn:aws:"), name
            assert "*" not in resource.removesuffix(ANY_SOCKET), name


def test_only_reading_an_index_names_an_index(stack: Stack) -> None:
    for name, statement in statements(stack):
        if any("/index/" in resource for resource in statement.resources):
            assert statement.actions == ("dynamodb:Query",), name


def test_no_role_has_a_managed_policy_of_its_own(resources: Mapping[str, Any]) -> None:
    for logical_id, function in of_type(resources, "AWS::Serverless::Function").items():
        for policy in function.get("Policies", []):
            assert set(policy) == {"Version", "Statement"}, logical_id
        assert not {"Role", "ManagedPolicyArns"} & set(function), logical_id


def test_no_event_lets_sam_add_permissions(resources: Mapping[str, Any]) -> None:
    # For a queue or stream among `Events` it adds a managed policy for all queues or streams.
    for logical_id, function in of_type(resources, "AWS::Serverless::Function").items():
        kinds = {event["Type"] for event in function.get("Events", {}).values()}
        assert kinds <= {"HttpApi", "ScheduleV2"}, logical_id


def test_every_use_of_the_key_is_bound_to_purposes(stack: Stack) -> None:
    for name, statement in statements(stack):
        if any(action.startswith("kms:") for action in statement.actions):
            assert set(statement.actions) <= {"kms:GenerateDataKey", "kms:Decrypt"}, name
            assert set(statement.conditions) == {PURPOSE}, name
            assert statement.conditions[PURPOSE], name
        else:
            assert not statement.conditions, name


def test_who_may_seal_what(stack: Stack) -> None:
    assert who_may(stack, "kms:GenerateDataKey") == MAY_SEAL


def test_who_may_unseal_what(stack: Stack) -> None:
    assert who_may(stack, "kms:Decrypt") == MAY_UNSEAL


def test_one_function_may_read_the_root_key(stack: Stack) -> None:
    readers = {
        name: statement.resources
        for name, statement in statements(stack)
        if any(action.startswith("secretsmanager:") for action in statement.actions)
    }

    assert readers == {name: (stack.secrets["RootKeySecret"].arn,) for name in MAY_READ_ROOT_KEY}


def test_who_may_post_to_browsers(stack: Stack) -> None:
    found = {
        name: statement.resources
        for name, statement in statements(stack)
        if "execute-api:ManageConnections" in statement.actions
    }

    assert set(found) == MAY_POST_TO_SOCKETS
    for resource in (one for resources in found.values() for one in resources):
        assert resource.endswith(ANY_SOCKET)


def test_the_socket_function_reads_no_table(stack: Stack) -> None:
    actions = {
        action
        for name, statement in statements(stack)
        if name == "socket"
        for action in statement.actions
    }

    assert actions - CONSUMING == {
        "dynamodb:DeleteItem",
        "dynamodb:PutItem",
        "execute-api:ManageConnections",
        "sqs:SendMessage",
    }


@pytest.mark.parametrize("name", ["callback_redirect", "web"])
def test_who_needs_nothing_may_do_nothing(name: str, stack: Stack) -> None:
    assert name not in {one for one, _ in statements(stack)}


def test_only_its_consumer_may_take_from_a_queue_or_stream(stack: Stack) -> None:
    expected = {
        name: {
            stack.queues[source.queue].arn
            if isinstance(source, QueueSource)
            else identities.stream_arn(source.table)
            for source in function.sources
            if isinstance(source, QueueSource | StreamSource)
        }
        for name, function in stack.functions.items()
    }
    found: dict[str, set[str]] = {name: set() for name in stack.functions}
    for name, statement in statements(stack):
        if set(statement.actions) & CONSUMING:
            found[name].update(statement.resources)

    assert found == expected


def test_only_the_key_policy_names_everything(resources: Mapping[str, Any]) -> None:
    # A key's policy speaks of the key that it belongs to.
    for logical_id, key in of_type(resources, "AWS::KMS::Key").items():
        (statement,) = key["KeyPolicy"]["Statement"]
        assert statement["Resource"] == "*"
        (principal,) = statement["Principal"].items()
        root = "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"
        assert principal == ("AWS", {"Fn::Sub": root}), logical_id
