"""From an event of the outbox to one message per endpoint.

A message each, so that an endpoint that is down or slow delays no other. Relaying the same event
twice is harmless: receivers know it by its ``webhook-id``.
"""

from dataclasses import dataclass

from carrick.domain.webhook_events import endpoints
from carrick.models.events import AuthEvent, WebhookMessage
from carrick.queues.webhooks import WebhookQueue
from carrick.store.environments import EnvironmentStore


@dataclass(frozen=True, slots=True)
class RelayDependencies:
    """``environments``: where events go. ``queue``: what delivers them."""

    environments: EnvironmentStore
    queue: WebhookQueue


def relay(event: AuthEvent, dependencies: RelayDependencies) -> tuple[str, ...]:
    """Queue one message for each endpoint that is to have this event; returns their names.

    None if the environment is gone, has no URL, or does not want events of this kind.
    """
    environment = dependencies.environments.get(event.environment_id)
    if environment is None:
        return ()
    names = tuple(endpoints(event, environment.webhooks))
    for name in names:
        message = WebhookMessage(event.environment_id, event.event_id, name)
        dependencies.queue.send(message)
    return names
