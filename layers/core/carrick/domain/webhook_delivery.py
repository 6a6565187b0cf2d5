"""One attempt to deliver one event to one endpoint, and when the next one is due.

The attempts of a message are counted by the queue, which moves it to the dead-letter queue when
``ATTEMPTS`` receptions did not do: so ``maxReceiveCount`` in ``template.yaml`` is ``ATTEMPTS``.
Whatever fails in between, on their side or on ours, follows the same schedule.

Source: Standard Webhooks ("Operational considerations"): any 2xx is success, redirects are not
followed, 410 ends it, ``Retry-After`` is heeded.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from carrick import observability
from carrick.clock import Clock
from carrick.crypto.signatures import signature_headers
from carrick.domain.vault import Vault
from carrick.domain.webhook_events import OVERRIDE_ENDPOINT, endpoints, webhook_body
from carrick.errors import CarrickError
from carrick.models.environment import Environment
from carrick.models.events import AuthEvent, WebhookMessage
from carrick.models.http import InboundResponse, OutboundRequest
from carrick.oauth.errors import retry_after_seconds
from carrick.queues.webhooks import MAX_WAIT_SECONDS, ReceivedWebhook, WebhookQueue
from carrick.store.environments import EnvironmentStore
from carrick.store.outbox import Outbox
from carrick.transport.client import Transport

_MINUTE = 60
_HOUR = 3600
SCHEDULE_SECONDS = (
    5,
    1 * _MINUTE,
    5 * _MINUTE,
    30 * _MINUTE,
    2 * _HOUR,
    5 * _HOUR,
    10 * _HOUR,
    10 * _HOUR,
    10 * _HOUR,
    10 * _HOUR,
    10 * _HOUR,
    10 * _HOUR,
    10 * _HOUR,
)
"""The waits between attempts, more than three days together.

None is longer, with its jitter, than SQS can keep a message invisible.
"""

ATTEMPTS = len(SCHEDULE_SECONDS) + 1
JITTER = 0.2
MAX_ANSWER_BYTES = 65_536

_GONE = 410
_SAYS_WHEN = (429, 503)


@dataclass(frozen=True, slots=True)
class DeliveryDependencies:
    """``random`` gives numbers from 0 up to 1, for the jitter.

    ``deadline_seconds`` is for one attempt as a whole, and must stay below the function's timeout.
    """

    environments: EnvironmentStore
    outbox: Outbox
    queue: WebhookQueue
    vault: Vault
    transport: Transport
    now: Clock
    random: Callable[[], float]
    deadline_seconds: float = 15.0


class Outcome(StrEnum):
    """What became of one attempt."""

    DELIVERED = "delivered"
    DROPPED = "dropped"
    GONE = "gone"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Attempt:
    """``status`` is the endpoint's, if it answered; ``reason`` says in a word why not delivered.

    ``retry_after_seconds``: what the endpoint asked for.
    """

    outcome: Outcome
    reason: str = ""
    status: int | None = None
    retry_after_seconds: float = 0.0


def process(received: ReceivedWebhook, dependencies: DeliveryDependencies) -> bool:
    """Attempt a delivery. Says whether the message is done with; if not, its next time is set.

    After the last attempt no time is set: the queue moves it to the dead-letter queue.
    """
    try:
        attempt = deliver(received.message, dependencies)
    except Exception as error:
        # Our own tables and keys may be out for as long as an endpoint: the schedule must last.
        observability.error("webhook.not_attempted", exception=error, **_ids(received))
        attempt = Attempt(Outcome.FAILED, "internal_error")
    _report(received, attempt)
    if attempt.outcome is not Outcome.FAILED:
        return True
    if received.attempt < ATTEMPTS:
        wait = seconds_until_next(
            received.attempt, attempt.retry_after_seconds, dependencies.random()
        )
        dependencies.queue.postpone(received, wait)
    return False


def deliver(message: WebhookMessage, dependencies: DeliveryDependencies) -> Attempt:
    """Send one event to one endpoint, once, by what is stored at this moment.

    Dropped if the event was purged or the endpoint is no longer to have it. Disables an endpoint
    that answers 410.
    """
    event = dependencies.outbox.get(message.environment_id, message.event_id)
    environment = dependencies.environments.get(message.environment_id)
    if event is None or environment is None:
        return Attempt(Outcome.DROPPED, "no_event")
    url = endpoints(event, environment.webhooks).get(message.endpoint)
    if url is None:
        return Attempt(Outcome.DROPPED, "no_endpoint")
    request = _signed_request(url, event, environment, dependencies)
    try:
        answer = dependencies.transport.send(
            request,
            deadline_seconds=dependencies.deadline_seconds,
            max_body_bytes=MAX_ANSWER_BYTES,
        )
    except CarrickError as error:
        # A refused address too: a name that points to a wrong one by mistake can be put right.
        return Attempt(Outcome.FAILED, error.code)
    if answer.status == _GONE and message.endpoint != OVERRIDE_ENDPOINT:
        dependencies.environments.disable_endpoint(message.environment_id, message.endpoint, url)
    return _judge(answer, dependencies.now())


def seconds_until_next(attempt: int, retry_after_seconds: float, random: float) -> int:
    """The wait after this attempt (1 is the first), at least as long as the endpoint asked for.

    ``random`` from 0 up to 1 shortens or lengthens the scheduled wait by up to a fifth, so that
    events that failed together are not sent together again.
    """
    scheduled = SCHEDULE_SECONDS[attempt - 1] * (1 - JITTER + 2 * JITTER * random)
    return round(min(max(scheduled, retry_after_seconds), MAX_WAIT_SECONDS))


def _signed_request(
    url: str, event: AuthEvent, environment: Environment, dependencies: DeliveryDependencies
) -> OutboundRequest:
    now = dependencies.now()
    # Stored newest first. A retired one goes on signing for a while, so that receivers can change.
    keys = [
        dependencies.vault.signing_key(environment.environment_id, key.sealed)
        for key in environment.signing_keys
        if key.expires_at is None or key.expires_at > now
    ]
    body = webhook_body(event, environment.name)
    signatures = signature_headers(keys, event_id=event.event_id, timestamp=int(now), body=body)
    return OutboundRequest("POST", url, {"content-type": "application/json", **signatures}, body)


def _judge(answer: InboundResponse, now: float) -> Attempt:
    if 200 <= answer.status < 300:
        return Attempt(Outcome.DELIVERED, status=answer.status)
    if answer.status == _GONE:
        return Attempt(Outcome.GONE, "gone", answer.status)
    asked = retry_after_seconds(answer.headers, now) if answer.status in _SAYS_WHEN else None
    return Attempt(Outcome.FAILED, "status", answer.status, asked or 0.0)


def _report(received: ReceivedWebhook, attempt: Attempt) -> None:
    known: dict[str, Any] = {"reason": attempt.reason, "status": attempt.status, **_ids(received)}
    match attempt.outcome:
        case Outcome.DELIVERED:
            observability.info("webhook.delivered", **known)
            observability.count("WebhookDelivered")
        case Outcome.DROPPED:
            observability.info("webhook.dropped", **known)
        case Outcome.GONE:
            observability.warning("webhook.endpoint_gone", **known)
            observability.count("WebhookEndpointGone")
        case Outcome.FAILED if received.attempt < ATTEMPTS:
            observability.warning("webhook.attempt_failed", **known)
            observability.count("WebhookAttemptFailed")
        case Outcome.FAILED:
            observability.error("webhook.given_up", **known)
            observability.count("WebhookGivenUp")


def _ids(received: ReceivedWebhook) -> dict[str, str | int]:
    return {
        "environment_id": received.message.environment_id,
        "event_id": received.message.event_id,
        "endpoint_name": received.message.endpoint,
        "attempt": received.attempt,
    }
