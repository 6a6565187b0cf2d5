"""What a form is answered: as the official clients read it, and what confirms a connection."""

from typing import Any

from carrick.domain.settlement import Settled
from carrick.edge import redirects
from carrick.models.session import ConnectSession


def shown(settled: Settled, session: ConnectSession) -> dict[str, Any]:
    """Names of connection and integration; where it waits to be confirmed, what confirms it."""
    key = settled.key
    data = {"connectionId": key.connection_id, "providerConfigKey": key.integration_id}
    if not settled.confirm_code:
        return data
    returns_to = redirects.to_application(
        session.return_url,
        provider_config_key=key.integration_id,
        connection_id=key.connection_id,
        confirm_code=settled.confirm_code,
    )
    pending = {"isPending": True, "confirmCode": settled.confirm_code}
    return {**data, **pending, **({"returnTo": returns_to} if returns_to else {})}
