"""What is signed for a token request: ``${credentials.assertion}`` and ``${token}`` (TWO_STEP)."""

from collections.abc import Mapping

from carrick import identifiers
from carrick.catalog.interpolation import render
from carrick.catalog.schema.modes import Assertion
from carrick.catalog.templates import parse, references
from carrick.domain.modes.contract import Setting
from carrick.domain.modes.placeholders import Values, values_of
from carrick.domain.modes.self_signed import jwt, present
from carrick.errors import FlowError
from carrick.oauth.saml import SamlAssertion, signed_assertion
from carrick.oauth.signed_jwt import signed_jwt


def with_assertion(fields: Mapping[str, str], setting: Setting, now: float) -> dict[str, str]:
    """The fields, and a fresh ``assertion`` if the entry has one.

    One that is stored stays: what signed it was used once and is gone. Raises
    ``InvalidRequestError`` (``invalid_private_key``).
    """
    described = setting.provider.assertion
    if described is None or fields.get("assertion"):
        return dict(fields)
    values = values_of(setting, fields, now=now)
    build = _saml if described.type == "saml" else _jwt
    return {**fields, "assertion": build(described, values, now)}


def is_kept(described: Assertion | None) -> bool:
    """Whether an assertion is stored: if what signs it is not."""
    if described is None:
        return False
    return any(ref.namespace == "assertionOption" for ref in references(parse(described.key)))


def signed_values(fields: Mapping[str, str], setting: Setting, now: float) -> Values:
    """All that the templates of a token request may name."""
    if setting.provider.self_signed_token is None:
        return values_of(setting, fields, now=now)
    return values_of(setting, fields, now=now, bare={"token": jwt(fields, setting, now)})


def _jwt(described: Assertion, values: Values, now: float) -> str:
    claims = {
        **present(described.payload, values),
        "iat": int(now),
        "exp": int(now) + described.lifetime_seconds,
    }
    return signed_jwt(present(described.header, values), claims, render(described.key, values))


def _saml(described: Assertion, values: Values, now: float) -> str:
    assertion = SamlAssertion(
        assertion_id=f"_{identifiers.new_nonce()}",
        issuer=render(described.issuer or "", values),
        audience=render(described.audience or "", values),
        name_identifier=render(described.name_identifier or "", values),
        recipient=render(described.recipient or "", values),
        session_index=render(described.session_index or "", values),
        issued_at=now,
        lifetime_seconds=described.lifetime_seconds,
        attributes=_attributes(described, values),
    )
    return signed_assertion(assertion, render(described.key, values))


def _attributes(described: Assertion, values: Values) -> dict[str, str]:
    attributes = {}
    for name, value in described.attributes.items():
        try:
            text = str(value).lower() if isinstance(value, bool) else render(value, values)
        except FlowError:
            continue
        attributes[name] = text
    return attributes
