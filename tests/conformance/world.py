"""The flows of any entry against a scripted provider: the use cases, with one tenant in memory.

Everything between the browser's request and the provider's is the deployed code. What stores do is
tested in tests/integration; here a connection is what the last write said.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from carrick import clock
from carrick.catalog import Catalog
from carrick.crypto.envelope import Envelope
from carrick.domain import authorization, completion, form_connections, settlement, token_reads
from carrick.domain.commit import CommitDependencies
from carrick.domain.modes.contract import Tools
from carrick.domain.proxy import exchange
from carrick.domain.proxy.instructions import Instructions
from carrick.domain.refresh_plan import plan_refresh
from carrick.domain.vault import Vault
from carrick.models.connection import Connection
from carrick.models.environment import Environment
from carrick.models.flow import Flow
from carrick.models.integration import Integration
from carrick.models.session import ConnectSession
from tests.conformance.scripted_provider import ScriptedProvider
from tests.support.kms import FakeKms
from tests.support.sample_inputs import OPERATORS_HOSTS, sample
from tests.support.stack import BASE_URL

NOW = clock.now()
ENVIRONMENT = "env"
CLIENT_ID = "client id/1"
CLIENT_SECRET = "canary-secret: +client"
SCOPES = ("read", "write:all")
SESSION = ConnectSession("session-hash", ENVIRONMENT, NOW, NOW + 86_400, "op_1")


class Memory:
    """What the use cases ask stores for: one integration, one flow, one connection."""

    def __init__(self, integration: Integration) -> None:
        self.integration = integration
        self.flow: Flow | None = None
        self.connection: Connection | None = None

    def get(self, *key: object) -> Integration | Connection | None:
        """By two ids the integration, by one key the connection."""
        return self.integration if len(key) == 2 else self.connection

    def put(self, flow: Flow) -> None:
        self.flow = flow

    def consume(self, state_hash: str, binding_hashes: frozenset[str]) -> Flow | None:
        flow = self.flow
        is_it = flow and flow.state_hash == state_hash and flow.binding_hash in binding_hashes
        return flow if is_it else None

    def read(self, _flow: Flow) -> tuple[ConnectSession, Integration, None]:
        return SESSION, self.integration, None

    def put_write(self, connection: Connection, **_said: object) -> dict[str, Any]:
        self.connection = connection
        return {}

    def write(self, *_members: object, **_said: object) -> dict[str, Any]:
        return {}

    def writes(self, *_: object, **_others: object) -> list[Any]:
        return []

    write_result = record_failure = stamp_fetched = succeeded = failed = write

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"the use cases asked for {name}")


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the browser was sent, and what it holds."""

    url: str
    cookie: str
    posts_back: bool


@dataclass
class World:
    """One run of an entry: an integration of its own, and the provider that plays it."""

    name: str
    provider: ScriptedProvider
    catalog: Catalog
    vault: Vault = field(init=False)
    memory: Any = field(init=False)

    def __post_init__(self) -> None:
        self.vault = Vault(Envelope(kms=FakeKms(), key_arn="key", now=clock.now))
        entry = self.catalog.get(self.name)
        integration = Integration(
            ENVIRONMENT,
            self.name,
            self.name,
            NOW,
            NOW,
            client_id=CLIENT_ID,
            sealed_client_secret=self.vault.seal_client_secret(
                ENVIRONMENT, self.name, CLIENT_SECRET
            ),
            scopes=SCOPES,
            allowed_hosts=OPERATORS_HOSTS,
            integration_config={k: sample(f) for k, f in entry.integration_config.items()},
        )
        self.memory = Memory(integration)

    @property
    def connection(self) -> Connection:
        """The connection that was made."""
        return cast("Connection", self.memory.connection)

    def start(self, config: Mapping[str, str]) -> Begun:
        """Begin a flow by redirect."""
        environment = Environment(ENVIRONMENT, "dev", NOW)
        parts = authorization.Dependencies(
            integrations=self.memory,
            environment=lambda _: environment,
            flows=self.memory,
            **self._shared(),
        )
        request = authorization.StartRequest(self.name, BASE_URL, config, {})
        started = authorization.start_authorization(SESSION, request, parts)
        return Begun(started.url, started.cookie_value, started.posts_back)

    def complete(self, begun: Begun, callback: Mapping[str, str]) -> None:
        """Come back from the provider. Raises what the page would show."""
        returned = completion.Returned(callback, begun.cookie, self.name, posted=begun.posts_back)
        parts = completion.Dependencies(
            flows=self.memory,
            reads=self.memory,
            settlement=self._settlement(),
            notifier=self.memory,
            **self._shared(),
        )
        completed = completion.complete_authorization(returned, parts)
        if completed.error is not None:
            raise completed.error

    def submit(self, submitted: Mapping[str, str], config: Mapping[str, str]) -> None:
        """Send what a person filled in."""
        modes = frozenset({str(self.catalog.get(self.name).auth_mode)})
        request = form_connections.FormRequest(self.name, modes, submitted, config)
        parts = form_connections.Dependencies(
            integrations=self.memory,
            reads=self.memory,
            settlement=self._settlement(),
            **self._shared(),
        )
        form_connections.connect(SESSION, request, parts)

    def renew(self) -> None:
        """Refresh, as worker and read do."""
        plan = plan_refresh(
            self.connection, integrations=self.memory, catalog=self.catalog, vault=self.vault
        )
        obtained = plan.renew(Tools.of(plan.setting, cast("Any", self.provider), clock.now))
        self.memory.connection = replace(
            self.connection,
            sealed_credentials=plan.seal(obtained.credentials),
            expires_at=obtained.credentials.expires_at,
        )

    def call(self) -> None:
        """Ask the API for ``things`` through the proxy."""
        instructions = Instructions(self.name, self.connection.key.connection_id)
        reads = token_reads.Dependencies(
            connections=self.memory, vault=self.vault, refresh=_not_now, now=clock.now
        )
        parts = exchange.Dependencies(
            integrations=self.memory,
            reads=reads,
            override_policy="listed",
            allow_loopback=False,
            **self._shared(),
        )
        asked = exchange.Asked("GET", "/things", "", b"", instructions)
        exchange.proxy(ENVIRONMENT, asked, parts, seconds_left=lambda: 25.0)

    def held(self) -> Mapping[str, Any]:
        """The credentials of the connection."""
        key, sealed = self.connection.key, self.connection.sealed_credentials
        return self.vault.unseal_credentials(key, sealed).values

    def _shared(self) -> dict[str, Any]:
        return {
            "vault": self.vault,
            "catalog": self.catalog,
            "transport": self.provider,
            "now": clock.now,
        }

    def _settlement(self) -> settlement.Dependencies:
        stores = dict.fromkeys(("connections", "tags", "outbox", "sessions"), self.memory)
        commit = CommitDependencies(**stores, now=clock.now)
        return settlement.Dependencies(commit=commit, unconfirmed=self.memory, vault=self.vault)


def _not_now(*_: object, **_others: object) -> Any:
    raise AssertionError("a fresh token was refreshed")
