"""What tests of webhooks begin with: environments with endpoints, and events."""

import time
import uuid
from dataclasses import dataclass, replace
from typing import Any

from carrick import clock, identifiers
from carrick.crypto.envelope import Envelope
from carrick.domain.vault import Vault
from carrick.models.environment import ApiKey, Environment, SigningKey, WebhookSettings
from carrick.models.events import AuthEvent, Operation
from carrick.queues.webhooks import ReceivedWebhook, received_webhook
from carrick.store.environments import EnvironmentStore
from carrick.store.outbox import Outbox
from tests.support.stack import RunningStack


def make_event(operation: Operation = Operation.CREATION, **changes: Any) -> AuthEvent:
    """A creation of a connection with tags and an end user, or what is asked for."""
    event = AuthEvent(
        event_id=identifiers.new_event_id(),
        environment_id="dac4a9a6-bd21-45b6-8ea1-4e4ad7f39d1c",
        operation=operation,
        success=True,
        created_at=time.time(),
        integration_id="github-prod",
        connection_id="c-1",
        provider="github",
        auth_mode="OAUTH2",
        operation_id="op_1",
        tags={"end_user_id": "u1"},
        end_user={
            "id": "u1",
            "email": "a@b.co",
            "display_name": "A",
            "organization": {"id": "o1", "display_name": "O"},
            "tags": {},
        },
    )
    return replace(event, **changes)


@dataclass(frozen=True, slots=True)
class WebhookCustomer:
    """An environment that wants webhooks, in a running stack. ``keys`` are newest first."""

    stack: RunningStack
    environment: Environment
    keys: tuple[str, ...]

    @property
    def environment_id(self) -> str:
        return self.environment.environment_id

    @property
    def settings(self) -> WebhookSettings:
        """The settings as they are stored now."""
        environment = self.store.get(self.environment_id)
        assert environment is not None
        return environment.webhooks

    @property
    def store(self) -> EnvironmentStore:
        """The environments, as the administrator."""
        return environment_store(self.stack)

    @property
    def outbox(self) -> Outbox:
        """The outbox, as the administrator."""
        client = self.stack.aws.client("dynamodb")
        return Outbox(client, self.stack.aws.table_name("OutboxTable"))

    def change(self, **webhooks: str | bool) -> None:
        """Change members of the webhook settings."""
        self.store.update(self.environment, webhooks=webhooks)

    def emit(self, operation: Operation = Operation.CREATION, **changes: Any) -> AuthEvent:
        """Put an event of this environment into the outbox."""
        event = make_event(operation, environment_id=self.environment_id, **changes)
        self.outbox.put(event)
        return event

    def relay(self, operation: Operation = Operation.CREATION, **changes: Any) -> AuthEvent:
        """Put an event into the outbox and let the relay see it."""
        event = self.emit(operation, **changes)
        self.stack.run_stream("OutboxTable")
        return event


def webhook_customer(
    stack: RunningStack,
    *,
    key_ages: tuple[tuple[float, float | None], ...] = ((0, None),),
    **webhooks: Any,
) -> WebhookCustomer:
    """Make an environment with these webhook settings.

    ``key_ages``: of each signing key, newest first, how many seconds ago it was made and in how
    many it expires.
    """
    now, environment_id = time.time(), str(uuid.uuid4())
    kms, key_arn = stack.aws.client("kms"), stack.aws.key_arn("CredentialsKey")
    vault = Vault(Envelope(kms=kms, key_arn=key_arn, now=clock.now))
    texts = tuple(identifiers.new_webhook_signing_key() for _ in key_ages)
    signing_keys = tuple(
        SigningKey(
            sealed=vault.seal_signing_key(environment_id, text),
            created_at=now - age,
            expires_at=None if left is None else now + left,
        )
        for text, (age, left) in zip(texts, key_ages, strict=True)
    )
    environment = Environment(
        environment_id=environment_id,
        name=f"env-{environment_id[:8]}",
        created_at=now,
        webhooks=WebhookSettings(**webhooks),
        signing_keys=signing_keys,
    )
    api_key = ApiKey(environment_id, "key", "Key", "0" * 64, (), now)
    environment_store(stack).create(environment, api_key)
    return WebhookCustomer(stack, environment, texts)


def environment_store(stack: RunningStack) -> EnvironmentStore:
    """The environments of a stack, as the administrator."""
    client = stack.aws.client("dynamodb")
    return EnvironmentStore(client, stack.aws.table_name("EnvironmentsTable"))


def receive_webhook(stack: RunningStack) -> ReceivedWebhook:
    """Take the next message from the webhook queue, as Lambda's poller does."""
    answer = stack.aws.client("sqs").receive_message(
        QueueUrl=stack.aws.queue_url("WebhookQueue"), MessageSystemAttributeNames=["All"]
    )
    (message,) = answer["Messages"]
    return received_webhook(
        {
            "body": message["Body"],
            "receiptHandle": message["ReceiptHandle"],
            "attributes": message["Attributes"],
        }
    )
