"""What Carrick signs is what the holder of the public key verifies; a bad key is not quoted."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from carrick.errors import InvalidRequestError
from carrick.oauth.client_auth import (
    ASSERTION_TYPE,
    Client,
    ClientAuthMethod,
    authenticate,
    client_assertion,
)
from carrick.oauth.signed_jwt import header_for, signed_jwt

NOW = 1_800_000_000.5
URL = "https://auth.example.com/token"
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
P256 = ec.generate_private_key(ec.SECP256R1())
P384 = ec.generate_private_key(ec.SECP384R1())
ED = ed25519.Ed25519PrivateKey.generate()


def pem(key, form=PrivateFormat.PKCS8, encryption=None) -> str:
    return key.private_bytes(Encoding.PEM, form, encryption or NoEncryption()).decode()


def public(key):
    holder = RSAKey if isinstance(key, rsa.RSAPrivateKey) else ECKey
    text = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return holder.import_key(text)


def jwk(key, **members) -> str:
    kind = RSAKey if isinstance(key, rsa.RSAPrivateKey) else ECKey
    return json.dumps({**kind.import_key(pem(key)).as_dict(private=True), **members})


@pytest.mark.parametrize(
    ("key", "text", "algorithm", "kid"),
    [
        pytest.param(RSA, pem(RSA), "RS256", None, id="RSA in PKCS 8"),
        pytest.param(RSA, pem(RSA, PrivateFormat.TraditionalOpenSSL), "RS256", None, id="PKCS 1"),
        pytest.param(RSA, pem(RSA).replace("\n", "\\n"), "RS256", None, id="line ends in JSON"),
        pytest.param(RSA, pem(RSA).replace("\n", " "), "RS256", None, id="a form of one line"),
        pytest.param(RSA, pem(RSA).replace("\n", "\r\n"), "RS256", None, id="CR LF"),
        pytest.param(RSA, jwk(RSA, kid="k1"), "RS256", "k1", id="RSA as JWK"),
        pytest.param(RSA, jwk(RSA, alg="PS256"), "PS256", None, id="JWK for PS256"),
        pytest.param(P256, pem(P256), "ES256", None, id="P-256"),
        pytest.param(P384, jwk(P384, kid="k2"), "ES384", "k2", id="P-384 as JWK"),
    ],
)
def test_an_assertion_names_client_and_endpoint_and_lives_five_minutes(key, text, algorithm, kid):
    token = jwt.decode(
        client_assertion("client-1", text, URL, NOW, jti="n1"), public(key), algorithms=[algorithm]
    )
    header = {"alg": algorithm, "typ": "JWT", **({"kid": kid} if kid else {})}
    assert token.header == header
    assert token.claims == {
        "iss": "client-1",
        "sub": "client-1",
        "aud": URL,
        "iat": 1_800_000_000,
        "exp": 1_800_000_300,
        "jti": "n1",
    }


def test_an_assertion_takes_the_place_of_the_secret():
    client = Client("client-1", "canary-secret", ClientAuthMethod.PRIVATE_KEY_JWT, "a.b.c")
    headers, params = authenticate(client)
    assert headers == {}
    assert params == {
        "client_id": "client-1",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": "a.b.c",
    }
    assert "a.b.c" not in repr(client)


def test_a_shared_secret_signs_as_well():
    text = signed_jwt({"alg": "HS256", "kid": "k"}, {"aud": "/admin/"}, b"canary-secret" * 3)
    token = jwt.decode(text, OctKey.import_key(b"canary-secret" * 3), algorithms=["HS256"])
    assert (token.header, token.claims) == ({"alg": "HS256", "kid": "k"}, {"aud": "/admin/"})


@pytest.mark.parametrize(
    ("header", "key"),
    [
        pytest.param({"alg": "RS256"}, "canary-secret", id="no key at all"),
        pytest.param({"alg": "RS256"}, "", id="nothing"),
        pytest.param({"alg": "RS256"}, pem(RSA)[:400], id="half a key"),
        pytest.param({"alg": "RS256"}, pem(P256), id="a key of another kind"),
        pytest.param({"alg": "ES256"}, pem(P384), id="another curve"),
        pytest.param({"alg": "RS256"}, '{"kty":"RSA","n":"canary-secret"}', id="half a JWK"),
        pytest.param({"alg": "RS256"}, "{canary-secret", id="half JSON"),
        pytest.param(
            {"alg": "RS256"},
            json.dumps(RSAKey.import_key(pem(RSA)).as_dict(private=False)),
            id="a public key",
        ),
        pytest.param(
            {"alg": "RS256"},
            pem(RSA, encryption=BestAvailableEncryption(b"canary-secret")),
            id="a key under a password",
        ),
        pytest.param({"alg": "EdDSA"}, pem(ED), id="a kind that no provider asks for"),
        pytest.param({"alg": "none"}, pem(RSA), id="no algorithm"),
        pytest.param({}, pem(RSA), id="no algorithm named"),
        pytest.param({"alg": "HS256"}, pem(RSA), id="a private key as shared secret"),
        pytest.param({"alg": "HS256"}, b"", id="an empty secret"),
    ],
)
def test_a_key_that_does_not_fit_is_refused_without_quoting_it(header, key):
    with pytest.raises(InvalidRequestError) as refused:
        signed_jwt(header, {"iss": "x"}, key)
    assert refused.value.code == "invalid_private_key"
    assert "canary" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_symmetric_key_is_no_private_key_of_a_client():
    with pytest.raises(InvalidRequestError):
        signed_jwt(header_for('{"kty":"oct","k":"Y2FuYXJ5LXNlY3JldA"}'), {}, "canary-secret")
