"""Integrations: providers configured with a client of the customer's."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from carrick.catalog import Catalog
from carrick.catalog.auth_modes import AuthMode
from carrick.clock import Clock
from carrick.domain import connections, integration_settings
from carrick.domain.callback_urls import callback_url_of
from carrick.domain.invalid_fields import invalid_field
from carrick.domain.vault import Vault
from carrick.errors import ConflictError, NotFoundError
from carrick.models.integration import ClientCredentials, Integration, IntegrationChanges
from carrick.models.session import ConnectSession
from carrick.store.environments import EnvironmentStore
from carrick.store.integrations import IntegrationStore

if TYPE_CHECKING:
    from carrick.transport.client import Transport


@dataclass(frozen=True, slots=True)
class Dependencies:
    """``transport`` makes what registers clients.

    ``deletion_limit``: how many connections one request has the time to delete.
    """

    integrations: IntegrationStore
    environments: EnvironmentStore
    connections: connections.Dependencies
    vault: Vault
    catalog: Catalog
    transport: Callable[[], "Transport"]
    now: Clock
    deletion_limit: int = 500


def callback_urls(
    integrations: Sequence[Integration], base_url: str, deps: Dependencies
) -> list[str]:
    """The redirect URIs of integrations of one environment."""
    if not integrations:
        return []
    environment = deps.environments.get(integrations[0].environment_id)
    if environment is None:
        raise NotFoundError("No such environment.")
    return [callback_url_of(each, environment, base_url) for each in integrations]


def display_names(integrations: Sequence[Integration], deps: Dependencies) -> Sequence[str]:
    """The customer's names, or the providers'. One that left the catalog goes by its key."""
    unnamed = any(not each.display_name for each in integrations)
    entries: Sequence[Mapping[str, str]] = deps.catalog.summaries() if unnamed else []
    providers = {entry["name"]: entry["display_name"] for entry in entries}
    return [
        each.display_name or providers.get(each.provider, each.provider) for each in integrations
    ]


def list_integrations(
    environment_id: str, session: ConnectSession | None, deps: Dependencies
) -> list[Integration]:
    """The integrations of an environment, by id; with a session, those that it allows."""
    found = deps.integrations.list(environment_id)
    return [each for each in found if session is None or session.allows(each.integration_id)]


def read(environment_id: str, integration_id: str, deps: Dependencies) -> Integration:
    """One integration. Raises ``NotFoundError``."""
    integration = deps.integrations.get(environment_id, integration_id)
    if integration is None:
        raise NotFoundError("No such integration.")
    return integration


def credentials(integration: Integration, deps: Dependencies) -> ClientCredentials | None:
    """The client's credentials, unsealed; ``None`` for a provider that has left the catalog."""
    modes = {entry["name"]: entry["auth_mode"] for entry in deps.catalog.summaries()}
    mode = modes.get(integration.provider)
    if mode is None:
        return None
    return ClientCredentials(
        type=mode,
        client_id=integration.client_id,
        client_secret=deps.vault.client_secret(integration),
        scopes=",".join(integration.scopes),
        webhook_secret=deps.vault.webhook_secret(integration),
        app_id=integration.custom.get("app_id", ""),
        app_link=integration.custom.get("app_link", ""),
        private_key=deps.vault.custom_secrets(integration).private_key,
    )


def create(
    environment_id: str,
    provider_name: str,
    changes: IntegrationChanges,
    base_url: str,
    deps: Dependencies,
) -> Integration:
    """Make an integration, with a client where its provider registers them.

    Raises ``ValidationFailedError`` for what contract §8.1 lists; ``ProviderError`` or
    ``EgressError`` where a client could not be registered.
    """
    try:
        provider = deps.catalog.get(provider_name)
    except NotFoundError:
        raise invalid_field(["provider"], "Invalid provider") from None
    now = deps.now()
    blank = Integration(environment_id, changes.integration_id or "", provider_name, now, now)
    integration = integration_settings.configured(blank, changes, provider, deps.vault)
    integration = _with_client(integration, base_url, deps)
    try:
        deps.integrations.create(integration)
    except ConflictError:
        raise _taken() from None
    return integration


def update(
    environment_id: str,
    integration_id: str,
    changes: IntegrationChanges,
    base_url: str,
    deps: Dependencies,
) -> Integration:
    """Change what is given; rename while there are no connections.

    An authorization that is in progress while its integration is renamed ends without a
    connection. Raises ``NotFoundError``, ``ValidationFailedError``, ``ConflictError`` if another
    change came between.
    """
    before = read(environment_id, integration_id, deps)
    if changes.integration_id not in {None, integration_id} and deps.connections.lists.has_any(
        environment_id, integration_id
    ):
        raise invalid_field(["uniqueKey"], "An integration with connections keeps its unique key")
    after = integration_settings.changed(before, changes, deps.catalog, deps.vault)
    after = replace(_with_client(after, base_url, deps), updated_at=deps.now())
    try:
        deps.integrations.update(after, replaces=before)
    except ConflictError as error:
        if error.code == "unique_key_taken":
            raise _taken() from None
        raise
    return after


def delete(environment_id: str, integration_id: str, deps: Dependencies) -> None:
    """Delete an integration after its connections, each with its event.

    Raises ``NotFoundError``; ``ConflictError`` (``deletion_unfinished``) when there are more
    connections than one request has time for: the next request goes on with the rest.
    """
    integration = read(environment_id, integration_id, deps)
    _delete_connections(integration, deps)
    deps.integrations.delete(environment_id, integration_id)
    # Those that were made in the meantime, or that the index did not show yet.
    _delete_connections(integration, deps)


def _with_client(integration: Integration, base_url: str, deps: Dependencies) -> Integration:
    """The integration with a client of Carrick's making, where its provider takes one."""
    try:
        provider = deps.catalog.get(integration.provider)
    except NotFoundError:  # it has left the catalog
        return integration
    if provider.auth_mode is not AuthMode.MCP_OAUTH2:
        return integration
    # Imported here: what asks providers is not for a list in a browser to wait for.
    from carrick.domain.client_registration import with_client  # noqa: PLC0415
    from carrick.domain.modes.contract import Tools  # noqa: PLC0415

    (redirect_uri,) = callback_urls([integration], base_url, deps)
    return with_client(
        integration,
        provider,
        redirect_uri,
        base_url=base_url,
        vault=deps.vault,
        tools=Tools(deps.transport(), deps.now),
    )


def _delete_connections(integration: Integration, deps: Dependencies) -> None:
    rows = deps.connections.lists.of_integrations(
        integration.environment_id, [integration.integration_id]
    )
    for row in islice(rows, deps.deletion_limit):
        try:
            connections.delete(row.key, deps.connections, integration=integration)
        except NotFoundError:
            continue  # the index still shows one that is gone
    if next(rows, None) is not None:
        raise ConflictError(
            f"{deps.deletion_limit} connections were deleted and more are left. "
            "Send the request again.",
            code="deletion_unfinished",
        )


def _taken() -> Exception:
    return invalid_field(["uniqueKey"], "Unique key already exists")
