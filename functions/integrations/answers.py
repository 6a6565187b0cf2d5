"""Integrations as answers show them, by who asks."""

from collections.abc import Collection, Sequence
from typing import Any

from carrick.catalog.library import logo_url
from carrick.domain import integrations
from carrick.edge.http import Request
from carrick.models import wire_integrations as wire
from carrick.models.integration import Integration
from functions.integrations.dependencies import dependencies


def shown(request: Request, found: Sequence[Integration]) -> list[dict[str, Any]]:
    """Integrations of one environment. A browser with a session sees no settings of theirs."""
    deps, base_url = dependencies().use_cases, request.base_url
    names = integrations.display_names(found, deps)
    facts = [
        wire.integration_body(each, display_name=name, logo_url=logo_url(each.provider, base_url))
        for each, name in zip(found, names, strict=True)
    ]
    session = request.authorized.session
    if session is not None:
        # What the person will be asked for, to be read before they go (requirement 22).
        wanted = (session.defaults_for(each.integration_id).scopes_override for each in found)
        return [
            {**fact, "scopes": list(each.scopes if scopes is None else scopes)}
            for fact, each, scopes in zip(facts, found, wanted, strict=True)
        ]
    urls = integrations.callback_urls(found, base_url, deps)
    settings = [wire.settings_body(each, url) for each, url in zip(found, urls, strict=True)]
    return [{**fact, **more} for fact, more in zip(facts, settings, strict=True)]


def included(integration: Integration, include: Collection[str]) -> dict[str, Any]:
    """What ``include`` asks for beside the integration: whoever calls may see credentials."""
    more: dict[str, Any] = {}
    if "webhook" in include:
        more["webhook_url"] = None  # no route takes a provider's webhooks
    if "credentials" in include:
        found = integrations.credentials(integration, dependencies().use_cases)
        more["credentials"] = wire.credentials_body(found)
    return more
