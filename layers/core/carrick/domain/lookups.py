"""Calls after authorization whose answers hold connection config: a tenant, a data centre, a site.

The entry declares them (``catalog.schema.api.Lookup``). They run with the fresh credentials, before
anything is stored. A value is checked as its field says, since hosts are made of some of them. One
that fails is not fatal by itself: the connection works without, and the next authorization asks
again. It is fatal when a URL of the entry cannot be made without the value (decision 0019).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from carrick import observability
from carrick.catalog.endpoints import EndpointName, endpoint, templates
from carrick.catalog.inputs import checked
from carrick.catalog.schema import InputField, Provider
from carrick.catalog.schema.api import Lookup
from carrick.clock import Clock
from carrick.domain import oauth2
from carrick.domain.modes.contract import Obtained, Setting, Tools
from carrick.domain.provider_calls import provider_request
from carrick.errors import CarrickError, FlowError, ProviderUnavailableError
from carrick.oauth.answers import at_path

# All of them together: what the callback has left after a slow token endpoint.
LOOKUP_SECONDS = 6.0
MAX_ANSWER_BYTES = 256 * 1024
NEEDED_BY: tuple[EndpointName, ...] = ("api", "refresh")

Config = Mapping[str, str | bool]


@dataclass(frozen=True, slots=True)
class _Deadline:
    """What is left for all calls together."""

    until: float
    now: Clock

    def seconds_left(self) -> float:
        left = self.until - self.now()
        if left <= 0:
            raise ProviderUnavailableError("The provider took too long.")
        return left


def looked_up(obtained: Obtained, setting: Setting, tools: Tools) -> Obtained:
    """The same with what the entry's calls found, and the account as it can be known by now.

    What is given already is not asked for. Raises ``FlowError`` (``url_param_err``) when a URL of
    the entry needs a value that could not be found.
    """
    provider = setting.provider
    if not provider.post_connection:
        return obtained
    deadline = _Deadline(tools.now() + LOOKUP_SECONDS, tools.now)
    found: dict[str, str] = {}
    for lookup in provider.post_connection:
        config = {**_texts(obtained.said), **setting.config, **found}
        wanted = {name: path for name, path in lookup.sets.items() if name not in config}
        if lookup.sets and not wanted:
            continue
        try:
            answer = _answer(lookup, obtained, replace(setting, config=config), tools, deadline)
            found |= _values(wanted, answer, provider)
        except CarrickError as error:
            _record(error, setting)
    said = {**obtained.said, **found}
    config = {**_texts(said), **setting.config}
    _check_urls(provider, config, setting)
    account_id = obtained.account_id or oauth2.account_id_of(
        provider, obtained.credentials.raw, config
    )
    return replace(obtained, said=said, account_id=account_id)


def _answer(
    lookup: Lookup, obtained: Obtained, setting: Setting, tools: Tools, deadline: _Deadline
) -> object:
    request = provider_request(lookup, obtained.credentials, setting, now=tools.now())
    answer = tools.transport.send(
        request, deadline_seconds=deadline.seconds_left(), max_body_bytes=MAX_ANSWER_BYTES
    )
    if not 200 <= answer.status < 300:
        raise ProviderUnavailableError("The provider did not say.", status=answer.status)
    try:
        return json.loads(answer.body) if lookup.sets else None
    except (ValueError, RecursionError):
        raise ProviderUnavailableError("The answer is not JSON.", status=answer.status) from None


def _values(wanted: Mapping[str, str], answer: object, provider: Provider) -> dict[str, str]:
    """What the answer has, each in the form that its field asks for."""
    undeclared, found = InputField(), {}
    for name, path in wanted.items():
        value = at_path(answer, path)
        if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
            raise ProviderUnavailableError(f"The answer has no {name}.")
        field = provider.connection_config.get(name, undeclared)
        found[name] = checked(name, field, str(value))
    return found


def _check_urls(provider: Provider, config: Mapping[str, str], setting: Setting) -> None:
    """Raise if a value that was to be looked up is missing in every form of a URL."""
    names = {name for lookup in provider.post_connection for name in lookup.sets}
    for url in NEEDED_BY:
        if not names - set(config) or not templates(provider, url):
            continue
        try:
            endpoint(provider, url, config, allowed_hosts=setting.integration.allowed_hosts)
        except FlowError as error:
            raise FlowError(
                f"The provider did not say what is needed. {error.message}", code=error.code
            ) from error


def _texts(config: Config) -> dict[str, str]:
    return {name: value for name, value in config.items() if isinstance(value, str)}


def _record(error: CarrickError, setting: Setting) -> None:
    observability.count("LookupFailed")
    observability.warning(
        "lookup_failed",
        code=error.code,
        provider=setting.provider.name,
        provider_status=getattr(error, "status", None),
        integration_id=setting.integration.integration_id,
    )
