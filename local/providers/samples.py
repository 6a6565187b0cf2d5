"""What people would fill in for an entry: a value that fits each input, and keys that can sign."""

from functools import cache
from typing import Literal

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from carrick.catalog.inputs import checked
from carrick.catalog.quirks import KEY_IN_TWO_PARTS
from carrick.catalog.schema import InputField, Provider
from carrick.catalog.templates import parse, references
from carrick.errors import CarrickError

BY_FORMAT = {
    "subdomain": "acme", "subdomains": "a.b", "label": "ABC123", "region": "us6",
    "digits": "1234567890123", "hex": "abcdef", "slug": "acme", "text": "acme", "version": "v1.2",
    "uuid": "7d5f0a2e-3b0c-4c46-9d3f-0f8b6c0f1a11", "date": "2026-11-21", "port": "8443",
    "hostname": "acme.example.com", "host_and_port": "acme.example.com:8443",
    "host_and_path": "acme.example.com/erp", "url": "https://acme.example.com/api",
    "token": "acme", "multiline": "acme", "email": "ada@example.com", "path": "a/b",
}  # fmt: skip
InputsName = Literal["connection_config", "credentials", "integration_config", "assertion_option"]
HOSTS = ("acme.example.com",)
"""The hosts in those samples, as an integration would allow them."""

CERTIFICATE = "-----BEGIN CERTIFICATE-----\nc2FtcGxl\n-----END CERTIFICATE-----"


def sample(field: InputField) -> str:
    """A value that the field takes."""
    if field.enum:
        return field.enum[0]
    if field.hosts:
        host = field.hosts[0] if field.hosts[0][0] != "." else f"acme{field.hosts[0]}"
        return f"https://{host}" if field.format == "url" else host
    value = BY_FORMAT[field.format]
    if field.starts_with:
        value = field.starts_with[0] + value
    return value.ljust(field.min_length or 0, "0")[: field.max_length]


def filled_in(entry: Provider, inputs: InputsName) -> dict[str, str]:
    """A value for every field that is asked for; what is secret can be told from all else."""
    keys, fields = _keys(entry), getattr(entry, inputs)
    return {
        name: keys.get(name) or (_secret(name, field) if field.secret else sample(field))
        for name, field in fields.items()
        if not field.automated
    }


def _secret(name: str, field: InputField) -> str:
    """One that no other text holds, where the format allows that."""
    opening = field.starts_with[0] if field.starts_with else ""
    text = f"{opening}sample-{name}".ljust(field.min_length or 0, "0")
    try:
        return checked(name, field, text)
    except CarrickError:
        return sample(field)


def _keys(entry: Provider) -> dict[str, str]:
    """The inputs that sign something, each with a key of the kind that it signs with."""
    keys = {"client_private_key": private_key("RSA"), "client_certificate": CERTIFICATE}
    signed, assertion, request = entry.self_signed_token, entry.assertion, entry.request_signing
    if signed is not None and signed.signing_key:
        if signed.protocol in ("RSA", "EC"):
            keys |= dict.fromkeys(_names(signed.signing_key), private_key(signed.protocol))
        elif signed.secret_encoding == "hex":
            keys |= dict.fromkeys(_names(signed.signing_key), "5a4d9b" * 8)
    if KEY_IN_TWO_PARTS in entry.quirks:
        keys |= dict.fromkeys(entry.credentials, "1a2b3c:" + "5a4d9b" * 8)
    if assertion is not None:
        kind = "EC" if str(assertion.header.get("alg", "")).startswith("ES") else "RSA"
        keys |= dict.fromkeys(_names(assertion.key), private_key(kind))
    if request is not None and request.key and request.algorithm == "ed25519":
        keys |= dict.fromkeys(_names(request.key), private_key("Ed25519"))
    return keys


def _names(template: str) -> set[str]:
    return {ref.name for ref in references(parse(template))}


@cache
def private_key(kind: str) -> str:
    """A key for this process, in PEM; RSA for a kind that is not known."""
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
    if kind == "EC":
        key = ec.generate_private_key(ec.SECP256R1())
    elif kind == "Ed25519":
        key = ed25519.Ed25519PrivateKey.generate()
    else:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
