"""A cold start pays for the transport only when it sends: no socket, no certificates."""

import subprocess
import sys
from pathlib import Path

LAYER = Path(__file__).parents[3] / "layers" / "core"

PROGRAM = """
import gc, sys
events = []
sys.addaudithook(lambda event, args: events.append(event))
import carrick.transport.client
import ssl
assert not [event for event in events if event.startswith(("socket.", "subprocess."))], events
assert not [thing for thing in gc.get_objects() if isinstance(thing, ssl.SSLContext)]
transport = carrick.transport.client.Transport()
assert not [event for event in events if event.startswith("socket.")], events
assert not [thing for thing in gc.get_objects() if isinstance(thing, ssl.SSLContext)]
heavy = {"urllib3", "requests", "httpx", "boto3", "botocore", "pydantic", "cryptography", "authlib"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
print("nothing opened")
"""


def test_import_and_construction_open_no_socket_and_load_no_certificates() -> None:
    ran = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(LAYER)!r})\n{PROGRAM}"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ran.stdout.strip() == "nothing opened", ran.stderr
