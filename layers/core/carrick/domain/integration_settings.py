"""What a customer sets on an integration: checked against its provider, secrets sealed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from carrick.catalog import Catalog
from carrick.catalog.auth_modes import AuthMode
from carrick.catalog.formats import validate
from carrick.catalog.inputs import checked
from carrick.domain.customer_urls import check_callback_url
from carrick.domain.invalid_fields import invalid_field
from carrick.domain.vault import Vault
from carrick.errors import InvalidRequestError, NotFoundError
from carrick.models.integration import (
    REGISTERED_REDIRECT_URI,
    ClientCredentials,
    CustomSecrets,
    Integration,
    IntegrationChanges,
)
from carrick.oauth.app_tokens import pem_of

if TYPE_CHECKING:
    from carrick.catalog.schema import InputField, Provider

# The entry's name for the page where an app is installed.
LINK = "appPublicLink"

MODES_THAT_NEED_CREDENTIALS = frozenset(
    {AuthMode.OAUTH1, AuthMode.OAUTH2, AuthMode.APP, AuthMode.CUSTOM}
)
MODES_WITH_PUBLIC_CLIENTS = frozenset({AuthMode.MCP_OAUTH2, AuthMode.MCP_OAUTH2_GENERIC})


@dataclass(frozen=True, slots=True)
class _Secrets:
    client_secret: str = field(default="", repr=False)
    webhook_secret: str = field(default="", repr=False)
    custom: CustomSecrets = field(default_factory=CustomSecrets)


def configured(
    blank: Integration, changes: IntegrationChanges, provider: "Provider", vault: Vault
) -> Integration:
    """A new integration with what is given. Raises ``ValidationFailedError``."""
    if provider.auth_mode in MODES_THAT_NEED_CREDENTIALS and changes.credentials is None:
        raise invalid_field(["credentials"], "Missing credentials")
    # What the provider asks of the customer must be there from the start.
    changes = replace(changes, integration_config=changes.integration_config or {})
    facts, secrets = _with_secrets(_with_facts(blank, changes), _Secrets(), changes, provider)
    return _sealed(facts, secrets, vault)


def changed(
    before: Integration, changes: IntegrationChanges, catalog: Catalog, vault: Vault
) -> Integration:
    """An integration with what is given, under its new id if there is one.

    Secrets are bound to the id that they were sealed for, so a rename seals them anew. Raises
    ``ValidationFailedError``; once its provider has left the catalog, only facts can change.
    """
    facts = _with_facts(before, changes)
    is_renamed = facts.integration_id != before.integration_id
    inputs = (changes.credentials, changes.integration_config, changes.custom)
    if inputs == (None, None, None) and not is_renamed:
        return facts
    secrets = _unsealed(before, vault)
    if inputs != (None, None, None):
        try:
            provider = catalog.get(before.provider)
        except NotFoundError:
            raise invalid_field(["provider"], "Invalid provider") from None
        facts, secrets = _with_secrets(facts, secrets, changes, provider)
    return _sealed(facts, secrets, vault)


def _with_facts(integration: Integration, changes: IntegrationChanges) -> Integration:
    if changes.callback_url:
        check_callback_url(changes.callback_url, ["callback_url"])
    names = (
        "integration_id",
        "display_name",
        "forward_webhooks",
        "callback_url",
        "allowed_hosts",
    )
    given = {name: getattr(changes, name) for name in names}
    return replace(
        integration, **{name: value for name, value in given.items() if value is not None}
    )


def _with_secrets(
    facts: Integration, secrets: _Secrets, changes: IntegrationChanges, provider: "Provider"
) -> tuple[Integration, _Secrets]:
    """Credentials replace what was there; configuration and ``custom`` are added to it."""
    if changes.credentials is not None:
        facts, secrets = _with_credentials(facts, secrets, changes.credentials, provider)
    if changes.integration_config is not None:
        facts, secrets = _with_config(facts, secrets, changes.integration_config, provider)
    custom = {**secrets.custom.custom, **(changes.custom or {})}
    return facts, replace(secrets, custom=replace(secrets.custom, custom=custom))


def _with_config(
    facts: Integration, secrets: _Secrets, given: Mapping[str, str], provider: "Provider"
) -> tuple[Integration, _Secrets]:
    fields = provider.integration_config
    if not given.keys() <= fields.keys():
        message = "The provider has no such configuration"
        raise invalid_field(["integration_config"], message, code="unrecognized_keys")
    before = {**facts.integration_config, **secrets.custom.integration_config}
    config = _checked_config({**before, **given}, fields)
    public = {name: text for name, text in config.items() if not fields[name].secret}
    sealed = {name: text for name, text in config.items() if fields[name].secret}
    custom = replace(secrets.custom, integration_config=sealed)
    facts = replace(facts, integration_config=public, secret_inputs=tuple(sorted(sealed)))
    return facts, replace(secrets, custom=custom)


def _with_credentials(
    facts: Integration, secrets: _Secrets, given: ClientCredentials, provider: "Provider"
) -> tuple[Integration, _Secrets]:
    if given.type != provider.auth_mode:
        raise invalid_field(
            ["credentials", "type"], "incompatible credentials auth type and provider auth"
        )
    is_public = provider.token_endpoint_auth_method == "none"  # noqa: S105 - RFC 7591 §2
    is_public = is_public or provider.auth_mode in MODES_WITH_PUBLIC_CLIENTS
    if given.client_id and given.client_secret is None and not is_public:
        raise invalid_field(["credentials", "client_secret"], "Required", code="invalid_type")
    scopes = facts.scopes
    if given.scopes is not None or not scopes:
        asked = [scope for scope in (given.scopes or "").split(",") if scope]
        scopes = tuple(dict.fromkeys(asked)) or provider.default_scopes
    _check_app(given, provider)
    if not given.client_id and facts.custom.get(REGISTERED_REDIRECT_URI):
        # The client that Carrick had registered stays: connections live by it.
        return replace(facts, scopes=scopes), secrets
    app = {"app_id": given.app_id, "app_link": given.app_link}
    changed_facts = replace(
        facts,
        client_id=given.client_id,
        scopes=scopes,
        custom={name: value for name, value in app.items() if value},
    )
    webhook_secret = given.webhook_secret
    return changed_facts, _Secrets(
        client_secret=given.client_secret or "",
        webhook_secret=secrets.webhook_secret if webhook_secret is None else webhook_secret,
        custom=replace(secrets.custom, private_key=given.private_key or ""),
    )


def _check_app(given: ClientCredentials, provider: "Provider") -> None:
    """What would otherwise fail only when somebody connects."""
    link = provider.connection_config.get(LINK)
    try:
        if given.app_link and link is not None:
            checked(LINK, link, given.app_link)
        if provider.auth_mode is AuthMode.INSTALL_PLUGIN:
            validate("url", given.app_link, "app_link")
    except InvalidRequestError as error:
        raise invalid_field(["credentials", "app_link"], error.message) from None
    try:
        if given.private_key is not None:
            pem_of(given.private_key)
    except InvalidRequestError:
        message = "Not an RSA private key in PEM, nor the base64 of one"
        raise invalid_field(["credentials", "private_key"], message) from None


def _checked_config(given: Mapping[str, str], fields: Mapping[str, "InputField"]) -> dict[str, str]:
    """The values of what the catalog asks of the customer, defaults filled in."""
    config: dict[str, str] = {}
    for name, declared in fields.items():
        value = (None if declared.automated else given.get(name)) or declared.default
        path = ["integration_config", name]
        if value:
            try:
                config[name] = checked(name, declared, value)
            except InvalidRequestError as error:
                raise invalid_field(path, error.message) from None
        elif not declared.optional and not declared.automated:
            raise invalid_field(path, "Required", code="invalid_type")
    return config


def _unsealed(integration: Integration, vault: Vault) -> _Secrets:
    return _Secrets(
        client_secret=vault.client_secret(integration),
        webhook_secret=vault.webhook_secret(integration),
        custom=vault.custom_secrets(integration),
    )


def _sealed(integration: Integration, secrets: _Secrets, vault: Vault) -> Integration:
    place = integration.environment_id, integration.integration_id
    client, webhook = secrets.client_secret, secrets.webhook_secret
    return replace(
        integration,
        sealed_client_secret=vault.seal_client_secret(*place, client) if client else b"",
        sealed_webhook_secret=vault.seal_webhook_secret(*place, webhook) if webhook else b"",
        sealed_custom=vault.seal_custom(*place, secrets.custom),
    )
