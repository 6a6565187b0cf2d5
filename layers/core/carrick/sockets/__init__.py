"""The connections of the WebSocket API, which browsers hold while they wait."""
