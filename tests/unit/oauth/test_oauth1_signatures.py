"""OAuth 1.0a signatures are those of RFC 5849 and of Authlib, byte for byte."""

import hmac
import re
from base64 import b64decode, b64encode
from urllib.parse import unquote

import pytest
from authlib.oauth1.rfc5849.signature import (
    generate_signature_base_string,
    hmac_sha1_signature,
    plaintext_signature,
)
from authlib.oauth1.rfc5849.util import escape
from authlib.oauth1.rfc5849.wrapper import OAuth1Request
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from carrick.errors import InvalidRequestError
from carrick.oauth.oauth1 import (
    Consumer,
    Stamp,
    Token,
    authorization_header,
    signature,
    signature_base_string,
)

STAMP = Stamp(137131202, "chapoH")
CONSUMER = Consumer("dpf43f3p2l4k3l03", "kd94hf93k423kf44")
SECRET = "canary-secret +/="
TOKEN = Token("token ü", "canary-secret t&%")
URLS = [
    "https://api.example.com/1/statuses?include=true&b=2&a=x%20y&a=",
    "HTTPS://API.Example.com:443/1/path%2Fwith%20escapes",
    "https://api.example.com:8443/?a=%C3%BC+plus~_-.",
    "https://api.example.com/",
]


def protocol_of(header: str) -> dict[str, str]:
    assert header.startswith("OAuth ")
    return {name: unquote(value) for name, value in re.findall(r'(\w+)="([^"]*)"', header)}


def pem_of(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def test_the_base_string_is_that_of_the_rfc():
    # RFC 5849 §3.4.1.1, with the parameters of §3.4.1.3.1.
    base = signature_base_string(
        "post",
        "http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b",
        [
            ("oauth_consumer_key", "9djdj82h48djs9d2"),
            ("oauth_token", "kkk9d7dh3k39sjv7"),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "137131201"),
            ("oauth_nonce", "7d8f3e4a"),
            ("c2", ""),
            ("a3", "2 q"),
        ],
    )
    assert base == (
        "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D"
        "%253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce"
        "%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26"
        "oauth_token%3Dkkk9d7dh3k39sjv7"
    )


@pytest.mark.parametrize(
    ("method", "url", "token", "params", "expected"),
    [
        pytest.param(
            "POST",
            "https://photos.example.net/initiate",
            None,
            {
                "oauth_timestamp": "137131200",
                "oauth_nonce": "wIjqoS",
                "oauth_callback": "http://printer.example.com/ready",
            },
            "74KNZJeDHnMBp0EMJ9ZHt/XKycU=",
            id="temporary credentials",
        ),
        pytest.param(
            "POST",
            "https://photos.example.net/token",
            Token("hh5s93j4hdidpola", "hdhd0244k9j7ao03"),
            {
                "oauth_timestamp": "137131201",
                "oauth_nonce": "walatlh",
                "oauth_verifier": "hfdp7dh39dks9884",
            },
            "gKgrFCywp7rO0OXSjdot/IHF7IU=",
            id="token credentials",
        ),
        pytest.param(
            "GET",
            "http://photos.example.net/photos?file=vacation.jpg&size=original",
            Token("nnch734d00sl2jdk", "pfkkdhi9sl3r4s00"),
            {"oauth_timestamp": "137131202", "oauth_nonce": "chapoH"},
            "MdpQcU8iPSUjWoN/UDMsK2sui9I=",
            id="a resource",
        ),
    ],
)
def test_signatures_are_those_of_the_rfc(method, url, token, params, expected):
    # RFC 5849 §1.2.
    protocol = {
        "oauth_consumer_key": CONSUMER.key,
        "oauth_signature_method": "HMAC-SHA1",
        **({"oauth_token": token.token} if token else {}),
        **params,
    }
    base = signature_base_string(method, url, protocol.items())
    assert signature(base, CONSUMER, token) == expected


@pytest.mark.parametrize("method", ["HMAC-SHA1", "HMAC-SHA256", "PLAINTEXT"])
@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("token", [None, TOKEN], ids=["no token", "a token"])
def test_a_server_built_on_authlib_reads_and_verifies_the_header(method, url, token):
    callback = "https://carrick.example/oauth/callback?state=a b"
    header = authorization_header(
        "POST",
        url,
        Consumer("key:1", SECRET, signature_method=method, realm="Photos"),
        token,
        STAMP,
        body_params=[("status", "a b+ü"), ("status", "")],
        protocol_params={"oauth_callback": callback},
    )
    seen = OAuth1Request(
        "POST", url, body="status=a+b%2B%C3%BC&status=", headers={"Authorization": header}
    )
    token_secret = token.secret if token else ""

    assert (seen.client_id, seen.token) == ("key:1", token.token if token else None)
    assert (seen.redirect_uri, seen.realm) == (callback, "Photos")
    assert seen.signature == _authlibs(method, seen, token_secret)


def _authlibs(method: str, request: OAuth1Request, token_secret: str) -> str:
    if method == "PLAINTEXT":
        return plaintext_signature(SECRET, token_secret)
    base = generate_signature_base_string(request)
    if method == "HMAC-SHA1":
        return hmac_sha1_signature(base, SECRET, token_secret)
    key = f"{escape(SECRET)}&{escape(token_secret)}"  # Authlib does not know HMAC-SHA256
    return b64encode(hmac.digest(key.encode(), base.encode(), "sha256")).decode()


def test_a_form_body_is_signed_with_the_rest():
    header = authorization_header(
        "POST", URLS[0], CONSUMER, None, STAMP, body_params=[("status", "a b"), ("status", "")]
    )
    without = authorization_header("POST", URLS[0], CONSUMER, None, STAMP)
    assert protocol_of(header)["oauth_signature"] != protocol_of(without)["oauth_signature"]


def test_rsa_signatures_verify_with_the_public_key():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    consumer = Consumer("key", pem_of(key), signature_method="RSA-SHA1")
    base = signature_base_string("GET", URLS[0], [("oauth_nonce", "1")])
    key.public_key().verify(
        b64decode(signature(base, consumer, None)), base.encode(), padding.PKCS1v15(), SHA1()
    )


@pytest.mark.parametrize(
    "private_key",
    ["canary-secret", "", pem_of(ec.generate_private_key(ec.SECP256R1()))],
    ids=["text", "nothing", "an EC key"],
)
def test_a_key_that_is_no_rsa_key_is_refused_without_quoting_it(private_key):
    consumer = Consumer("key", private_key, signature_method="RSA-SHA1")
    with pytest.raises(InvalidRequestError) as refused:
        authorization_header("GET", URLS[0], consumer, None, STAMP)
    assert refused.value.code == "invalid_private_key"
    assert "canary" not in str(refused.value)


def test_a_realm_is_sent_and_not_signed():
    plain = authorization_header("GET", URLS[0], CONSUMER, None, STAMP)
    consumer = Consumer(CONSUMER.key, CONSUMER.secret, realm='12"3')
    header = authorization_header("GET", URLS[0], consumer, None, STAMP)
    assert header.startswith('OAuth realm="12\\"3", ')
    assert protocol_of(plain)["oauth_signature"] in unquote(header)


def test_secrets_are_in_no_repr():
    assert "canary" not in repr(Consumer("key", "canary-secret")) + repr(Token("canary", "canary"))
