"""The environment variables of the functions, as frozen values. The only reader of ``os.environ``.

Each function composes the mixins of what it may read into one class, so that ``template.yaml`` and
the code can be compared (``tests/template/test_wiring.py``). A field ``connections_table`` is the
variable ``CONNECTIONS_TABLE``.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self


@dataclass(frozen=True)
class Settings:
    """Base: loads every field of the composed class from the environment."""

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read the variables. Raises ``KeyError`` with the name of one that is not set."""
        source = os.environ if environ is None else environ
        values: dict[str, Any] = {}
        for field in fields(cls):
            text = source[field.name.upper()]
            values[field.name] = int(text) if field.type is int else text
        return cls(**values)


@dataclass(frozen=True)
class EnvironmentsSettings(Settings):
    environments_table: str


@dataclass(frozen=True)
class IntegrationsSettings(Settings):
    integrations_table: str


@dataclass(frozen=True)
class SessionsSettings(Settings):
    sessions_table: str


@dataclass(frozen=True)
class FlowsSettings(Settings):
    flows_table: str


@dataclass(frozen=True)
class UnconfirmedSettings(Settings):
    unconfirmed_table: str


@dataclass(frozen=True)
class SocketsSettings(Settings):
    sockets_table: str


@dataclass(frozen=True)
class WebSocketSettings(Settings):
    """``websocket_endpoint`` is where messages for the WebSocket API's connections are posted."""

    websocket_endpoint: str


@dataclass(frozen=True)
class WebSocketsPathSettings(Settings):
    """``websockets_path`` is where browsers reach the WebSocket API: a path, or a whole URL."""

    websockets_path: str


@dataclass(frozen=True)
class ConnectOriginsSettings(Settings):
    """``connect_origins`` may embed the Connect page: origins with spaces between, or empty."""

    connect_origins: str


@dataclass(frozen=True)
class ConnectionsSettings(Settings):
    connections_table: str


@dataclass(frozen=True)
class ConnectionTagsSettings(Settings):
    connection_tags_table: str


@dataclass(frozen=True)
class OutboxSettings(Settings):
    outbox_table: str


@dataclass(frozen=True)
class KeySettings(Settings):
    credentials_key_arn: str


@dataclass(frozen=True)
class RootKeySettings(Settings):
    root_key_secret_arn: str


@dataclass(frozen=True)
class RefreshQueueSettings(Settings):
    refresh_queue_url: str


@dataclass(frozen=True)
class RefreshJournalSettings(Settings):
    refresh_journal_queue_url: str


@dataclass(frozen=True)
class RevocationsSettings(Settings):
    revocations_table: str


@dataclass(frozen=True)
class RevocationQueueSettings(Settings):
    revocation_queue_url: str


@dataclass(frozen=True)
class WebhookQueueSettings(Settings):
    webhook_queue_url: str


@dataclass(frozen=True)
class ShardSettings(Settings):
    refresh_shards: int


@dataclass(frozen=True)
class BaseUrlSettings(Settings):
    """``public_base_url`` may be empty: then the API's own address is used (``edge.http``)."""

    public_base_url: str


@dataclass(frozen=True)
class CatalogSettings(Settings):
    """``providers_overlay_dir`` may be empty: then there is only the catalog that ships."""

    providers_overlay_dir: str


@dataclass(frozen=True)
class ProxySettings(Settings):
    """``proxy_base_url_override``: ``off``, ``listed`` or ``any``.

    ``proxy_responses``: ``faithful`` or ``nango``.
    """

    proxy_base_url_override: str
    proxy_responses: str


@dataclass(frozen=True)
class CallbackTargetSettings(Settings):
    callback_target_url: str


def loopback_is_allowed(environ: Mapping[str, str] | None = None) -> bool:
    """Whether outbound calls may go to this machine: for the laptop and tests.

    ``template.yaml`` never sets the variable (``tests/template/test_egress.py``).
    """
    source = os.environ if environ is None else environ
    return source.get("EGRESS_ALLOW_LOOPBACK") == "1"


def is_initializing_in_lambda() -> bool:
    """Whether this import is the init phase of a real Lambda sandbox (AWS sets the variable)."""
    return "AWS_LAMBDA_INITIALIZATION_TYPE" in os.environ


def region(environ: Mapping[str, str] | None = None) -> str:
    """The Region that the function runs in."""
    source = os.environ if environ is None else environ
    return source.get("AWS_REGION") or source["AWS_DEFAULT_REGION"]


def aws_endpoint_url(environ: Mapping[str, str] | None = None) -> str | None:
    """Where AWS is instead of where it is: set on the laptop and in tests, never deployed."""
    source = os.environ if environ is None else environ
    return source.get("AWS_ENDPOINT_URL")
