"""Keys that a connection proves possession of (DPoP, RFC 9449): P-256, one per authorization."""

import base64


def new_proof_key() -> dict[str, str]:
    """A new private key as a JWK (RFC 7518 §6.2)."""
    # Imported here: few connections have one.
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    numbers = ec.generate_private_key(ec.SECP256R1()).private_numbers()
    public = numbers.public_numbers
    coordinates = {"x": public.x, "y": public.y, "d": numbers.private_value}
    return {"kty": "EC", "crv": "P-256", **{k: _encoded(v) for k, v in coordinates.items()}}


def _encoded(number: int) -> str:
    """32 bytes as base64url: leading zeros count (RFC 7518 §6.2.1.2)."""
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode("ascii")
