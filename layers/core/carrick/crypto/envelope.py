"""Envelope encryption: KMS data keys, AES-256-GCM, bound to where the secret belongs.

A sealed value is ``format (1 byte) | length of wrapped key (2) | wrapped key | nonce (12) |
ciphertext and tag``. The context (format version, environment, owner, purpose) is the KMS
encryption context of the data key and the associated data of the ciphertext: a value copied to
another item does not unseal. There is no plaintext mode, and when KMS fails nothing is written.

One data key serves one owner for its whole life; each sealing draws a fresh 96-bit nonce, far below
the 2**32 sealings that NIST SP 800-38D §8.3 allows a key. So a refresh with a cached key needs no
call to KMS. Cached keys live at most five minutes and a bounded number of uses.
"""

import os
import struct
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from carrick.clock import Clock
from carrick.errors import SealError

FORMAT = 1
NONCE_BYTES = 12
MAX_AGE_SECONDS = 300.0
MAX_USES = 10_000
MAX_KEYS = 2_000


@dataclass(frozen=True, slots=True)
class SealContext:
    """Where a secret belongs. ``purpose`` is what IAM splits the KMS key by.

    ``detail`` narrows the place within one data key: it is associated data only, so that many
    short-lived secrets of one owner can share a key and still not be swapped.
    """

    environment_id: str
    owner: str
    purpose: str
    detail: str = ""

    def encryption_context(self) -> dict[str, str]:
        """For KMS: logged by CloudTrail, so it holds ids only."""
        return {
            "carrick": str(FORMAT),
            "environment": self.environment_id,
            "owner": self.owner,
            "purpose": self.purpose,
        }

    def of_data_key(self) -> "SealContext":
        """The place of the data key: without the detail."""
        return replace(self, detail="") if self.detail else self

    def associated_data(self) -> bytes:
        """For AES-GCM: each part length-prefixed, so that no two contexts read alike."""
        parts = [str(FORMAT), self.environment_id, self.owner, self.purpose, self.detail]
        encoded = [part.encode() for part in parts]
        return b"".join(struct.pack(">H", len(part)) + part for part in encoded)


@dataclass(slots=True)
class _DataKey:
    cipher: AESGCM
    wrapped: bytes
    expires_at: float
    uses: int = 0


class Envelope:
    """Seals and unseals. Takes a KMS client and the ARN of the key that wraps the data keys."""

    def __init__(self, *, kms: Any, key_arn: str, now: Clock) -> None:
        self._kms = kms
        self._key_arn = key_arn
        self._now = now
        self._by_context: OrderedDict[SealContext, _DataKey] = OrderedDict()
        self._lock = Lock()

    def seal(self, plaintext: bytes, context: SealContext) -> bytes:
        """Encrypt for one place. Raises ``SealError`` if KMS does not give a key."""
        place = context.of_data_key()
        key = self._cached(place, None) or self._generate(place)
        return _encrypt(plaintext, key, context)

    def sealer(self, sealed: bytes, context: SealContext) -> Callable[[bytes], bytes]:
        """What seals for this place with the data key of a value that is there.

        The key is had now: what is sealed later needs neither KMS nor the cache. Raises
        ``SealError`` as ``unseal`` does.
        """
        wrapped, _, _ = _parts(sealed)
        key = self._key(wrapped, context.of_data_key())
        return lambda plaintext: _encrypt(plaintext, key, context)

    def unseal(self, sealed: bytes, context: SealContext) -> bytes:
        """Decrypt at the place it was sealed for. Raises ``SealError`` anywhere else."""
        wrapped, nonce, ciphertext = _parts(sealed)
        key = self._key(wrapped, context.of_data_key())
        try:
            return key.cipher.decrypt(nonce, ciphertext, context.associated_data())
        except (InvalidTag, ValueError) as error:
            raise SealError("A sealed value does not belong here.") from error

    def _key(self, wrapped: bytes, place: SealContext) -> _DataKey:
        return self._cached(place, wrapped) or self._unwrap(wrapped, place)

    def _cached(self, context: SealContext, wrapped: bytes | None) -> _DataKey | None:
        with self._lock:
            key = self._by_context.get(context)
            if key is None or (wrapped is not None and key.wrapped != wrapped):
                return None
            if key.expires_at <= self._now() or key.uses >= MAX_USES:
                del self._by_context[context]
                return None
            key.uses += 1
            return key

    def _remember(self, context: SealContext, plaintext_key: bytes, wrapped: bytes) -> _DataKey:
        key = _DataKey(AESGCM(plaintext_key), wrapped, self._now() + MAX_AGE_SECONDS, uses=1)
        with self._lock:
            self._by_context[context] = key
            self._by_context.move_to_end(context)
            while len(self._by_context) > MAX_KEYS:
                self._by_context.popitem(last=False)
        return key

    def _generate(self, context: SealContext) -> _DataKey:
        try:
            answer = self._kms.generate_data_key(
                KeyId=self._key_arn,
                KeySpec="AES_256",
                EncryptionContext=context.encryption_context(),
            )
        except (ClientError, BotoCoreError) as error:
            raise SealError("KMS did not give a data key.") from error
        return self._remember(context, answer["Plaintext"], answer["CiphertextBlob"])

    def _unwrap(self, wrapped: bytes, context: SealContext) -> _DataKey:
        try:
            answer = self._kms.decrypt(
                KeyId=self._key_arn,
                CiphertextBlob=wrapped,
                EncryptionContext=context.encryption_context(),
            )
            return self._remember(context, answer["Plaintext"], wrapped)
        except (ClientError, BotoCoreError, ValueError) as error:
            raise SealError("KMS did not unwrap a data key.") from error


def _encrypt(plaintext: bytes, key: _DataKey, context: SealContext) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    ciphertext = key.cipher.encrypt(nonce, plaintext, context.associated_data())
    return struct.pack(">BH", FORMAT, len(key.wrapped)) + key.wrapped + nonce + ciphertext


def _parts(sealed: bytes) -> tuple[bytes, bytes, bytes]:
    """Wrapped key, nonce, ciphertext."""
    try:
        version, length = struct.unpack_from(">BH", sealed)
    except struct.error as error:
        raise SealError("A sealed value is cut short.") from error
    if version != FORMAT:
        raise SealError("A sealed value has an unknown format.")
    nonce_at, ciphertext_at = 3 + length, 3 + length + NONCE_BYTES
    return sealed[3:nonce_at], sealed[nonce_at:ciphertext_at], sealed[ciphertext_at:]
