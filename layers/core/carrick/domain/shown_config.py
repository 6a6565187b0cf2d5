"""Connection config as it is shown to who may not see credentials."""

from dataclasses import replace

from carrick.catalog import Catalog
from carrick.errors import NotFoundError
from carrick.models.connection import Connection


def without_secrets(connection: Connection, catalog: Catalog) -> Connection:
    """The connection without what its entry calls secret: keys that some APIs want beside a token.

    Without any of it once the entry has left the catalog, since nobody can tell then.
    """
    if not connection.connection_config:
        return connection
    try:
        fields = catalog.get(connection.provider).connection_config
    except NotFoundError:
        return replace(connection, connection_config={})
    shown = {
        name: value
        for name, value in connection.connection_config.items()
        if name not in fields or not fields[name].secret
    }
    return replace(connection, connection_config=shown)
