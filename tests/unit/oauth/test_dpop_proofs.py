"""A DPoP proof says what RFC 9449 §4.2 asks, and anybody can check it with the key inside."""

import json
from hashlib import sha256

import pytest
from authlib.common.encoding import to_unicode, urlsafe_b64encode
from joserfc import jwt
from joserfc.jwk import ECKey

from carrick.crypto.proof_keys import new_proof_key
from carrick.models.http import InboundResponse
from carrick.oauth.dpop import demanded_nonce, dpop_proof, thumbprint

KEY = new_proof_key()
NOW = 1_800_000_000.7
URL = "https://api.example.com/token?tenant=a#b"


def opened(proof: str):
    return jwt.decode(proof, ECKey.import_key(KEY), algorithms=["ES256"])


def digest(text: str) -> str:
    return to_unicode(urlsafe_b64encode(sha256(text.encode()).digest()))


def test_a_proof_names_the_request_and_holds_the_public_key_only():
    proof = opened(dpop_proof(KEY, "post", URL, NOW, jti="one"))

    assert proof.claims == {
        "jti": "one",
        "htm": "POST",
        "htu": "https://api.example.com/token",
        "iat": 1_800_000_000,
    }
    public = {name: KEY[name] for name in ("kty", "crv", "x", "y")}
    assert proof.header == {"typ": "dpop+jwt", "alg": "ES256", "jwk": public}


def test_a_proof_for_an_api_is_bound_to_its_token_and_holds_the_servers_nonce():
    proof = opened(dpop_proof(KEY, "GET", URL, NOW, "canary-secret-token", "n-1", jti="two"))

    assert proof.claims["ath"] == digest("canary-secret-token")
    assert proof.claims["nonce"] == "n-1"


def test_the_thumbprint_is_that_of_rfc_7638():
    public = {name: KEY[name] for name in ("crv", "kty", "x", "y")}
    assert thumbprint(KEY) == digest(json.dumps(public, separators=(",", ":")))
    assert thumbprint(KEY) == ECKey.import_key(KEY).thumbprint()


def test_each_key_is_another_one():
    assert new_proof_key()["d"] != new_proof_key()["d"]


@pytest.mark.parametrize(
    ("status", "headers", "body", "demanded"),
    [
        (400, {"dpop-nonce": "n"}, b'{"error":"use_dpop_nonce"}', "n"),
        (401, {"dpop-nonce": "n", "www-authenticate": 'DPoP error="use_dpop_nonce"'}, b"", "n"),
        (400, {"dpop-nonce": "n"}, b'{"error":"invalid_grant"}', None),
        (400, {}, b'{"error":"use_dpop_nonce"}', None),
        (200, {"dpop-nonce": "n"}, b'{"error":"use_dpop_nonce"}', None),
        (400, {"dpop-nonce": "n" * 2000}, b'{"error":"use_dpop_nonce"}', None),
    ],
    ids=["token endpoint", "api", "another error", "no nonce", "good answer", "endless nonce"],
)
def test_a_nonce_counts_where_it_is_what_was_missing(status, headers, body, demanded):
    assert demanded_nonce(InboundResponse(status, headers, body)) == demanded
