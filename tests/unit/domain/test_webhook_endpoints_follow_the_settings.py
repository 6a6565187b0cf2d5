"""Which events go to which endpoints (contract §10.1 and the gates of §10.2)."""

from dataclasses import replace

import pytest

from carrick.domain.webhook_events import endpoints
from carrick.models.environment import WebhookSettings
from carrick.models.events import Operation
from tests.support.webhooks import make_event

PRIMARY, SECONDARY, OVERRIDE = (f"https://{name}.example/hook" for name in ("one", "two", "own"))
BOTH = WebhookSettings(primary_url=PRIMARY, secondary_url=SECONDARY)
ALL_OFF = replace(
    BOTH, on_auth_creation=False, on_auth_refresh_error=False, on_connection_deletion=False
)


def test_both_urls_get_every_event() -> None:
    assert endpoints(make_event(), BOTH) == {"primary": PRIMARY, "secondary": SECONDARY}


def test_a_connections_own_url_stands_in_for_both() -> None:
    event = make_event(webhook_url_override=OVERRIDE)

    assert endpoints(event, BOTH) == {"override": OVERRIDE}
    assert endpoints(event, WebhookSettings()) == {"override": OVERRIDE}


def test_without_a_url_nothing_is_sent() -> None:
    assert endpoints(make_event(), WebhookSettings()) == {}


def test_an_endpoint_that_said_it_is_gone_is_left_out() -> None:
    assert endpoints(make_event(), replace(BOTH, disabled=("primary",))) == {"secondary": SECONDARY}


@pytest.mark.parametrize("success", [True, False])
@pytest.mark.parametrize(
    ("operation", "switch"),
    [
        (Operation.CREATION, "on_auth_creation"),
        (Operation.REFRESH, "on_auth_refresh_error"),
        (Operation.DELETION, "on_connection_deletion"),
    ],
)
def test_each_kind_of_event_has_its_switch(
    operation: Operation, switch: str, success: bool
) -> None:
    event = make_event(operation, success=success)

    assert not endpoints(event, replace(BOTH, **{switch: False}))
    assert endpoints(event, replace(ALL_OFF, **{switch: True}))


@pytest.mark.parametrize("success", [True, False])
def test_an_override_has_no_switch(success: bool) -> None:
    assert endpoints(make_event(Operation.OVERRIDE, success=success), ALL_OFF)


def test_a_connections_own_url_does_not_get_what_is_switched_off() -> None:
    assert not endpoints(make_event(webhook_url_override=OVERRIDE), ALL_OFF)
