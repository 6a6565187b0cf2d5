"""One proxied request, from the caller's to the provider's answer (``docs/flows.md``, proxy).

Everything happens within one invocation: tries, waits and redirects share the time that is left. A
wait that does not fit is not begun: the caller gets the answer that there is, with what the
provider says about trying again.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from carrick import clock, observability
from carrick.catalog import Catalog
from carrick.clock import Clock
from carrick.domain import token_reads
from carrick.domain.api_requests import ApiParts, api_parts, compose
from carrick.domain.modes.contract import Setting, Tools
from carrick.domain.proxy import retries
from carrick.domain.proxy.instructions import Instructions
from carrick.domain.proxy.redirects import HARMLESS_HEADERS, MOST_REDIRECTS, Hop, next_hop
from carrick.domain.proxy.target import OverridePolicy, Target, target_of
from carrick.domain.token_reads import Read, read_connection
from carrick.domain.vault import Vault
from carrick.errors import (
    CarrickError,
    EgressFailedError,
    EgressRefusedError,
    InvalidRequestError,
    NotFoundError,
    RefreshError,
    UpstreamError,
    UpstreamTimeoutError,
)
from carrick.models.connection import ConnectionKey
from carrick.models.http import InboundResponse, OutboundRequest
from carrick.models.integration import Integration
from carrick.store.integrations import IntegrationStore
from carrick.transport.client import Transport
from carrick.transport.message import METHODS

# Lambda answers with at most 6 MB, in which a body is base64: four thirds of its size.
MAX_BYTES = 4 * 1024 * 1024
# To be left for the answer, and for one more try.
ANSWER_SECONDS = 1.0
TRY_SECONDS = 1.0
# A forced refresh takes up to 16 seconds (``domain.refresh``); the request comes again after it.
RENEWAL_SECONDS = 18.0
# A token younger than this was not refused for its age.
YOUNGEST_RENEWED_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Asked:
    """The caller's request. ``path`` is decoded once, ``query`` as it was sent."""

    method: str
    path: str = field(repr=False)
    query: str = field(repr=False)
    body: bytes = field(repr=False)
    instructions: Instructions


@dataclass(frozen=True, slots=True)
class Dependencies:
    integrations: IntegrationStore
    reads: token_reads.Dependencies
    vault: Vault
    catalog: Catalog
    transport: Transport
    now: Clock
    override_policy: OverridePolicy
    allow_loopback: bool


def proxy(
    environment_id: str, asked: Asked, deps: Dependencies, *, seconds_left: Callable[[], float]
) -> InboundResponse:
    """The provider's answer, whatever its status.

    Raises ``NotFoundError`` (``unknown_provider_config``, ``unknown_connection``),
    ``InvalidRequestError`` and ``FlowError`` for what cannot be asked, what ``token_reads`` says
    when there are no credentials that work, ``UpstreamError`` when the provider's API gives no
    answer that can be passed on.
    """
    if asked.method not in METHODS:
        raise InvalidRequestError("That method is not passed on.", code="invalid_method")
    said = asked.instructions
    integration = deps.integrations.get(environment_id, said.integration_id)
    if integration is None:
        raise NotFoundError("No such integration.", code="unknown_provider_config")
    key = ConnectionKey(environment_id, said.integration_id, said.connection_id)
    exchange = _Exchange(asked, integration, deps, seconds_left)
    return exchange.run(exchange.read(key))


@dataclass(frozen=True, slots=True)
class _Exchange:
    asked: Asked
    integration: Integration
    deps: Dependencies
    seconds_left: Callable[[], float]

    def read(self, key: ConnectionKey, *, force: bool = False) -> Read:
        """The connection with credentials that work, by the path of every token read."""
        try:
            found = read_connection(
                key, self.deps.reads, seconds_left=self.seconds_left, force_refresh=force
            )
        except NotFoundError as error:
            raise NotFoundError("No such connection.", code="unknown_connection") from error
        if found.error is not None:
            message = f"Failed to get connection credentials: {found.error.message}"
            raise RefreshError(message, code=found.error.code)
        if found.connection.provider != self.integration.provider:
            raise NotFoundError("No such connection.", code="unknown_connection")
        return found

    def run(self, read: Read) -> InboundResponse:
        """Try, wait and try again, for as long as the caller asked and the time allows."""
        stated = self.deps.catalog.get(read.connection.provider).api.retry
        said, attempt, renewed = self.asked.instructions, 0, False
        while True:
            answer, failure = self._try(read)
            if answer is not None and answer.status == 401 and not renewed:
                renewed, newer = True, self._renewed(read)
                if newer is not None:
                    read = newer
                    continue
            is_worth_it = answer is None or retries.is_worth_another(answer, stated, said.retry_on)
            wait = retries.wait_seconds(answer, stated, attempt=attempt, now=self.deps.now())
            fits = wait + TRY_SECONDS + ANSWER_SECONDS < self.seconds_left()
            if not is_worth_it or attempt >= said.retries or not fits:
                break
            attempt += 1
            clock.sleep(wait)
        if answer is None:
            assert failure is not None
            raise failure
        return answer

    def _try(self, read: Read) -> tuple[InboundResponse | None, UpstreamError | None]:
        """One request with its redirects: an answer, or why there is none."""
        parts = self._parts(read)
        target = target_of(
            self.asked.path,
            self.asked.query,
            parts,
            override=self.asked.instructions.base_url_override,
            policy=self.deps.override_policy,
            allow_loopback=self.deps.allow_loopback,
        )
        try:
            return self._follow(target, parts), None
        except EgressFailedError as error:
            return None, _failure(error)

    def _follow(self, target: Target, parts: ApiParts) -> InboundResponse:
        hop, answer = Hop(self.asked.method, target.url, self.asked.body), None
        for number in range(MOST_REDIRECTS + 1):
            try:
                answer = self._send(hop, parts)
            except EgressRefusedError as error:
                if number:
                    raise InvalidRequestError(
                        error.message, code="proxy_redirect_to_denied_host"
                    ) from None
                raise InvalidRequestError(error.message, code=error.code) from None
            following = next_hop(hop, answer)
            if following is None:
                return answer
            if not following.is_trusted and hop.is_trusted and self._forwards(parts):
                trusted = target.may_have_credentials(following.url)
                following = replace(following, is_trusted=trusted)
            if following.body and not following.is_trusted:
                return answer  # what the caller wrote is not handed to a stranger
            hop = following
        raise UpstreamError("The provider redirects too often.", code="too_many_redirects")

    def _send(self, hop: Hop, parts: ApiParts) -> InboundResponse:
        draft = OutboundRequest(hop.method, hop.url, self._headers(hop, parts), hop.body)
        tools = Tools.of(parts.setting, self.deps.transport, self.deps.now)
        return tools.transport.send(
            compose(draft, parts) if hop.is_trusted else draft,
            deadline_seconds=max(0.0, self.seconds_left() - ANSWER_SECONDS),
            max_body_bytes=MAX_BYTES,
        )

    def _headers(self, hop: Hop, parts: ApiParts) -> dict[str, str]:
        said = self.asked.instructions
        if not hop.is_trusted:
            return {k: v for k, v in said.headers.items() if k in HARMLESS_HEADERS}
        headers = dict(said.headers)
        if said.content_type and hop.body and "content-type" not in parts.headers:
            headers.setdefault("content-type", said.content_type)
        return headers

    def _forwards(self, parts: ApiParts) -> bool:
        asked = self.asked.instructions.forwards_headers
        stated = parts.setting.provider.api.forward_headers_on_redirect
        return stated if asked is None else asked

    def _parts(self, read: Read) -> ApiParts:
        assert read.credentials is not None
        vault, config = self.deps.vault, read.connection.connection_config
        setting = Setting(
            provider=self.deps.catalog.get(read.connection.provider),
            integration=self.integration,
            client_secret=vault.client_secret(self.integration),
            secrets=vault.custom_secrets(self.integration),
            config={name: value for name, value in config.items() if isinstance(value, str)},
        )
        return api_parts(read.credentials, setting, now=self.deps.now())

    def _renewed(self, read: Read) -> Read | None:
        """Other credentials after a 401: what somebody stored meanwhile, or after one refresh.

        A token that is young was not refused for its age: a provider that says 401 for a missing
        permission must not cause a refresh with every request.
        """
        try:
            newer = self.read(read.connection.key)
            if newer.connection.version != read.connection.version:
                return newer
            issued_at = newer.connection.refresh.last_success_at or newer.connection.created_at
            is_young = self.deps.now() - issued_at < YOUNGEST_RENEWED_SECONDS
            has_time = self.seconds_left() >= RENEWAL_SECONDS
            if not newer.connection.refreshable or is_young or not has_time:
                return None
            return self.read(read.connection.key, force=True)
        except CarrickError as error:
            observability.warning("proxy_token_not_renewed", code=error.code)
            return None


def _failure(error: EgressFailedError) -> UpstreamError:
    if error.reason == "timeout":
        return UpstreamTimeoutError(error.message)
    if error.reason == "too_large":
        message = f"The answer is over {MAX_BYTES // 1024} KiB. Read the token and ask directly."
        return UpstreamError(message, code="upstream_response_too_large")
    return UpstreamError(error.message)
