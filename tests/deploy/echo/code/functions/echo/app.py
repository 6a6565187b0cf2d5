"""Answers a request with its event; logs any other event."""

import json
from typing import Any


def lambda_handler(event: Any, context: Any) -> Any:
    if "routeKey" in event:
        return {"statusCode": 200, "body": json.dumps(event)}
    print("EVENT " + json.dumps(event))
    return None
