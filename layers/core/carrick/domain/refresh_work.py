"""What a refresh worker does with one message: look again, and refresh if it is still due."""

from collections.abc import Callable

from carrick.domain.refresh import Dependencies, Result, refresh_connection
from carrick.models.connection import ConnectionKey
from carrick.models.events import RefreshMessage


def refresh_if_due(
    message: RefreshMessage, deps: Dependencies, *, seconds_left: Callable[[], float]
) -> str:
    """Returns the outcome in a word, for the log. A message is done whatever it is.

    A failure is recorded on the connection with the time of the next try, so it needs no
    redelivery; only what raises (KMS or DynamoDB down) does.
    """
    key = ConnectionKey(message.environment_id, message.integration_id, message.connection_id)
    connection = deps.connections.get(key)
    if connection is None:
        return "deleted"
    refresh_at = connection.refresh.refresh_at
    if refresh_at is None or refresh_at > deps.now():
        return "not_due"
    outcome = refresh_connection(connection, deps, seconds_left=seconds_left)
    return Result(outcome.result).value
