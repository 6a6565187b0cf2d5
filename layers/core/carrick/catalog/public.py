"""An entry under Nango's public names (contract §8.2, §12).

What Nango has no name for is left out, and so is what equals nothing: an absent key means the
protocol's default.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from carrick.catalog.formats import FORMATS

if TYPE_CHECKING:
    from carrick.catalog.schema import InputField, Provider
    from carrick.catalog.schema.api import Api, Pagination, Retry, Verification

_SAME = (
    "name", "display_name", "categories", "docs", "docs_connect", "setup_guide_url", "installation",
    "default_scopes", "authorization_params", "token_params", "token_headers", "refresh_url",
    "refresh_params", "redirect_uri_metadata", "token_response_metadata", "request_url",
    "registration_url",
)  # fmt: skip
"""Keys that mean the same under the same name."""


def public_entry(provider: "Provider") -> dict[str, Any]:
    """The public form of an entry: JSON values only, without ``logo_url``."""
    shown: dict[str, Any] = {key: _plain(getattr(provider, key)) for key in _SAME}
    shown |= {
        "auth_mode": str(provider.auth_mode),
        "authorization_url": _either(
            provider.authorization_url, provider.authorization_url_fallbacks
        ),
        "token_url": _either(provider.token_url, provider.token_url_fallbacks),
        **_authorization(provider),
        **_token(provider),
        "connection_config": _inputs(provider.connection_config),
        "credentials": _inputs(provider.credentials),
        "integration_config": _inputs(provider.integration_config),
        "assertion_option": _inputs(provider.assertion_option),
        "proxy": _proxy(provider.api),
        "webhook_user_defined_secret": bool(
            provider.webhooks and provider.webhooks.user_defined_secret
        ),
    }
    return _stated(shown)


def _authorization(provider: "Provider") -> dict[str, Any]:
    return {
        "scope_separator": _unless(" ", provider.scope_separator),
        "disable_pkce": not provider.pkce,
        "authorization_url_fragment": provider.authorization_fragment,
        "authorization_url_skip_empty": provider.authorization_skip_empty,
        "authorization_url_skip_encode": (
            ["scopes"] if provider.authorization_scope_unencoded else None
        ),
        "authorization_code_param_in_callback": _unless("code", provider.code_param),
        "authorization_code_param_in_webhook": provider.webhook_code_path,
        "webhook_response_metadata": list(provider.webhook_metadata),
    }


def _token(provider: "Provider") -> dict[str, Any]:
    method = provider.token_endpoint_auth_method
    return {
        "body_format": _unless("form", provider.token_body_format),
        "authorization_method": "header" if method == "client_secret_basic" else None,
        "token_request_auth_method": {
            "client_secret_basic_raw": "basic",
            "private_key_jwt": "private_key_jwt",
        }.get(method),
        "token_request_method": _unless("POST", provider.token_method),
        "alternate_access_token_response_path": provider.token_response.token_object_path,
        "expires_in_unit": _unless("seconds", provider.expires_in_unit),
        "token_expiration_buffer": provider.token_expiration_buffer_seconds,
        "require_client_certificate": provider.client_certificate_required,
        "client_registration": _registration(provider),
    }


def _registration(provider: "Provider") -> str | None:
    if provider.registration is None:
        return None
    method = provider.registration.method
    return "cimd" if method == "metadata_document" else method


def _either(first: str | None, fallbacks: tuple[str, ...]) -> str | None:
    return " || ".join((first, *fallbacks)) if first else None


def _inputs(fields: Mapping[str, "InputField"]) -> dict[str, Any]:
    return {name: _stated(_input(field)) for name, field in fields.items()}


def _input(field: "InputField") -> dict[str, Any]:
    rule = FORMATS[field.format]
    return {
        "type": "string",
        "title": field.title,
        "description": field.description,
        "example": field.example,
        "pattern": rule.pattern if not rule.wire_format else None,
        "format": rule.wire_format,
        "enum": list(field.enum),
        "order": field.order,
        "default_value": field.default,
        "secret": field.secret,
        "hidden": field.hidden,
        "prefix": field.prefix,
        "suffix": field.suffix,
        "doc_section": field.docs_section,
        "optional": field.optional,
        "automated": field.automated,
        "warnings": field.warnings,
        "visible_when": field.visible_when.model_dump() if field.visible_when else None,
    }


def _proxy(api: "Api") -> dict[str, Any]:
    return _stated(
        {
            "base_url": _either(api.base_url, api.base_url_fallbacks),
            "headers": api.headers,
            "query": api.query,
            "body": api.body,
            "decompress": api.decompress,
            "forward_headers_on_redirect": api.forward_headers_on_redirect,
            "retry": _retry(api.retry),
            "paginate": _pagination(api.pagination),
            "verification": _verification(api.verification),
        }
    )


def _retry(retry: "Retry") -> dict[str, Any]:
    return _stated(
        {
            "at": list(retry.at_headers),
            "after": list(retry.after_headers),
            "remaining": retry.remaining_headers[0] if retry.remaining_headers else None,
            "error_code": list(retry.statuses),
        }
    )


def _pagination(pagination: "Pagination | None") -> dict[str, Any] | None:
    if pagination is None:
        return None
    return _stated(
        {
            "type": pagination.type,
            "cursor_path_in_response": pagination.cursor_path,
            "cursor_name_in_request": pagination.cursor_param,
            "limit_name_in_request": pagination.limit_param,
            "link_rel_in_response_header": pagination.link_rel,
            "link_path_in_response_body": pagination.link_path,
            "offset_name_in_request": pagination.offset_param,
            "offset_start_value": pagination.offset_start,
            "offset_calculation_method": pagination.offset_step,
            "response_path": pagination.response_path,
        }
    )


def _verification(verification: "Verification | None") -> dict[str, Any] | None:
    if verification is None:
        return None
    return _stated(
        {
            "method": verification.method,
            "endpoints": list(verification.paths),
            "base_url_override": verification.base_url,
            "headers": verification.headers,
            "data": verification.body,
        }
    )


def _unless(default: str, value: str) -> str | None:
    return None if value == default else value


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _stated(members: Mapping[str, Any]) -> dict[str, Any]:
    """The members that say something: no ``None``, ``False``, empty text, list or map."""
    return {
        key: value
        for key, value in members.items()
        if value is not None and value is not False and value not in ("", [], {})
    }
