"""What a mode always asks people for, so that no entry has to repeat it.

An entry states only what is different at its provider: a title, a format, a field that it hides.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

Field = Mapping[str, Any]

_CLIENT_ID: Field = {
    "format": "token",
    "title": "Client ID",
    "description": "Of the API client that you made in {vendor}.",
}
_CLIENT_SECRET: Field = {
    "format": "token",
    "title": "Client secret",
    "description": "Belongs to the client ID; most vendors show it once.",
    "secret": True,
}
_PRIVATE_KEY: Field = {
    "format": "multiline",
    "title": "Private key",
    "description": "The whole file, with its first and last line.",
    "secret": True,
}
_CERTIFICATE: Field = {
    "format": "multiline",
    "title": "Client certificate",
    "description": "The certificate that {vendor} issued to you, in PEM.",
    "secret": True,
}

_BY_MODE: Mapping[str, Mapping[str, Field]] = MappingProxyType(
    {
        "API_KEY": {
            "apiKey": {
                "format": "token",
                "title": "API key",
                "description": "From the settings of your {vendor} account.",
                "secret": True,
            }
        },
        "BASIC": {
            "username": {
                "title": "Username",
                "description": "Your {vendor} user name, or the ID of an API key.",
            },
            "password": {
                "title": "Password",
                "description": "The password, or the secret that belongs to the key.",
                "secret": True,
            },
        },
        "OAUTH2_CC": {"client_id": _CLIENT_ID, "client_secret": _CLIENT_SECRET},
        "TBA": {
            "token_id": {
                "format": "token",
                "title": "Token ID",
                "description": "Of an access token made for this integration.",
            },
            "token_secret": {
                "format": "token",
                "title": "Token secret",
                "description": "Shown once, together with the token ID.",
                "secret": True,
            },
        },
        "BILL": {
            "username": {
                "title": "Username",
                "description": "The email address that you sign in to {vendor} with.",
            },
            "password": {
                "title": "Password",
                "description": "Your {vendor} password.",
                "secret": True,
            },
            "organization_id": {
                "format": "token",
                "title": "Organization ID",
                "description": "In {vendor} under Settings, Sync & Integrations.",
            },
            "dev_key": {
                "format": "token",
                "title": "Developer key",
                "description": "In {vendor} under Settings, Sync & Integrations.",
                "secret": True,
            },
        },
    }
)


def with_mode_inputs(document: Mapping[str, Any]) -> dict[str, Any]:
    """A provider's document with the credentials of its mode under those that it states.

    One that is not well formed comes back as it is: the schema says what is wrong with it.
    """
    fields, stated = _fields(document), document.get("credentials", {})
    if not fields or not _is_table_of_tables(stated):
        return dict(document)
    vendor = str(document.get("display_name", "")).partition(" (")[0]
    merged = {
        name: {**_named(field, vendor), **stated.get(name, {})} for name, field in fields.items()
    }
    others = {name: field for name, field in stated.items() if name not in merged}
    return {**document, "credentials": {**merged, **others}}


def _is_table_of_tables(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(field, dict) for field in value.values())


def _fields(document: Mapping[str, Any]) -> dict[str, Field]:
    fields = dict(_BY_MODE.get(str(document.get("auth_mode")), {}))
    if document.get("auth_mode") != "OAUTH2_CC":
        return fields
    if document.get("token_endpoint_auth_method") == "private_key_jwt":
        fields = {"client_id": _CLIENT_ID, "client_private_key": _PRIVATE_KEY}
    if document.get("client_certificate_required"):
        fields |= {"client_certificate": _CERTIFICATE, "client_private_key": _PRIVATE_KEY}
    return fields


def _named(field: Field, vendor: str) -> dict[str, Any]:
    return {**field, "description": field["description"].format(vendor=vendor)}
