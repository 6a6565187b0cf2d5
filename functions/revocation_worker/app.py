"""Revocation queue: tells a provider that the tokens of a deleted connection have ended.

Use case: ``domain.revocation``. Permissions: read and delete what a deletion left, unseal
credentials and client secrets, consume and postpone messages of the queue; sees no connection.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from carrick import observability, wiring
from carrick.crypto.envelope import Envelope
from carrick.domain.revocation import Dependencies, process
from carrick.domain.vault import Vault
from carrick.queues.revocations import RevocationQueue, received_revocation
from carrick.settings import (
    CatalogSettings,
    KeySettings,
    RevocationQueueSettings,
    RevocationsSettings,
    loopback_is_allowed,
)
from carrick.store.revocations import RevocationStore
from carrick.transport.client import Transport


@dataclass(frozen=True)
class Settings(RevocationsSettings, RevocationQueueSettings, KeySettings, CatalogSettings):
    """What this function may read."""


@functools.cache
def dependencies() -> Dependencies:
    settings, aws = Settings.load(), wiring.Aws()
    envelope = Envelope(kms=aws.client("kms"), key_arn=settings.credentials_key_arn, now=wiring.now)
    return Dependencies(
        revocations=RevocationStore(aws.client("dynamodb"), settings.revocations_table),
        queue=RevocationQueue(aws.client("sqs"), settings.revocation_queue_url),
        vault=Vault(envelope),
        catalog=wiring.catalog(settings),
        transport=Transport(allow_loopback=loopback_is_allowed()),
        now=wiring.now,
    )


def lambda_handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    failed = [record["messageId"] for record in event["Records"] if not _is_done(record)]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _is_done(record: Mapping[str, Any]) -> bool:
    try:
        return process(received_revocation(record), dependencies())
    except Exception as error:
        observability.error("revocation_not_processed", exception=error)
        return False


wiring.warm(dependencies)
