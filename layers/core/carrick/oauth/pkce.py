"""Proof Key for Code Exchange: RFC 7636 §4.2, method S256.

Not here: ``plain``, which a client that can compute S256 must not use (§4.2); making a verifier,
which needs randomness (``identifiers.new_code_verifier``).
"""

from hashlib import sha256

from authlib.common.encoding import to_unicode, urlsafe_b64encode

CODE_CHALLENGE_METHOD = "S256"


def code_challenge(code_verifier: str) -> str:
    """The S256 challenge of a verifier: 43 characters, base64url without padding.

    Raises ``ValueError`` for a verifier that is not ASCII (RFC 7636 §4.1).
    """
    return str(to_unicode(urlsafe_b64encode(sha256(code_verifier.encode("ascii")).digest())))
