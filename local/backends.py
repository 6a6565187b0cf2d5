"""All that knows the inside of moto: how a request reaches it, and what it keeps where.

moto is called directly, without its Flask application (a third of the time of a request), and one
thread at a time per service, since it is not atomic: with several, conditional updates had two
winners and transactions left partial writes.
"""

import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import time
from typing import Any

# Read when moto is imported. Without it, any web page could read the tables from a browser.
os.environ.setdefault("MOTO_DISABLE_GLOBAL_CORS", "true")

from moto.core.request import Request
from moto.core.responses import BaseResponse
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.responses import DynamoHandler
from moto.dynamodbstreams.responses import DynamoDBStreamsHandler
from moto.kms.models import KmsBackend, kms_backends
from moto.kms.responses import KmsResponse
from moto.secretsmanager.models import secretsmanager_backends
from moto.secretsmanager.responses import SecretsManagerResponse
from moto.secretsmanager.utils import SecretsManagerSecretIdentifier
from moto.sqs.exceptions import ReceiptHandleIsInvalid
from moto.sqs.models import Queue, SQSBackend, sqs_backends
from moto.sqs.responses import SQSResponse
from moto.utilities.id_generator import moto_id_manager

from local.http_messages import HttpResponse
from local.identities import ACCOUNT_ID, REGION, SECRET_SUFFIX, STREAM_LABEL
from local.resources import KeySpec, SecretSpec
from local.template import Stack
from local.transactions import Tokens

_RESPONSES: dict[str, type[BaseResponse]] = {
    "AmazonSQS": SQSResponse,
    "DynamoDBStreams_20120810": DynamoDBStreamsHandler,
    "DynamoDB_20120810": DynamoHandler,
    "TrentService": KmsResponse,
    "secretsmanager": SecretsManagerResponse,
}
TABLES_LOCK = threading.RLock()
# Also the lock of the queues; told of every request that may have changed one.
QUEUES_CHANGED = threading.Condition(threading.RLock())
_TOKENS = Tokens()
_LOCKS: dict[str, Any] = {
    "AmazonSQS": QUEUES_CHANGED,
    "DynamoDBStreams_20120810": TABLES_LOCK,
    "DynamoDB_20120810": TABLES_LOCK,
    "TrentService": threading.RLock(),
    "secretsmanager": threading.RLock(),
}


def is_served(target: str) -> bool:
    """Whether the ``X-Amz-Target`` names a service that runs here."""
    return target.partition(".")[0] in _RESPONSES


def call(headers: Mapping[str, str], body: bytes, url: str) -> HttpResponse:
    """Let moto answer a request. ``headers`` by lower-case names; the path is always ``/``."""
    prefix, _, operation = headers["x-amz-target"].partition(".")
    if operation == "ReceiveMessage":
        return _receive(headers, body, url)
    with _LOCKS[prefix]:
        if operation == "TransactWriteItems":
            return _TOKENS.answer(body, lambda: _dispatch(prefix, headers, body, url))
        response = _dispatch(prefix, headers, body, url)
        if prefix == "AmazonSQS":
            QUEUES_CHANGED.notify_all()
    return response


def _dispatch(prefix: str, headers: Mapping[str, str], body: bytes, url: str) -> HttpResponse:
    addressed = {**headers, "x-moto-account-id": ACCOUNT_ID}
    request = Request.from_primitives("POST", url, addressed, body)
    status, answer_headers, answer = _RESPONSES[prefix].dispatch(request, url, addressed)
    content = answer.encode() if isinstance(answer, str) else answer
    pairs = tuple((str(name), str(value)) for name, value in answer_headers.items())
    return HttpResponse(int(status), pairs, content)


def _receive(headers: Mapping[str, str], body: bytes, url: str) -> HttpResponse:
    """Long polling that does not hold the lock: moto's own would, or would not be safe."""
    request = json.loads(body)
    deadline = time() + int(request.pop("WaitTimeSeconds", 0))
    request["WaitTimeSeconds"] = 0
    short = json.dumps(request).encode()
    name = str(request.get("QueueUrl", "")).rsplit("/", 1)[-1]
    headers = {**headers, "content-length": str(len(short))}
    with QUEUES_CHANGED:
        while True:
            queue = sqs().queues.get(name)
            if queue is not None:
                _drop_expired(queue)
            response = _dispatch("AmazonSQS", headers, short, url)
            left = deadline - time()
            if queue is None or left <= 0 or b'"Messages"' in response.body:
                return response
            QUEUES_CHANGED.wait(min(left, _seconds_until_visible(queue)))


def _drop_expired(queue: Queue) -> None:
    oldest = (time() - queue.attributes["MessageRetentionPeriod"]) * 1000
    queue._messages = [message for message in queue._messages if message.sent_timestamp > oldest]


def _seconds_until_visible(queue: Queue) -> float:
    """How long until a message comes back by itself; at least a moment, so as not to spin."""
    times = [max(message.visible_at, message.delayed_until) for message in queue._messages]
    return max(0.01, min(times, default=float("inf")) / 1000 - time())


def _change_visibility(
    self: SQSBackend, queue_name: str, receipt_handle: str, visibility_timeout: int
) -> None:
    """moto counts the twelve hours that a message may stay hidden from when it was sent; AWS from
    when it was received. Retries of webhooks go on for days."""
    queue = self.get_queue(queue_name)
    for message in queue._messages:
        if message.had_receipt_handle(receipt_handle):
            message.change_visibility(int(visibility_timeout))
            if message.visible:
                queue.pending_messages.discard(message)
            return
    raise ReceiptHandleIsInvalid


SQSBackend.change_message_visibility = _change_visibility  # type: ignore[method-assign]


def dynamodb() -> DynamoDBBackend:
    return dynamodb_backends[ACCOUNT_ID][REGION]


def kms() -> KmsBackend:
    return kms_backends[ACCOUNT_ID][REGION]


def sqs() -> SQSBackend:
    return sqs_backends[ACCOUNT_ID][REGION]


def secret(spec: SecretSpec) -> Any:
    return secretsmanager_backends[ACCOUNT_ID][REGION].secrets[spec.name]


@contextmanager
def everything_locked() -> Iterator[None]:
    """No request changes anything meanwhile."""
    with TABLES_LOCK, QUEUES_CHANGED, _LOCKS["TrentService"], _LOCKS["secretsmanager"]:
        yield


def reset() -> None:
    """Forget everything, also what another stack left in this process."""
    with everything_locked():
        for backend in (dynamodb(), kms(), sqs(), secretsmanager_backends[ACCOUNT_ID][REGION]):
            backend.reset()


def rename_key(made_id: str, spec: KeySpec) -> None:
    """Give a key the id that the stack expects."""
    with everything_locked():
        key = kms().keys.pop(made_id)
        key.id, key.arn = spec.key_id, spec.arn
        kms().keys[spec.key_id] = key


def fix_secret_suffix(spec: SecretSpec) -> None:
    """Have the secret of this name made with the ARN that the stack expects."""
    identifier = SecretsManagerSecretIdentifier(ACCOUNT_ID, REGION, spec.name)
    moto_id_manager.set_custom_id(identifier, SECRET_SUFFIX)


def fix_stream_labels(stack: Stack) -> None:
    """Give each stream the ARN that the stack expects."""
    for spec in stack.tables.values():
        table = dynamodb().tables[spec.name]
        if table.stream_shard is not None:
            table.latest_stream_label = STREAM_LABEL
