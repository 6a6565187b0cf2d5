"""Starts and stops all parts of the local run, in the order in which they need each other."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from local.aws import SECRET_ACCESS_KEY, LocalAws
from local.demo.application import demo_handler, provider_file
from local.demo.storage import DemoStorage
from local.functions import Functions
from local.gateway import Gateway, routes_of
from local.loops import Loops
from local.process_environment import process_environment
from local.seed import ENVIRONMENT, Seed, Seeder
from local.servers import LoopbackServer
from local.snapshot import Snapshot, write_private
from local.socket_gateway import SocketGateway
from local.template import Stack

ROOT = Path(__file__).resolve().parents[1]
MAIN_API, CALLBACK_API, SOCKET_API = "HttpApi", "CallbackHttpApi", "WebSocketApi"
OVERLAY = "overlay"
# An application under development may embed the Connect page, from whatever port it has.
LOCAL_APPLICATIONS = "http://localhost:*"

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Options:
    """``port`` is the main API's; the next two are the callback domain's and the demo's."""

    port: int
    state: Path
    providers: Path | None
    template: Path = ROOT / "template.yaml"

    @property
    def base_url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def callback_url(self) -> str:
        return f"http://localhost:{self.port + 1}/oauth-callback"

    @property
    def demo_url(self) -> str:
        return f"http://localhost:{self.port + 2}"

    @property
    def receiver_url(self) -> str:
        return f"{self.demo_url}/webhooks"


class Runner:
    """The whole of Carrick in this process. ``report`` is told of what goes wrong while it runs.

    Raises ``OSError`` (``EADDRINUSE``) when one of its ports is taken.
    """

    def __init__(self, options: Options, report: Report) -> None:
        self._options = options
        self._report = report
        self._ports = [LoopbackServer(options.port + offset) for offset in range(3)]
        self._stack = Stack.load(
            options.template,
            {
                "PublicBaseUrl": options.base_url,
                "WebSocketsPath": "/",
                "ConnectOrigins": LOCAL_APPLICATIONS,
            },
        )
        self._aws = LocalAws(self._stack)
        self._snapshot = Snapshot(options.state / "state.json", self._aws)
        self._storage = DemoStorage(options.state / "demo.json", self._redirect_uris())
        self._functions = Functions(self._aws, self._variables())
        self._sockets = SocketGateway(
            self._functions,
            self._stack.socket_apis[SOCKET_API],
            self._aws.sockets,
            report=report,
        )
        self._loops = Loops(self._aws, self._functions, report)
        self._is_complete = False

    def _redirect_uris(self) -> tuple[str, ...]:
        """What the demo provider's client is registered with: each way to the callback."""
        base_url, callback_url = self._options.base_url, self._options.callback_url
        roots = (f"{base_url}/oauth/callback", callback_url)
        return tuple(uri for root in roots for uri in (root, f"{root}/demo"))

    def _variables(self) -> dict[str, str]:
        """What functions get beyond the template: loopback is allowed, and there is an overlay."""
        overlay = self._options.state / OVERLAY
        _fill_overlay(overlay, self._options)
        return {"EGRESS_ALLOW_LOOPBACK": "1", "PROVIDERS_OVERLAY_DIR": str(overlay.resolve())}

    def start(self) -> dict[str, str]:
        """Start everything, and say where it is: what ``local.json`` holds.

        Raises ``SnapshotError``, ``PermissionError`` and ``SeedError`` as its parts do.
        """
        self._aws.start()
        self._aws.create_resources()
        self._snapshot.load()
        self._aws.on_denial.append(lambda message: self._report(f"template.yaml: {message}"))
        self._load_functions()
        main, callback = self._gateway(MAIN_API), self._gateway(CALLBACK_API)
        seeder = Seeder(main.handle, self._aws.secret_value("RootKeySecret"))
        seed = self._seed(seeder)
        demo = demo_handler(
            self._storage,
            url=self._options.demo_url,
            signing_keys=lambda: seeder.signing_keys(seed.environment_id),
        )
        main_port, callback_port, demo_port = self._ports
        main_port.start(main.handle, upgrade=self._sockets.serve)
        callback_port.start(callback.handle)
        demo_port.start(demo)
        self._loops.start()
        self._snapshot.start(self._report)
        self._is_complete = True
        return self._description(seed, seeder)

    def _load_functions(self) -> None:
        # All share one logger, made by whoever comes first: without this, under its name.
        with process_environment({"POWERTOOLS_SERVICE_NAME": "carrick"}):
            from carrick import observability  # noqa: F401
        for name in self._stack.functions:
            self._functions.load(name)

    def _gateway(self, api: str) -> Gateway:
        routes = routes_of(self._stack.routes, api)
        return Gateway(self._functions, routes, report=self._report)

    def _seed(self, seeder: Seeder) -> Seed:
        is_first = not self._snapshot.notes
        seed = seeder.seed(self._snapshot.notes, receiver_url=self._options.receiver_url)
        if is_first:
            client = self._storage.client
            seeder.add_demo(seed, client.client_id, client.client_secret)
        self._snapshot.notes = seed.notes()
        self._snapshot.save()
        return seed

    def _description(self, seed: Seed, seeder: Seeder) -> dict[str, str]:
        options = self._options
        description = {
            "base_url": options.base_url,
            "websocket_url": f"ws://localhost:{options.port}/",
            "aws_endpoint_url": self._aws.endpoint_url,
            "aws_access_key_id": self._aws.access_key,
            "aws_secret_access_key": SECRET_ACCESS_KEY,
            "root_key": self._aws.secret_value("RootKeySecret"),
            "environment": ENVIRONMENT,
            "environment_id": seed.environment_id,
            "api_key": seed.api_key,
            "webhook_signing_key": seeder.signing_keys(seed.environment_id)[0],
            "callback_url": options.callback_url,
            "demo_url": options.demo_url,
            "receiver_url": options.receiver_url,
        }
        write_private(options.state / "local.json", json.dumps(description, indent=2) + "\n")
        return description

    def stop(self) -> None:
        """Stop everything and save the state. A start that did not get to its end saves nothing."""
        self._sockets.stop()
        for server in self._ports:
            server.stop(grace_seconds=0.5)
        self._loops.stop(grace_seconds=0.5)
        self._aws.stop()
        self._snapshot.stop()
        if self._is_complete:
            self._snapshot.save()


def _fill_overlay(folder: Path, options: Options) -> None:
    """The folder of further provider files: the demo's, with its port, and the developer's."""
    folder.mkdir(mode=0o700, exist_ok=True)
    for old in folder.glob("*.toml"):
        old.unlink()
    (folder / "demo.toml").write_text(provider_file(options.port + 2), encoding="utf-8")
    for file in sorted(options.providers.glob("*.toml")) if options.providers else ():
        (folder / file.name).write_bytes(file.read_bytes())
