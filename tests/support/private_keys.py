"""A private key for tests, made anew in each process: nothing secret is kept in the repository."""

from base64 import b64encode

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

_KEY = generate_private_key(public_exponent=65537, key_size=2048)

PEM = _KEY.private_bytes(
    serialization.Encoding.PEM,
    serialization.PrivateFormat.TraditionalOpenSSL,
    serialization.NoEncryption(),
).decode()
BASE64_PEM = b64encode(PEM.encode()).decode()
PUBLIC_PEM = (
    _KEY.public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    .decode()
)
SECRET_LINE = PEM.splitlines()[3]
"""What no answer, log or table may hold."""
