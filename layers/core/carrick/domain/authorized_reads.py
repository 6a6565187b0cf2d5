"""Reads all that a flow's end must know, and checks that it is what it was when the flow began."""

from collections.abc import Mapping

from carrick.catalog import Catalog
from carrick.domain.authorized import Authorized, check_unchanged
from carrick.errors import FlowError
from carrick.models.flow import Flow
from carrick.store.flow_reads import FlowReads


def read_authorized(
    flow: Flow, callback: Mapping[str, str], *, reads: FlowReads, catalog: Catalog
) -> Authorized:
    """Session, integration and, for a reconnect, connection as they are now.

    Raises ``FlowError`` if one is gone or another one.
    """
    session, integration, existing = reads.read(flow)
    if session is None:
        raise FlowError("The connect session has ended.", code="session_ended")
    if integration is None:
        raise FlowError("The integration changed in the meantime.", code="provider_config_err")
    provider = catalog.get(flow.provider)
    authorized = Authorized(flow, session, integration, provider, existing, callback)
    check_unchanged(authorized)
    return authorized
