"""Posts messages to browsers (``PostToConnection`` of the API Gateway management API)."""

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError


class SocketGateway:
    """Takes a client of the WebSocket API's management endpoint."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def post(self, gateway_id: str, message: Mapping[str, Any]) -> bool:
        """Send a message as JSON text. ``False`` if the connection is gone, or not there yet.

        Raises what botocore raises otherwise.
        """
        data = json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode()
        try:
            self._client.post_to_connection(ConnectionId=gateway_id, Data=data)
        except ClientError as error:
            if error.response["Error"]["Code"] == "GoneException":
                return False
            raise
        return True
