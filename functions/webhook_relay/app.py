"""Outbox stream to queues: one message per event and endpoint, one per deletion.

Source: stream of the outbox table (new images of inserted items). Called by Lambda's poller only.
Use case: ``domain.webhook_relay``. Permissions: read the environment, send to the webhook and the
revocation queue;
the records hold no secret, and it can unseal none. A batch stops at its first failure, so that
what comes after is tried again in order.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from carrick import observability, wiring
from carrick.domain.webhook_relay import RelayDependencies, relay
from carrick.queues.revocations import RevocationQueue
from carrick.queues.webhooks import WebhookQueue
from carrick.settings import EnvironmentsSettings, RevocationQueueSettings, WebhookQueueSettings
from carrick.store.environments import EnvironmentStore
from carrick.store.outbox import event_from_item


@dataclass(frozen=True)
class Settings(EnvironmentsSettings, WebhookQueueSettings, RevocationQueueSettings):
    """What this function may read."""


@functools.cache
def dependencies() -> RelayDependencies:
    settings, aws = Settings.load(), wiring.Aws()
    return RelayDependencies(
        environments=EnvironmentStore(aws.client("dynamodb"), settings.environments_table),
        queue=WebhookQueue(aws.client("sqs"), settings.webhook_queue_url),
        revocations=RevocationQueue(aws.client("sqs"), settings.revocation_queue_url),
    )


def lambda_handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    for record in event["Records"]:
        try:
            _relay(record["dynamodb"]["NewImage"])
        except Exception as error:
            observability.error("webhook.not_relayed", exception=error)
            number = record["dynamodb"]["SequenceNumber"]
            return {"batchItemFailures": [{"itemIdentifier": number}]}
    return {"batchItemFailures": []}


def _relay(image: Mapping[str, Any]) -> None:
    event = event_from_item(image)
    names = relay(event, dependencies())
    observability.info(
        "webhook.relayed",
        event_id=event.event_id,
        environment_id=event.environment_id,
        operation=event.operation.value,
        count=len(names),
    )


wiring.warm(dependencies)
