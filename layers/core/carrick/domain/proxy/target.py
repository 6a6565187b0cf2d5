"""Where a proxied request goes (contract §11.2). The caller names a path and never a host.

A host is one of the entry's, or one that the integration allows (``allowed_hosts``). The finished
URL is parsed again and compared with the base that it was made of.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Literal
from urllib.parse import quote, unquote, urlsplit

from carrick.catalog import hosts
from carrick.catalog.endpoints import bounds
from carrick.catalog.interpolation import render_url
from carrick.catalog.ports import ports_of
from carrick.domain.api_requests import ApiParts, base_url
from carrick.errors import CarrickError, EgressRefusedError, FlowError, InvalidRequestError
from carrick.transport.guard import check_url

OverridePolicy = Literal["off", "listed", "any"]
"""Which hosts ``Base-Url-Override`` may name: none, those that are known, or any public one."""

# RFC 3986 §3.3, and percent-encodings that the caller made: those are kept.
_PATH_CHARACTERS = "/:@!$&'()*+,;=~%"
_QUERY_CHARACTERS = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) != "#")
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CONFIG = re.compile(r"(?:\$|%24)(?:\{|%7B)connectionConfig\.([A-Za-z0-9_.-]{1,128})(?:\}|%7D)")


@dataclass(frozen=True, slots=True)
class Target:
    """``url`` may hold a secret. ``known_hosts`` are hosts with port that credentials may go to."""

    url: str = field(repr=False)
    known_hosts: frozenset[str]
    allowed_hosts: tuple[str, ...]

    def may_have_credentials(self, url: str) -> bool:
        """Whether the host of a URL is the target's own, or known."""
        return _is_known(url, self.known_hosts, self.allowed_hosts)


def target_of(
    path: str,
    query: str,
    parts: ApiParts,
    *,
    override: str,
    policy: OverridePolicy,
    allow_loopback: bool,
) -> Target:
    """The URL of a request for ``path`` (decoded once, by the gateway) and ``query`` (as sent).

    Raises ``InvalidRequestError`` (``missing_api_url``, ``unsupported_provider``,
    ``base_url_override_disabled``, ``base_url_override_not_allowed``, ``invalid_endpoint``, a value
    of connection config that does not fit) or ``FlowError`` (``url_param_err``).
    """
    setting = parts.setting
    known, allowed = known_hosts(parts), setting.integration.allowed_hosts
    if override:
        ports = ports_of(setting.provider, setting.config)
        base = _overridden(override, policy, ports, allow_loopback=allow_loopback)
        if policy != "any" and not _is_known(base, known, allowed):
            raise InvalidRequestError(
                "That host is not among the provider's, nor among allowed_hosts of the "
                "integration.",
                code="base_url_override_not_allowed",
            )
    else:
        base = base_url(setting, parts.values)
    base = base.rstrip("/")
    endpoint = _endpoint(path, query, base, setting.config)
    _check(base, endpoint)
    return Target(f"{base}{endpoint}", known | {urlsplit(base).netloc.lower()}, allowed)


def known_hosts(parts: ApiParts) -> frozenset[str]:
    """Host and port of every base URL that entry, integration and connection config make."""
    setting, api = parts.setting, parts.setting.provider.api
    verification = api.verification.base_url if api.verification else None
    found = [_url_or_nothing(lambda: base_url(setting, parts.values))]
    for template in filter(None, (api.base_url, *api.base_url_fallbacks, verification)):
        fill = partial(
            render_url,
            template,
            connection_config=setting.config,
            fields=setting.provider.connection_config,
            allowed_hosts=bounds(setting.provider, setting.integration.allowed_hosts),
            credentials=parts.values["credentials"],
        )
        found.append(_url_or_nothing(fill))
    return frozenset(urlsplit(url).netloc.lower() for url in found if url)


def _url_or_nothing(fill: Callable[[], str]) -> str:
    try:
        return fill()
    except CarrickError:
        return ""


def _is_known(url: str, known: Collection[str], allowed: tuple[str, ...]) -> bool:
    address = urlsplit(url)
    return address.netloc.lower() in known or hosts.is_allowed(address.hostname or "", allowed)


def _overridden(
    override: str, policy: OverridePolicy, ports: Collection[int], *, allow_loopback: bool
) -> str:
    if policy == "off":
        raise InvalidRequestError(
            "Base-Url-Override is turned off.", code="base_url_override_disabled"
        )
    try:
        checked = check_url(override, allow_loopback=allow_loopback, ports=ports)
    except EgressRefusedError as error:
        raise InvalidRequestError(error.message, code="base_url_override_not_allowed") from None
    if "?" in checked.path_and_query or _climbs(checked.path_and_query):
        raise InvalidRequestError(
            "Base-Url-Override is a URL without query and without dot segments.",
            code="base_url_override_not_allowed",
        )
    return f"{checked.scheme}://{checked.authority}{checked.path_and_query}"


def _endpoint(path: str, query: str, base: str, config: Mapping[str, str]) -> str:
    """Path and query, encoded; a base that is repeated at the start is taken off."""
    path = path.removeprefix("/")
    rest = path.removeprefix(base)
    if rest != path and rest[:1] in ("", "/"):
        path = rest
    path = f"/{path.lstrip('/')}" if path else ""
    if _climbs(path):
        raise _invalid_endpoint()
    path = quote(
        _LONE_PERCENT.sub("%25", _filled(path, config)), safe=_PATH_CHARACTERS, errors="replace"
    )
    query = quote(_filled(query, config), safe=_QUERY_CHARACTERS, errors="replace")
    if _climbs(path):
        raise _invalid_endpoint()
    return f"{path}?{query}" if query else path


def _filled(text: str, config: Mapping[str, str]) -> str:
    """The text with connection config in it, each value as one encoded piece."""

    def value(found: re.Match[str]) -> str:
        given = config.get(found[1])
        if not given:
            name = found[1]
            raise FlowError(f"A value is missing: connectionConfig.{name}.", code="url_param_err")
        return quote(given, safe="")

    return _CONFIG.sub(value, text)


def _climbs(path: str) -> bool:
    """Whether a segment is a dot segment (RFC 3986 §3.3) however often it is decoded."""
    while True:
        segments = re.split(r"[/\\]", path.partition("?")[0])
        if any(segment in (".", "..") for segment in segments):
            return True
        decoded = unquote(path)
        if decoded == path:
            return False
        path = decoded


def _check(base: str, endpoint: str) -> None:
    """The finished URL reads as what it was put together of, whatever was in the path."""
    meant, found = urlsplit(base), urlsplit(f"{base}{endpoint}")
    is_below = found.path == meant.path or found.path.startswith(f"{meant.path.rstrip('/')}/")
    if (found.scheme, found.netloc) != (meant.scheme, meant.netloc) or not is_below:
        raise _invalid_endpoint()
    if found.fragment or "\\" in endpoint:
        raise _invalid_endpoint()


def _invalid_endpoint() -> InvalidRequestError:
    return InvalidRequestError("The path cannot be requested.", code="invalid_endpoint")
