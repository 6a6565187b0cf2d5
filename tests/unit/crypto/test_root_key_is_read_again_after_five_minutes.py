"""A new root key in Secrets Manager replaces the old one in five minutes, without a deployment."""

from typing import Any

from carrick.crypto.root_key import RootKey


class SecretsManager:
    """Answers with the secret of the moment, and counts."""

    def __init__(self) -> None:
        self.secret = "canary-secret-root-1"
        self.reads = 0

    def get_secret_value(self, SecretId: str) -> dict[str, Any]:  # noqa: N803 - AWS's name
        assert SecretId == "arn:root"
        self.reads += 1
        return {"SecretString": self.secret}


def test_the_key_is_cached_and_then_read_again() -> None:
    clock = [1_000.0]
    manager = SecretsManager()
    root_key = RootKey(secrets_manager=manager, secret_arn="arn:root", now=lambda: clock[0])
    assert root_key() == "canary-secret-root-1"
    manager.secret = "canary-secret-root-2"
    clock[0] += 299
    assert root_key() == "canary-secret-root-1"
    assert manager.reads == 1
    clock[0] += 2
    assert root_key() == "canary-secret-root-2"
