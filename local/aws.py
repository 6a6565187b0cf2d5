"""The AWS of the local run: moto, served in this process on a loopback port.

Every adapter is therefore the one that runs in AWS, and ``aws --endpoint-url`` can look inside. In
front of moto stand the template's permissions (``permissions``) and one lock per service: moto is
not atomic when several threads call it, and DynamoDB's conditions are what Carrick rests on.
"""

import json
import secrets
import threading
from collections.abc import Callable, Mapping
from typing import Any

from local import backends, contents, identities, sockets
from local.http_messages import JSON, HttpRequest, HttpResponse
from local.permissions import Denial, Permissions
from local.process_environment import process_environment
from local.resources import FunctionSpec
from local.servers import LoopbackServer
from local.template import Stack

# Signatures are not checked: the access key id is the secret.
SECRET_ACCESS_KEY = "local"
READ_PREFIXES = ("BatchGet", "Describe", "Get", "List", "Query", "Scan", "TransactGet")


class LocalAws:
    """The tables, queues, keys and secrets of a stack. One per process: moto's state is global.

    ``port`` 0 picks a free one. ``on_write`` functions are called after each request that may have
    changed something, ``on_denial`` functions with what a role was not allowed.
    """

    def __init__(self, stack: Stack, *, port: int = 0) -> None:
        self.stack = stack
        self.access_key = _new_access_key()
        self.on_write: list[Callable[[], None]] = []
        self.on_denial: list[Callable[[str], None]] = []
        self._roles = {name: _new_access_key() for name in stack.functions}
        self._permissions = Permissions(
            administrator=self.access_key,
            roles={self._roles[name]: spec for name, spec in stack.functions.items()},
            aliases=stack.aliases,
        )
        self.sockets = sockets.OpenSockets()
        self._session: Any = None
        self._clients: dict[tuple[str, str], Any] = {}
        self._clients_lock = threading.Lock()
        self._server = LoopbackServer(port)

    @property
    def endpoint_url(self) -> str:
        return f"http://127.0.0.1:{self._server.port}"

    def start(self) -> None:
        self._server.start(self._handle)

    def stop(self) -> None:
        """Answer no more. Who waits for messages is not waited for."""
        self._server.stop(grace_seconds=0.1)

    def create_resources(self) -> None:
        """Make what the stack consists of, through the API, with the ids of ``identities``."""
        backends.reset()
        dynamodb, sqs = self.client("dynamodb"), self.client("sqs")
        for table in self.stack.tables.values():
            dynamodb.create_table(**table.request)
            if table.expiry_attribute:
                expiry = {"AttributeName": table.expiry_attribute, "Enabled": True}
                dynamodb.update_time_to_live(TableName=table.name, TimeToLiveSpecification=expiry)
        # A queue must exist before another can name it as its dead letter queue.
        queues = self.stack.queues.values()
        for queue in sorted(queues, key=lambda spec: spec.dead_letter_queue is not None):
            sqs.create_queue(QueueName=queue.name, Attributes=dict(queue.attributes))
        for key in self.stack.keys.values():
            made = self.client("kms").create_key(Description=key.description)["KeyMetadata"]
            backends.rename_key(made["KeyId"], key)
        for alias, key_id in self.stack.aliases.items():
            self.client("kms").create_alias(AliasName=alias, TargetKeyId=key_id)
        manager = self.client("secretsmanager")
        for secret in self.stack.secrets.values():
            value = manager.get_random_password(**secret.generate)["RandomPassword"]
            backends.fix_secret_suffix(secret)
            manager.create_secret(Name=secret.name, SecretString=value)
        backends.fix_stream_labels(self.stack)

    def environment(self, function_name: str) -> dict[str, str]:
        """The variables of a function: the template's, the endpoint, and its own credentials."""
        spec = self.stack.functions[function_name]
        return {
            **{name: self._here(value) for name, value in spec.environment.items()},
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_REGION": identities.REGION,
            "AWS_DEFAULT_REGION": identities.REGION,
            "AWS_ACCESS_KEY_ID": self._roles[function_name],
            "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        }

    def _here(self, value: str) -> str:
        """A variable's value, with the management APIs of WebSocket APIs where they are here."""
        for api in self.stack.socket_apis.values():
            endpoint = identities.api_endpoint(api.logical_id)
            value = value.replace(endpoint, f"{self.endpoint_url}{sockets.PREFIX}{api.api_id}")
        return value

    def client(self, service: str) -> Any:
        """A client of the administrator, who may do everything."""
        return self._client(service, self.access_key)

    def role_client(self, service: str, function_name: str) -> Any:
        """A client with a function's own permissions, for what AWS does in its name."""
        return self._client(service, self._roles[function_name])

    def _client(self, service: str, access_key: str) -> Any:
        import botocore.session
        from botocore.config import Config

        key = (service, access_key)
        with self._clients_lock:
            if key in self._clients:
                return self._clients[key]
            with process_environment({}):
                if self._session is None:
                    self._session = botocore.session.Session()
                self._clients[key] = self._session.create_client(
                    service,
                    region_name=identities.REGION,
                    endpoint_url=self.endpoint_url,
                    aws_access_key_id=access_key,
                    aws_secret_access_key=SECRET_ACCESS_KEY,
                    config=Config(retries={"total_max_attempts": 1}, max_pool_connections=50),
                )
            return self._clients[key]

    def clear(self) -> None:
        """Empty every table, stream and queue, close every socket. Keys and secrets stay."""
        self.sockets.clear()
        contents.clear(self.stack)

    def queue_url(self, logical_id: str) -> str:
        return self.stack.queues[logical_id].url

    def table_name(self, logical_id: str) -> str:
        return self.stack.tables[logical_id].name

    def key_arn(self, logical_id: str) -> str:
        return self.stack.keys[logical_id].arn

    def secret_value(self, logical_id: str) -> str:
        """The text of a secret, such as the root key."""
        arn = self.stack.secrets[logical_id].arn
        return str(self.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])

    def missing_permission(self, function: FunctionSpec, action: str, resource: str) -> str:
        """Why a function's role may not do something; empty if it may."""
        return self._permissions.refusal(function, action, resource)

    def _handle(self, request: HttpRequest) -> HttpResponse:
        headers = {name.lower(): value for name, value in request.headers}
        if request.target.startswith(sockets.PREFIX):
            return self._manage_sockets(request, headers)
        target = headers.get("x-amz-target", "")
        denial = self._permissions.judge(headers, request.body)
        if denial is not None:
            self._tell(denial)
            return _refusal(denial)
        if request.target != "/" or not backends.is_served(target):
            return _refusal(Denial("UnknownOperationException", f"Not served locally: {target}"))
        response = backends.call(headers, request.body, self.endpoint_url)
        if _has_changed(target.partition(".")[2], response):
            for notify in self.on_write:
                notify()
        return response

    def _manage_sockets(self, request: HttpRequest, headers: Mapping[str, str]) -> HttpResponse:
        place = sockets.called(request.target)
        if place is None:
            return sockets.refused("ForbiddenException", "Not served locally")
        denial = self._permissions.judge_need(headers, sockets.need_of(place, request.method))
        if denial is not None:
            self._tell(denial)
            return sockets.refused(denial.code, denial.message)
        return self.sockets.manage(place, request)

    def _tell(self, denial: Denial) -> None:
        for tell in self.on_denial:
            tell(denial.message)


def _has_changed(operation: str, response: HttpResponse) -> bool:
    """Whether a request may have changed something. An empty receive is not one."""
    if operation == "ReceiveMessage":
        return b'"Messages"' in response.body
    return not operation.startswith(READ_PREFIXES)


def _refusal(denial: Denial) -> HttpResponse:
    body = {"__type": denial.code, "message": denial.message, "Message": denial.message}
    return HttpResponse(400, (JSON,), json.dumps(body).encode())


def _new_access_key() -> str:
    return "LOCAL" + secrets.token_hex(12).upper()
