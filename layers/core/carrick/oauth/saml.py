"""A signed SAML 2.0 assertion for a token request (RFC 7522), written in its canonical form.

The text is written as Exclusive XML Canonicalization 1.0 has it: no white space between elements,
attributes in order, values escaped in the one way. So what is signed (XML Signature 1.1, enveloped,
RSA-SHA256) needs no XML library. Not here: reading or verifying an assertion; encryption.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

from carrick.oauth.rsa_signature import rsa_signature

_SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
_DSIG = "http://www.w3.org/2000/09/xmldsig#"
_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"})
_IN_ATTRIBUTE = str.maketrans(
    {"&": "&amp;", "<": "&lt;", '"': "&quot;", "\t": "&#x9;", "\n": "&#xA;", "\r": "&#xD;"}
)


@dataclass(frozen=True, slots=True)
class SamlAssertion:
    """What is asserted. ``issued_at`` in epoch seconds; ``assertion_id`` a random NCName."""

    assertion_id: str
    issuer: str
    audience: str
    name_identifier: str
    recipient: str
    session_index: str
    issued_at: float
    lifetime_seconds: int
    attributes: Mapping[str, str] = field(default_factory=dict, repr=False)


def signed_assertion(assertion: SamlAssertion, private_key: str) -> str:
    """The assertion with its signature, in base64.

    In the usual alphabet with padding, as SAP SuccessFactors asks for, whose entry is the only one;
    RFC 7522 §2.1 would have base64url. Raises ``InvalidRequestError`` (``invalid_private_key``).
    """
    head, tail = _parts(assertion)
    digest = b64encode(sha256(f"{head}{tail}".encode()).digest()).decode("ascii")
    signed_info = _signed_info(assertion.assertion_id, digest)
    canonical = f'<ds:SignedInfo xmlns:ds="{_DSIG}">{signed_info}</ds:SignedInfo>'
    value = b64encode(rsa_signature(private_key, canonical.encode(), "sha256")).decode("ascii")
    signature = (
        f'<ds:Signature xmlns:ds="{_DSIG}"><ds:SignedInfo>{signed_info}</ds:SignedInfo>'
        f"<ds:SignatureValue>{value}</ds:SignatureValue></ds:Signature>"
    )
    return b64encode(f"{head}{signature}{tail}".encode()).decode("ascii")


def _parts(assertion: SamlAssertion) -> tuple[str, str]:
    """What stands before the signature (SAML core §2.3.3), and what behind it."""
    issued = _moment(assertion.issued_at)
    ends = _moment(assertion.issued_at + assertion.lifetime_seconds)
    head = (
        f'<saml2:Assertion xmlns:saml2="{_SAML}" ID="{_attribute(assertion.assertion_id)}" '
        f'IssueInstant="{issued}" Version="2.0">{_element("Issuer", assertion.issuer)}'
    )
    attributes = "".join(
        f'<saml2:Attribute Name="{_attribute(name)}">{_element("AttributeValue", value)}'
        "</saml2:Attribute>"
        for name, value in assertion.attributes.items()
    )
    tail = (
        '<saml2:Subject><saml2:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:'
        f'unspecified">{_text(assertion.name_identifier)}</saml2:NameID>'
        '<saml2:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
        f'<saml2:SubjectConfirmationData NotOnOrAfter="{ends}" '
        f'Recipient="{_attribute(assertion.recipient)}"></saml2:SubjectConfirmationData>'
        "</saml2:SubjectConfirmation></saml2:Subject>"
        f'<saml2:Conditions NotBefore="{issued}" NotOnOrAfter="{ends}"><saml2:AudienceRestriction>'
        f"{_element('Audience', assertion.audience)}</saml2:AudienceRestriction></saml2:Conditions>"
        f'<saml2:AuthnStatement AuthnInstant="{issued}" '
        f'SessionIndex="{_attribute(assertion.session_index)}"><saml2:AuthnContext>'
        + _element("AuthnContextClassRef", "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified")
        + "</saml2:AuthnContext></saml2:AuthnStatement>"
        f"<saml2:AttributeStatement>{attributes}</saml2:AttributeStatement></saml2:Assertion>"
    )
    return head, tail


def _signed_info(assertion_id: str, digest: str) -> str:
    def algorithm(name: str, uri: str) -> str:
        return f'<ds:{name} Algorithm="{uri}"></ds:{name}>'

    return (
        algorithm("CanonicalizationMethod", _C14N)
        + algorithm("SignatureMethod", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256")
        + f'<ds:Reference URI="#{_attribute(assertion_id)}"><ds:Transforms>'
        + algorithm("Transform", f"{_DSIG}enveloped-signature")
        + algorithm("Transform", _C14N)
        + "</ds:Transforms>"
        + algorithm("DigestMethod", "http://www.w3.org/2001/04/xmlenc#sha256")
        + f"<ds:DigestValue>{digest}</ds:DigestValue></ds:Reference>"
    )


def _element(name: str, text: str) -> str:
    return f"<saml2:{name}>{_text(text)}</saml2:{name}>"


def _text(value: str) -> str:
    return value.translate(_IN_TEXT)


def _attribute(value: str) -> str:
    return value.translate(_IN_ATTRIBUTE)


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
