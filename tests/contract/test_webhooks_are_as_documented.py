"""Webhooks as they arrive are those of the ``webhooks`` section, for every kind of event."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.contract.document import at, problems
from tests.contract.world import World
from tests.support.webhook_endpoint import Answer, Delivery, WebhookEndpoint, webhook_endpoint

WEBHOOK = "/webhooks/auth/post"
BODY = f"{WEBHOOK}/requestBody/content/application~1json/schema"
REFUSED = (400, {"content-type": "application/json"}, b'{"error":"invalid_grant"}')
PERSON = {
    "end_user": {"id": "u1", "email": "ada@example.com", "tags": {"team": "blue"}},
    "organization": {"id": "o1"},
}


@pytest.fixture
def endpoint(world: World) -> Iterator[WebhookEndpoint]:
    """The customer's receiver, which the environment sends to."""
    with webhook_endpoint() as receiver:
        webhooks = {"primary_url": receiver.url}
        path = f"/environments/{world.tenant.environment_id}"
        assert world.root("PATCH", path, {"webhooks": webhooks}).status == 200
        yield receiver


def deliver(world: World) -> None:
    """Let relay and delivery run until nothing is left to do."""
    while world.stack.run_stream("OutboxTable"):
        pass
    while world.stack.run_queue("WebhookQueue"):
        pass


def make(world: World) -> str:
    return world.tenant.connect(world.server, **PERSON)


def deny(world: World, token: str) -> None:
    """The end user says no at the provider."""
    begun = world.tenant.start(token)
    state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]
    path = f"/oauth/callback/test?error=access_denied&error_description=no&state={state}"
    assert world.tenant.back(path, begun.cookies).status == 400


def force_refresh(world: World, connection_id: str) -> None:
    world.tenant.read(connection_id, "&force_refresh=true")


def creation(world: World) -> None:
    make(world)


def failed_creation(world: World) -> None:
    deny(world, world.tenant.session(**PERSON))


def override(world: World) -> None:
    world.tenant.connect(world.server, world.tenant.reconnect_session(make(world)))


def failed_override(world: World) -> None:
    deny(world, world.tenant.reconnect_session(make(world)))


def failed_refresh(world: World) -> None:
    made = make(world)
    world.server.switches.refresh_answer = REFUSED
    force_refresh(world, made)


def given_up_refresh(world: World) -> None:
    made = make(world)
    world.server.switches.refresh_answer = REFUSED
    force_refresh(world, made)
    force_refresh(world, made)


def recovered_refresh(world: World) -> None:
    made = make(world)
    world.server.switches.refresh_answer = REFUSED
    force_refresh(world, made)
    world.server.switches.refresh_answer = None
    force_refresh(world, made)


def deletion(world: World) -> None:
    world.tenant.call("DELETE", f"/connections/{make(world)}?provider_config_key=test")


EVENTS: list[tuple[Callable[[World], None], str, bool]] = [
    (creation, "creation", True),
    (failed_creation, "creation", False),
    (override, "override", True),
    (failed_override, "override", False),
    (failed_refresh, "refresh", False),
    (given_up_refresh, "refresh", False),
    (recovered_refresh, "refresh", True),
    (deletion, "deletion", True),
]


def headers_that_do_not_fit(delivery: Delivery) -> list[str]:
    found = []
    for number, parameter in enumerate(at(WEBHOOK)[1]["parameters"]):
        value = delivery.headers.get(parameter["name"].lower())
        if value is None or problems(f"{WEBHOOK}/parameters/{number}/schema", value):
            found.append(parameter["name"])
    return found


@pytest.mark.parametrize(("cause", "operation", "success"), EVENTS)
def test_the_webhook_is_as_documented(
    world: World, endpoint: WebhookEndpoint, cause: Any, operation: str, success: bool
) -> None:
    cause(world)
    deliver(world)

    last = endpoint.deliveries[-1]
    body = json.loads(last.body)
    assert (body["operation"], body["success"]) == (operation, success)
    assert [problems(BODY, json.loads(each.body)) for each in endpoint.deliveries] == [
        [] for _ in endpoint.deliveries
    ]
    assert [headers_that_do_not_fit(each) for each in endpoint.deliveries] == [
        [] for _ in endpoint.deliveries
    ]


def test_every_documented_operation_is_sent() -> None:
    documented = at("/components/schemas/AuthWebhook/properties/operation")[1]["enum"]

    assert {operation for _, operation, _ in EVENTS} == set(documented)


def test_an_endpoint_that_answers_410_is_disabled_as_documented(world: World) -> None:
    with webhook_endpoint(Answer(status=410)) as receiver:
        path = f"/environments/{world.tenant.environment_id}"
        world.root("PATCH", path, {"webhooks": {"primary_url": receiver.url}})
        make(world)
        deliver(world)

    shown = world.root("GET", path).json()["data"]
    assert shown["webhooks"]["disabled"] == ["primary"]
