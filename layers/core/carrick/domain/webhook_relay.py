"""From an event of the outbox to one message per endpoint.

A message each, so that an endpoint that is down or slow delays no other. Relaying the same event
twice is harmless: receivers know it by its ``webhook-id``.
"""

from dataclasses import dataclass

from carrick.domain.webhook_events import endpoints
from carrick.models.events import AuthEvent, Operation, WebhookMessage
from carrick.queues.revocations import RevocationQueue
from carrick.queues.webhooks import WebhookQueue
from carrick.store.environments import EnvironmentStore


@dataclass(frozen=True, slots=True)
class RelayDependencies:
    """``environments``: where events go. ``queue``: what delivers them.

    ``revocations``: what tells a provider of a deletion.
    """

    environments: EnvironmentStore
    queue: WebhookQueue
    revocations: RevocationQueue


def relay(event: AuthEvent, dependencies: RelayDependencies) -> tuple[str, ...]:
    """Queue one message for each endpoint that is to have this event; returns their names.

    None if the environment is gone, has no URL, or does not want events of this kind. A deletion is
    queued for revocation too.
    """
    if event.operation is Operation.DELETION:
        dependencies.revocations.send(event.event_id)
    environment = dependencies.environments.get(event.environment_id)
    if environment is None:
        return ()
    names = tuple(endpoints(event, environment.webhooks))
    for name in names:
        message = WebhookMessage(event.environment_id, event.event_id, name)
        dependencies.queue.send(message)
    return names
