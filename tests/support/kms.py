"""A KMS in memory that binds data keys to their encryption context, for tests without AWS."""

import json
import os
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError


class FakeKms:
    """Gives and unwraps data keys. ``failure`` is raised instead, once it is set."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.failure: Exception | None = None
        self._keys: dict[bytes, tuple[bytes, str]] = {}

    def generate_data_key(
        self,
        *,
        KeyId: str,  # noqa: N803 - AWS's names
        KeySpec: str,  # noqa: N803
        EncryptionContext: Mapping[str, str],  # noqa: N803
    ) -> dict[str, Any]:
        self._begin("GenerateDataKey")
        assert KeySpec == "AES_256"
        plaintext, wrapped = os.urandom(32), b"wrapped-" + os.urandom(16)
        self._keys[wrapped] = (plaintext, _place(KeyId, EncryptionContext))
        return {"Plaintext": plaintext, "CiphertextBlob": wrapped}

    def decrypt(
        self,
        *,
        KeyId: str,  # noqa: N803
        CiphertextBlob: bytes,  # noqa: N803
        EncryptionContext: Mapping[str, str],  # noqa: N803
    ) -> dict[str, Any]:
        self._begin("Decrypt")
        plaintext, place = self._keys.get(CiphertextBlob, (b"", ""))
        if place != _place(KeyId, EncryptionContext):
            raise refusal("InvalidCiphertextException")
        return {"Plaintext": plaintext}

    def _begin(self, operation: str) -> None:
        self.calls.append(operation)
        if self.failure is not None:
            raise self.failure


def refusal(code: str) -> ClientError:
    """The error of an AWS client for an answer with this code."""
    return ClientError({"Error": {"Code": code, "Message": code}}, "Decrypt")


def _place(key_id: str, context: Mapping[str, str]) -> str:
    return json.dumps([key_id, dict(context)], sort_keys=True)
