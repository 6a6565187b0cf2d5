"""Import: credentials that were obtained elsewhere become a connection (contract §7.3).

Tokens are taken as they are; what a mode can try or swap for tokens itself goes through the mode,
as if a person had filled it in. From there on it is the path of every authorization.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from carrick import identifiers, observability
from carrick.catalog import Catalog
from carrick.catalog.inputs import connection_config
from carrick.catalog.schema import Provider
from carrick.clock import Clock
from carrick.domain import oauth2
from carrick.domain.authorized import blank, holding
from carrick.domain.commit import TRIES, CommitDependencies, store
from carrick.domain.connections import MAX_METADATA_BYTES
from carrick.domain.form_connections import assertion_option, obtain, supplied
from carrick.domain.invalid_fields import invalid_field
from carrick.domain.lookups import looked_up
from carrick.domain.modes.contract import Obtained, Setting, Tools
from carrick.domain.sealing import sealed
from carrick.domain.vault import Vault
from carrick.errors import ConflictError, InvalidRequestError, NotFoundError, PayloadTooLargeError
from carrick.models.connection import Connection, ConnectionKey
from carrick.models.credentials import Credentials
from carrick.models.integration import Integration
from carrick.store.connection_items import to_json
from carrick.store.integrations import IntegrationStore
from carrick.transport.client import Transport

TAKEN_AS_THEY_ARE = frozenset({"OAUTH2", "OAUTH2_CC"})
"""Types whose tokens are in the body. The others are tried, or asked for, as by a form."""


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What the backend sent; ``None`` is what it did not name. An empty id asks for a new one.

    ``credentials`` are the members of the type under their wire names, ``expires_at`` in epoch
    seconds.
    """

    integration_id: str
    connection_id: str
    type: str
    credentials: Mapping[str, Any] = field(repr=False)
    assertion_option: Mapping[str, str] = field(default_factory=dict, repr=False)
    expires_at: float | None = None
    connection_config: Mapping[str, str | bool] | None = None
    scopes: tuple[str, ...] | None = None
    metadata: Mapping[str, Any] | None = None
    tags: Mapping[str, str] | None = None
    end_user: Mapping[str, Any] | None = None
    webhook_url_override: str | None = None


@dataclass(frozen=True, slots=True)
class Dependencies:
    integrations: IntegrationStore
    commit: CommitDependencies
    vault: Vault
    catalog: Catalog
    transport: Transport
    now: Clock


def import_connection(
    environment_id: str, request: ImportRequest, deps: Dependencies
) -> tuple[Connection, Credentials]:
    """Make the connection, or renew the one of that id. The same request again changes nothing.

    1. integration and entry exist, and the type is the entry's auth mode
    2. connection config as the entry declares it; the backend may set what a provider says
    3. credentials, tried where the entry knows how
    4. connection, tags and event in one transaction, onto the connection that was read

    Raises ``NotFoundError``, ``InvalidRequestError`` (``connection_test_failed`` and what each mode
    says), ``PayloadTooLargeError``; ``ConflictError`` when others write it all the time.
    """
    integration, provider = _wanted(environment_id, request, deps)
    if len(to_json(request.metadata or {}).encode()) > MAX_METADATA_BYTES:
        raise PayloadTooLargeError("The metadata of a connection is over 32 KiB.")
    connection_id = request.connection_id or identifiers.new_connection_id()
    key = ConnectionKey(environment_id, integration.integration_id, connection_id)
    config = _config(provider, request, deps.commit.connections.get(key))
    setting = Setting(
        provider=provider,
        integration=integration,
        client_secret=deps.vault.client_secret(integration),
        secrets=deps.vault.custom_secrets(integration),
        config={name: value for name, value in config.items() if isinstance(value, str)},
        scopes=request.scopes or integration.scopes or provider.default_scopes,
        assertion_option=assertion_option(provider, request.assertion_option),
    )
    obtained = _obtained(request, setting, Tools.of(setting, deps.transport, deps.now))
    named = {
        **_named(request),
        "connection_config": {**obtained.said, **config},
        "requested_scopes": setting.scopes,
        "binding": "import",
        "awaits": "",
    }
    connection = _stored(key, named, obtained, provider, deps)
    observability.count("ConnectionImported")
    return connection, obtained.credentials


def _stored(
    key: ConnectionKey,
    named: Mapping[str, Any],
    obtained: Obtained,
    provider: Provider,
    deps: Dependencies,
) -> Connection:
    """The committed connection: again if another write came between, onto what is there then."""
    operation_id = identifiers.new_operation_id()
    granted = sealed(key, obtained, provider, deps.vault)

    def write() -> Connection:
        before, now = deps.commit.connections.get(key), deps.now()
        connection = replace(before or blank(key, now=now), **named)
        issued_at = None if obtained.credentials.type in TAKEN_AS_THEY_ARE else now
        connection = holding(connection, granted, provider, issued_at=issued_at, now=now)
        store(connection, deps.commit, replaces=before, operation_id=operation_id)
        return connection

    for _ in range(TRIES - 1):
        try:
            return write()
        except ConflictError:
            continue
    return write()


def _wanted(
    environment_id: str, request: ImportRequest, deps: Dependencies
) -> tuple[Integration, Provider]:
    integration = deps.integrations.get(environment_id, request.integration_id)
    if integration is None:
        raise NotFoundError("No such integration.")
    try:
        provider = deps.catalog.get(integration.provider)
    except NotFoundError as error:
        raise NotFoundError(error.message) from error
    if provider.auth_mode != request.type:
        raise invalid_field(
            ["credentials", "type"], f"This integration takes {provider.auth_mode}."
        )
    return integration, provider


def _config(
    provider: Provider, request: ImportRequest, existing: Connection | None
) -> dict[str, str | bool]:
    """What is given, as the entry declares it; without it, what the connection has already."""
    if request.connection_config is None:
        given = dict(existing.connection_config) if existing is not None else {}
    else:
        given = dict(request.connection_config)
    given = {name: value for name, value in given.items() if name not in oauth2.RESERVED}
    texts = connection_config(provider, given, accept_automated=True)
    said = {
        name: value
        for name, value in given.items()
        if isinstance(value, bool) and name not in provider.connection_config
    }
    for name, value in given.items():
        if value != "" and name not in {*texts, *said}:
            # Silence would lose what the backend relies on.
            raise InvalidRequestError(
                f"'{name[:64]}' cannot be kept: too long, not printable, or not text.",
                code="invalid_connection_config",
            )
    return {**texts, **said}


def _obtained(request: ImportRequest, setting: Setting, tools: Tools) -> Obtained:
    if request.type not in TAKEN_AS_THEY_ARE:
        return obtain(supplied(setting.provider, _as_filled_in(request), setting), setting, tools)
    values = dict(request.credentials)
    raw = {name: value for name, value in values.items() if name != "config_override"}
    account_id = oauth2.account_id_of(setting.provider, raw, setting.config)
    credentials = Credentials(request.type, values, request.expires_at, raw)
    obtained = Obtained(credentials.within_bounds(), account_id=account_id)
    return looked_up(obtained, setting, tools)


def _as_filled_in(request: ImportRequest) -> dict[str, str]:
    """The members as a form has them: there a client of the person's own has names of its own."""
    filled_in = dict(request.credentials)
    client = filled_in.pop("config_override", {})
    return {**filled_in, **{f"oauth_{name}_override": value for name, value in client.items()}}


def _named(request: ImportRequest) -> dict[str, Any]:
    """What the request names of the connection; the rest stays as it is."""
    named = {"metadata": request.metadata, "tags": request.tags, "end_user": request.end_user}
    found: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
    if request.webhook_url_override is not None:
        found["webhook_url_override"] = request.webhook_url_override or None
    return found
