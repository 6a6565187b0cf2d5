"""The environment variables of this process, for as long as one function is set up.

In AWS every function has a process of its own. Here they share one, so each finds its own variables
only while its module is imported and its dependencies are built; they must read them then.
"""

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

_LOCK = threading.RLock()

# What a developer's shell may hold and would reach the real AWS, or a proxy, with.
_FOREIGN_PREFIXES = ("AWS_", "BOTO_")
_ISOLATION = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "NO_PROXY": "*",
}


@contextmanager
def process_environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set these variables, and none of AWS beside them. One caller at a time."""
    with _LOCK:
        before = dict(os.environ)
        foreign = [name for name in before if name.startswith(_FOREIGN_PREFIXES)]
        for name in foreign:
            del os.environ[name]
        os.environ.update({**_ISOLATION, **variables})
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)
