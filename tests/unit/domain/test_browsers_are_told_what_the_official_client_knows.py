"""Messages on the socket, as the official client reads them (contract §4.3, §5.1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from carrick import errors
from carrick.domain.notifications import (
    Waiting,
    acknowledge,
    error_message,
    error_type,
    success_message,
)
from carrick.models.socket import Socket

WAITING = Waiting("ws_x", "github", "c-1")


@pytest.mark.parametrize("is_pending", [False, True])
def test_success_has_these_members_and_no_other(is_pending: bool) -> None:
    assert success_message(WAITING, is_pending=is_pending) == {
        "message_type": "success",
        "provider_config_key": "github",
        "connection_id": "c-1",
        "is_pending": is_pending,
    }
    assert success_message(WAITING, is_pending=True)["is_pending"] is True


def test_an_error_has_these_members_and_no_other() -> None:
    assert error_message(WAITING, errors.FlowError("No.", code="state_err")) == {
        "message_type": "error",
        "provider_config_key": "github",
        "connection_id": "c-1",
        "error_type": "state_err",
        "error_desc": "No.",
    }


def test_a_description_has_an_end() -> None:
    assert len(error_message(WAITING, errors.FlowError("x" * 100_000))["error_desc"]) == 500


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (errors.FlowError("x"), "callback_err"),
        (errors.FlowError("x", code="url_param_err"), "url_param_err"),
        (errors.FlowError("x", code="iss_mismatch"), "callback_err"),
        (errors.FlowError("x", code="account_mismatch"), "connection_validation_failed"),
        (errors.FlowError("x", code="session_ended"), "account_or_environment_retrieval_err"),
        (errors.FlowError("x", code="connection_not_found"), "connection_not_found"),
        (errors.InvalidRequestError("x", code="invalid_connection_config"), "url_param_err"),
        (
            errors.InvalidRequestError("x", code="integration_not_allowed"),
            "integration_not_allowed",
        ),
        (errors.ValidationFailedError("invalid_uri_params", []), "invalid_uri_params"),
        (errors.UnauthenticatedError("x", code="unknown_account"), "unknown_account"),
        (errors.NotFoundError("x", code="unknown_provider_template"), "unknown_config_key"),
        (errors.ProviderRejectedError("x"), "unknown_err"),
        (errors.ProviderUnavailableError("x", code="request_token_external_error"), "unknown_err"),
        (errors.EgressFailedError("x", maybe_sent=True), "unknown_err"),
        (errors.SealError("x"), "unknown_err"),
        (errors.ConflictError("x"), "unknown_err"),
        (errors.CarrickError("x"), "unknown_err"),
    ],
)
def test_each_error_has_a_type_that_applications_know(
    error: errors.CarrickError, expected: str
) -> None:
    assert error_type(error) == expected


@dataclass
class HandshakeGoesOn:
    """A gateway whose connection is not there for so many tries."""

    tries: int
    messages: list[Mapping[str, Any]] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)

    def post(self, gateway_id: str, message: Mapping[str, Any]) -> bool:
        self.tries -= 1
        if self.tries < 0:
            self.messages.append(message)
        return self.tries < 0

    def acknowledge(self) -> bool:
        socket = Socket("g", "ws_canary", 0.0)
        return acknowledge(socket, self, pause=self.pauses.append)  # type: ignore[arg-type]


@pytest.mark.parametrize("tries", range(6))
def test_the_name_is_told_once_when_the_handshake_is_over(tries: int) -> None:
    gateway = HandshakeGoesOn(tries)

    assert gateway.acknowledge()

    assert gateway.messages == [{"message_type": "connection_ack", "ws_client_id": "ws_canary"}]
    assert len(gateway.pauses) == tries


def test_who_has_gone_is_waited_for_two_seconds_at_most() -> None:
    gateway = HandshakeGoesOn(1_000)

    assert not gateway.acknowledge()

    assert 1 < sum(gateway.pauses) < 2


@pytest.mark.parametrize(
    "value", [Socket("g", "ws_canary", 0.0), Waiting("ws_canary", "github", "c-1")]
)
def test_no_repr_shows_the_name(value: object) -> None:
    assert "ws_canary" not in repr(value)
