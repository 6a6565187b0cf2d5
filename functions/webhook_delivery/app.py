"""Signs and delivers one event to one endpoint; sets the time of the next attempt.

Source: webhook queue, one message at a time. Called by Lambda's poller only.
Use case: ``domain.webhook_delivery``. Permissions: read the event and the environment, disable an
endpoint, unseal signing keys and nothing else, consume and postpone messages of the queue.
"""

import functools
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from carrick import observability, wiring
from carrick.crypto.envelope import Envelope
from carrick.domain.vault import Vault
from carrick.domain.webhook_delivery import DeliveryDependencies, process
from carrick.queues.webhooks import WebhookQueue, received_webhook
from carrick.settings import (
    EnvironmentsSettings,
    KeySettings,
    OutboxSettings,
    WebhookQueueSettings,
    loopback_is_allowed,
)
from carrick.store.environments import EnvironmentStore
from carrick.store.outbox import Outbox
from carrick.transport.client import Transport


@dataclass(frozen=True)
class Settings(EnvironmentsSettings, OutboxSettings, KeySettings, WebhookQueueSettings):
    """What this function may read."""


@functools.cache
def dependencies() -> DeliveryDependencies:
    settings, aws = Settings.load(), wiring.Aws()
    dynamodb, kms = aws.client("dynamodb"), aws.client("kms")
    envelope = Envelope(kms=kms, key_arn=settings.credentials_key_arn, now=wiring.now)
    return DeliveryDependencies(
        environments=EnvironmentStore(dynamodb, settings.environments_table),
        outbox=Outbox(dynamodb, settings.outbox_table),
        queue=WebhookQueue(aws.client("sqs"), settings.webhook_queue_url),
        vault=Vault(envelope),
        transport=Transport(allow_loopback=loopback_is_allowed()),
        now=wiring.now,
        random=random.SystemRandom().random,
    )


def lambda_handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    failed = [record["messageId"] for record in event["Records"] if not _is_done(record)]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _is_done(record: Mapping[str, Any]) -> bool:
    try:
        return process(received_webhook(record), dependencies())
    except Exception as error:
        # What cannot even be read or postponed comes back after the queue's own timeout.
        observability.error("webhook.not_processed", exception=error)
        return False


wiring.warm(dependencies)
