"""A SAML assertion as a receiver checks it: canonical, signed, each value in its place."""

import io
from base64 import b64decode
from hashlib import sha256
from xml.etree import ElementTree

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from carrick.errors import InvalidRequestError
from carrick.oauth.saml import SamlAssertion, signed_assertion

DSIG = "{http://www.w3.org/2000/09/xmldsig#}"
SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
HOSTILE = 'ada"<admin/>&amp;\t\r\n>'
ASSERTION = SamlAssertion(
    assertion_id="_0123abcd",
    issuer="www.successfactors.com",
    audience="www.successfactors.com",
    name_identifier=HOSTILE,
    recipient=f"https://api.example.com/{HOSTILE}",
    session_index="s-1",
    issued_at=1_800_000_000.9,
    lifetime_seconds=600,
    attributes={"api_key": HOSTILE, "use_username": "true"},
)


def document() -> str:
    return b64decode(signed_assertion(ASSERTION, PEM)).decode()


def canonical(text: str, **options: object) -> str:
    out = io.StringIO()
    ElementTree.canonicalize(text, out=out, **options)
    return out.getvalue()


def test_it_is_written_in_canonical_form():
    text = document()
    assert canonical(text) == text


def test_the_digest_is_that_of_the_assertion_without_its_signature():
    text = document()
    whole = ElementTree.fromstring(text)
    signature = whole.find(f"{DSIG}Signature")
    assert signature is not None
    start, end = text.index("<ds:Signature "), text.index("</ds:Signature>")
    without = text[:start] + text[end + len("</ds:Signature>") :]
    stated = signature.findtext(f"{DSIG}SignedInfo/{DSIG}Reference/{DSIG}DigestValue")
    assert b64decode(stated or "") == sha256(canonical(without).encode()).digest()
    reference = signature.find(f"{DSIG}SignedInfo/{DSIG}Reference")
    assert reference is not None and reference.get("URI") == f"#{whole.get('ID')}"


def test_the_signature_is_that_of_the_key():
    text = document()
    start, end = text.index("<ds:SignedInfo>"), text.index("</ds:SignedInfo>")
    info = text[start : end + len("</ds:SignedInfo>")].replace(
        "<ds:SignedInfo>", f'<ds:SignedInfo xmlns:ds="{DSIG[1:-1]}">'
    )
    value = ElementTree.fromstring(text).findtext(f"{DSIG}Signature/{DSIG}SignatureValue")
    KEY.public_key().verify(
        b64decode(value or ""), canonical(info).encode(), padding.PKCS1v15(), SHA256()
    )


def test_values_stay_values():
    whole = ElementTree.fromstring(document())
    assert whole.findtext(f"{SAML}Subject/{SAML}NameID") == HOSTILE
    assert whole.find(".//admin") is None
    attributes = {
        attribute.get("Name"): attribute.findtext(f"{SAML}AttributeValue")
        for attribute in whole.iter(f"{SAML}Attribute")
    }
    assert attributes == ASSERTION.attributes
    conditions = whole.find(f"{SAML}Conditions")
    assert conditions is not None
    assert conditions.attrib == {
        "NotBefore": "2027-01-15T08:00:00Z",
        "NotOnOrAfter": "2027-01-15T08:10:00Z",
    }


def test_a_key_that_is_none_is_not_quoted():
    with pytest.raises(InvalidRequestError) as refused:
        signed_assertion(ASSERTION, "canary-secret")
    assert "canary" not in str(refused.value)
