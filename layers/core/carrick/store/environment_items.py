"""The layout of the items of EnvironmentsTable. ``store.environments`` says what they mean."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from carrick.models.environment import ApiKey, ConnectUi, Environment, SigningKey, WebhookSettings
from carrick.store.items import FORMAT, Item, from_item, to_attribute, to_item

ENDPOINTS = ("primary", "secondary")


def environment_key(environment_id: str) -> Item:
    """Key of the settings of an environment."""
    return to_item({"pk": environment_id, "sk": "environment"})


def api_key_key(environment_id: str, key_id: str) -> Item:
    """Key of one API key."""
    return to_item({"pk": environment_id, "sk": f"key#{key_id}"})


def name_key(name: str) -> Item:
    """Key of the row that reserves a name. No environment id can read ``names``: it is a UUID."""
    return to_item({"pk": "names", "sk": f"name#{name}"})


def environment_item(environment: Environment, *, api_keys: int) -> Item:
    """The settings of an environment, and how many API keys it has."""
    webhooks = asdict(environment.webhooks)
    disabled = webhooks.pop("disabled")
    for endpoint in ENDPOINTS:
        webhooks[f"{endpoint}_disabled"] = endpoint in disabled
    settings = {
        "format": FORMAT,
        "name": environment.name,
        "created_at": environment.created_at,
        "callback_url": environment.callback_url,
        "webhooks": webhooks,
        "connect_ui": asdict(environment.connect_ui),
        "signing_keys": signing_key_values(environment.signing_keys),
        "api_key_count": api_keys,
    }
    return environment_key(environment.environment_id) | to_item(settings)


def environment_from(item: Item) -> Environment:
    """The environment of an item."""
    values = from_item(item)
    webhooks = values["webhooks"]
    flags = {endpoint: webhooks.pop(f"{endpoint}_disabled") for endpoint in ENDPOINTS}
    disabled = tuple(endpoint for endpoint, flag in flags.items() if flag)
    return Environment(
        environment_id=values["pk"],
        name=values["name"],
        created_at=values["created_at"],
        callback_url=values["callback_url"],
        webhooks=WebhookSettings(**webhooks, disabled=disabled),
        connect_ui=ConnectUi(**values.get("connect_ui", {})),
        signing_keys=tuple(SigningKey(**key) for key in values["signing_keys"]),
    )


def signing_key_values(keys: Sequence[SigningKey]) -> list[dict[str, Any]]:
    """Signing keys as they are stored."""
    return [asdict(key) for key in keys]


def name_item(environment: Environment, name: str | None = None) -> Item:
    """The row that reserves an environment's name, or another one for it."""
    row = {"format": FORMAT, "environment_id": environment.environment_id}
    return name_key(environment.name if name is None else name) | to_item(row)


def api_key_item(key: ApiKey) -> Item:
    """One API key: the hash of it."""
    values = asdict(key)
    place = api_key_key(values.pop("environment_id"), values.pop("key_id"))
    return place | to_item({**values, "format": FORMAT})


def api_key_from(values: Mapping[str, Any]) -> ApiKey:
    """The API key of an item's values."""
    return ApiKey(
        environment_id=values["pk"],
        key_id=values["sk"].removeprefix("key#"),
        display_name=values["display_name"],
        token_hash=values["token_hash"],
        scopes=tuple(values["scopes"]),
        created_at=values["created_at"],
    )


def changed_attributes(
    name: str | None,
    callback_url: str | None,
    webhooks: Mapping[str, str | bool],
    connect_ui: ConnectUi | None,
) -> dict[str, Any]:
    """Attributes (a dot enters a map) and their new values. A new URL enables its endpoint."""
    changes: dict[str, Any] = {
        "name": name,
        "callback_url": callback_url,
        "connect_ui": asdict(connect_ui) if connect_ui else None,
    }
    for member, value in webhooks.items():
        changes[f"webhooks.{member}"] = value
        if member.endswith("_url"):
            changes[f"webhooks.{member.removesuffix('_url')}_disabled"] = False
    return {path: value for path, value in changes.items() if value is not None}


def update_expression(changes: Mapping[str, Any], add_api_keys: int) -> dict[str, Any]:
    """The members of an update that sets these attributes and moves the count of API keys.

    The environment's creation time is set to itself, so that an update of nothing is one too.
    """
    names, values, sets = {"#c": "created_at"}, {}, ["#c = #c"]
    for number, (path, value) in enumerate(changes.items()):
        parts = [f"#p{number}_{depth}" for depth in range(path.count(".") + 1)]
        names |= dict(zip(parts, path.split("."), strict=True))
        values[f":v{number}"] = to_attribute(value)
        sets.append(f"{'.'.join(parts)} = :v{number}")
    expression = "SET " + ", ".join(sets)
    if add_api_keys:
        values[":added"] = to_attribute(add_api_keys)
        expression += " ADD api_key_count :added"
    return {
        "UpdateExpression": expression,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
    }
