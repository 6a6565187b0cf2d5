"""Whether a webhook is the provider's: HMAC of its body, as the entry says (RFC 2104)."""

import base64
import hmac
from collections.abc import Mapping

from carrick.catalog.schema.api import Webhooks


def is_signed(
    facts: Webhooks | None, secret: str, *, headers: Mapping[str, str], body: bytes
) -> bool:
    """Whether the signature is that of this body with this secret; compared in constant time.

    ``headers`` by their names in lower case. ``False`` also where nothing can be known: no secret,
    or an entry that does not say how its provider signs.
    """
    if facts is None or not facts.signature_header or not facts.algorithm or not secret:
        return False
    given = headers.get(facts.signature_header, "")
    if not facts.keyed or not given.startswith(facts.signature_prefix):
        return False
    digest = hmac.digest(secret.encode(), body, facts.algorithm)
    expected = digest.hex().encode() if facts.encoding == "hex" else base64.b64encode(digest)
    signature = given.removeprefix(facts.signature_prefix).encode("utf-8", "backslashreplace")
    return hmac.compare_digest(signature, expected)
