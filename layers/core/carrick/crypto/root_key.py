"""The root key: generated at deploy, kept in Secrets Manager, read by one function."""

from typing import Any

from carrick.clock import Clock

MAX_AGE_SECONDS = 300.0


class RootKey:
    """Gives the root key. A new one in Secrets Manager counts after five minutes at most."""

    def __init__(self, *, secrets_manager: Any, secret_arn: str, now: Clock) -> None:
        self._client = secrets_manager
        self._secret_arn = secret_arn
        self._now = now
        self._text = ""
        self._expires_at = 0.0

    def __call__(self) -> str:
        """The key. Raises what botocore raises: without it nobody is let in."""
        if self._now() >= self._expires_at:
            self._text = self._client.get_secret_value(SecretId=self._secret_arn)["SecretString"]
            self._expires_at = self._now() + MAX_AGE_SECONDS
        return self._text
