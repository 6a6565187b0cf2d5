"""Entries of the catalog where something is signed, as they are packaged, but for their hosts."""

import base64
import hashlib
import hmac
import json
import re
from typing import Any
from urllib.parse import parse_qsl, unquote

import pytest
from authlib.oauth1.rfc5849.signature import construct_base_string
from authlib.oauth1.rfc5849.util import escape
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from tests.integration.credentials.conftest import Forms

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC = ec.generate_private_key(ec.SECP256R1())
GRANT = {"access_token": "canary-secret-token", "expires_in": 3600}
UUID = "8f14e45f-ceea-4672-a4ac-0123456789ab"
HEX = "0123456789abcdef" * 4


def pem(key: Any) -> str:
    return str(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii"))


def public(key: Any) -> Any:
    text = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return (RSAKey if key is RSA else ECKey).import_key(text)


def lifetime(token: jwt.Token) -> int:
    return int(token.claims["exp"]) - int(token.claims["iat"])


def shown(forms: Forms, connection_id: str) -> Any:
    return forms.tenant.read(connection_id).json()["credentials"]


def test_ghost_signs_with_one_half_of_a_key_and_names_the_other(forms: Forms) -> None:
    forms.use_entry("ghost-admin", "JWT")
    forms.api.answers["GET /ghost/api/admin/users"] = (200, {})
    body = {"type": "JWT", "privateKey": f"key-1:{HEX}"}
    query = "&params[adminDomain]=acme.ghost.io&params[version]=v5.0"
    text = shown(forms, forms.connect(body=body, query=query))["token"]
    token = jwt.decode(text, OctKey.import_key(bytes.fromhex(HEX)), algorithms=["HS256"])
    assert (token.header["kid"], token.claims["aud"]) == ("key-1", "/admin/")
    assert lifetime(token) == 300
    (asked,) = forms.api.asked
    assert asked.headers["authorization"] == f"Ghost {text}"


@pytest.mark.parametrize("key", ["no-halves", f":{HEX}", "key-1:", "key-1:not-hexadecimal"])
def test_a_key_without_two_good_halves(key: str, forms: Forms) -> None:
    forms.use_entry("ghost-admin", "JWT")
    query = "&params[adminDomain]=acme.ghost.io&params[version]=v5.0"
    answer = forms.submit(body={"type": "JWT", "privateKey": key}, query=query)
    assert (answer.status, answer.json()["error"]["code"]) == (400, "invalid_private_key")
    assert forms.api.asked == []


def test_heymarket_signs_with_both_secrets_joined(forms: Forms) -> None:
    forms.use_entry("heymarket", "JWT")
    forms.api.answers["GET /v1/team"] = (200, {})
    body = {"type": "JWT", "apiSecretId": UUID, "apiSecretKey": "canary-secret-key"}
    text = shown(forms, forms.connect(body=body))["token"]
    secret = OctKey.import_key(f"{UUID}||canary-secret-key".encode())
    assert jwt.decode(text, secret, algorithms=["HS256"]).claims["iss"] == UUID


@pytest.mark.parametrize(
    ("query", "scope"),
    [("", None), ("&params[scope]=GET%20/v1/apps", ["GET /v1/apps"])],
    ids=["all", "one request"],
)
def test_apple_signs_with_an_elliptic_curve(query: str, scope: Any, forms: Forms) -> None:
    forms.use_entry("apple-app-store", "JWT")
    body = {"privateKeyId": "k-1", "issuerId": UUID, "privateKey": pem(EC)}
    text = shown(forms, forms.connect(body=body, query=query))["token"]
    token = jwt.decode(text, public(EC), algorithms=["ES256"])
    assert (token.header["kid"], token.claims["aud"]) == ("k-1", "appstoreconnect-v1")
    assert token.claims.get("scope") == scope
    assert lifetime(token) == 900


def test_snowflake_names_its_key_by_fingerprint(forms: Forms) -> None:
    forms.use_entry("snowflake-jwt", "JWT")
    forms.api.answers["POST /api/v2/statements"] = (200, {})
    body = {
        "type": "JWT",
        "accountIdentifier": "ORG-ACCOUNT",
        "userName": "ADA",
        "privateKey": pem(RSA).replace("\n", " "),
    }
    text = shown(forms, forms.connect(body=body, query="&params[subdomain]=org-account"))["token"]
    token = jwt.decode(text, public(RSA), algorithms=["RS256"])
    der = RSA.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    digest = base64.b64encode(hashlib.sha256(der).digest()).decode()
    assert token.claims["iss"] == f"ORG-ACCOUNT.ADA.SHA256:{digest}"
    assert token.claims["sub"] == "ORG-ACCOUNT.ADA"
    (asked,) = forms.api.asked
    assert json.loads(asked.body) == {"statement": "SELECT CURRENT_TIMESTAMP"}


def test_emarsys_sends_a_digest_that_ends(forms: Forms) -> None:
    forms.use_entry("emarsys", "SIGNATURE")
    forms.api.answers["GET /api/v2/settings"] = (200, {})
    connection_id = forms.connect(
        body={"type": "SIGNATURE", "username": "ada", "password": "canary-secret-wsse"}
    )
    (asked,) = forms.api.asked
    parts = dict(re.findall(r'(\w+)="([^"]*)"', asked.headers["x-wsse"]))
    text = f"{parts['Nonce']}{parts['Created']}canary-secret-wsse"
    digest = hashlib.sha1(text.encode()).hexdigest()
    assert parts["PasswordDigest"] == base64.b64encode(digest.encode()).decode()
    assert parts["Username"] == "ada"
    assert shown(forms, connection_id)["token"] == asked.headers["x-wsse"]


@pytest.mark.parametrize("own", [False, True], ids=["the integration's client", "an own client"])
def test_netsuite_is_asked_with_a_signed_request(own: bool, forms: Forms) -> None:
    client = {"type": "TBA", "client_id": "consumer", "client_secret": "canary-secret-consumer"}
    forms.use_entry("netsuite-tba", "TBA", credentials=client)
    path = "/services/rest/record/v1/metadata-catalog"
    forms.api.answers[f"GET {path}"] = (200, {})
    body = {"token_id": "t-1", "token_secret": "canary-secret-tba"}
    if own:
        body |= {
            "oauth_client_id_override": "own",
            "oauth_client_secret_override": "canary-secret-own",
        }
    connection_id = forms.connect(body=body, query="&params[accountId]=1234567-sb1")
    (asked,) = forms.api.asked
    header = asked.headers["authorization"]
    sent = {name: unquote(value) for name, value in re.findall(r'(\w+)="([^"]*)"', header)}
    assert (sent.pop("realm"), sent["oauth_token"]) == ("1234567_SB1", "t-1")
    assert sent["oauth_consumer_key"] == ("own" if own else "consumer")
    assert sent["oauth_signature_method"] == "HMAC-SHA256"
    signature = sent.pop("oauth_signature")
    assert signature == oauth1_signature(f"{forms.api.url}{path}", sent, own=own)
    whole = forms.tenant.read(connection_id).json()
    assert whole["connection_config"]["oauth_client_id"] == sent["oauth_consumer_key"]
    assert "canary-secret" not in json.dumps(whole["connection_config"])
    assert ("canary-secret-own" in json.dumps(whole["credentials"])) is own
    assert "canary-secret-consumer" not in json.dumps(whole)


def oauth1_signature(url: str, sent: dict[str, str], *, own: bool) -> str:
    base = construct_base_string("GET", url, [*sent.items(), ("select", "customer")])
    secret = "canary-secret-own" if own else "canary-secret-consumer"
    key = f"{escape(secret)}&{escape('canary-secret-tba')}"
    return base64.b64encode(hmac.digest(key.encode(), base.encode(), "sha256")).decode()


def test_half_a_client_of_ones_own(forms: Forms) -> None:
    forms.use("TBA")
    body = {"token_id": "t-1", "token_secret": "t", "oauth_client_id_override": "own"}
    answer = forms.submit(body=body)
    assert (answer.status, answer.json()["error"]["code"]) == (400, "invalid_body")


def test_okta_takes_a_signed_client(forms: Forms) -> None:
    forms.use_entry("okta-cc", "OAUTH2_CC")
    forms.api.answers["POST /oauth2/v1/token"] = (200, GRANT)
    key = {**RSAKey.import_key(pem(RSA)).as_dict(private=True), "kid": "k-1"}
    body = {"client_id": "ada", "client_private_key": json.dumps(key)}
    query = "&params[hostname]=acme.okta.com&params[oauth_scopes]=okta.users.read%20okta.apps.read"
    forms.connect(body=body, query=query)
    (asked,) = forms.api.asked
    sent = dict(parse_qsl(asked.body))
    token = jwt.decode(sent.pop("client_assertion"), public(RSA), algorithms=["RS256"])
    assert token.header["kid"] == "k-1"
    assert (token.claims["iss"], token.claims["sub"]) == ("ada", "ada")
    assert token.claims["aud"] == f"{forms.api.url}/oauth2/v1/token"
    assert lifetime(token) == 300
    assert sent == {
        "grant_type": "client_credentials",
        "client_id": "ada",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "scope": "okta.users.read okta.apps.read",
    }
    assert "authorization" not in asked.headers


def test_each_assertion_is_one_of_its_own(forms: Forms) -> None:
    forms.use_entry("okta-cc", "OAUTH2_CC")
    forms.api.answers["POST /oauth2/v1/token"] = (200, GRANT)
    query = "&params[hostname]=acme.okta.com&params[oauth_scopes]=a"
    for _ in range(2):
        forms.connect(body={"client_id": "ada", "client_private_key": pem(RSA)}, query=query)
    ids = {
        jwt.decode(dict(parse_qsl(asked.body))["client_assertion"], public(RSA)).claims["jti"]
        for asked in forms.api.asked
    }
    assert len(ids) == 2


def test_a_role_is_assumed_with_the_integrations_key_and_tried(forms: Forms) -> None:
    config = {
        "service": "s3",
        "awsAccessKeyId": "AKIA-own",
        "awsSecretAccessKey": "canary-secret-aws-own",
        "defaultRegion": "eu-central-1",
    }
    forms.use_entry("aws-sigv4", "AWS_SIGV4", integration_config=config)
    forms.tell(1)
    forms.api.answers["POST /"] = forms.api.answers["POST /sts"]
    role = "arn:aws:iam::123456789012:role/carrick"

    connection_id = forms.connect(body={"role_arn": role})

    assume, tried = [(dict(parse_qsl(asked.body)), asked) for asked in forms.api.asked]
    external_id = assume[0].pop("ExternalId")
    assert assume[0] == {
        "Action": "AssumeRole",
        "RoleArn": role,
        "RoleSessionName": "carrick",
        "DurationSeconds": "3600",
        "Version": "2011-06-15",
    }
    assert tried[0] == {"Action": "GetCallerIdentity", "Version": "2011-06-15"}
    signed = assume[1].headers["authorization"]
    assert re.match(
        r"AWS4-HMAC-SHA256 Credential=AKIA-own/\d{8}/eu-central-1/sts/aws4_request, ", signed
    )
    assert "Credential=ASIA-1/" in tried[1].headers["authorization"]
    assert tried[1].headers["x-amz-security-token"] == "canary-secret-session"
    whole = forms.tenant.read(connection_id).json()
    facts = {"role_arn": role, "region": "eu-central-1", "service": "s3"}
    assert whole["connection_config"] == {**facts, "external_id": external_id}

    forms.connect(body={"role_arn": role}, token=forms.tenant.reconnect_session(connection_id))
    again = dict(parse_qsl(forms.api.asked[2].body))
    assert again["ExternalId"] == external_id


def test_keys_that_prove_nothing_are_not_kept(forms: Forms) -> None:
    forms.use("AWS_SIGV4")
    answered = iter([forms.api.answers["POST /sts"], (403, "<ErrorResponse/>")])
    forms.api.answers = _Answers(answered)
    answer = forms.submit()
    assert (answer.status, answer.json()["error"]["code"]) == (400, "connection_test_failed")
    assert forms.connections() == []


class _Answers(dict[str, Any]):
    """One answer after the other, whatever is asked."""

    def __init__(self, answers: Any) -> None:
        super().__init__()
        self._answers = answers

    def get(self, *_: Any) -> Any:
        return next(self._answers)


@pytest.mark.parametrize(
    ("body", "query"),
    [
        ({"role_arn": "canary-secret"}, ""),
        ({"role_arn": "arn:aws:iam::1:role/x"}, ""),
        ({"role_arn": "arn:aws:iam::123456789012:role/x", "region": "a/b"}, ""),
        ({"role_arn": "arn:aws:iam::123456789012:role/x"}, "&params[external_id]=guessable"),
    ],
    ids=["no ARN", "no account", "no region", "an external ID that can be guessed"],
)
def test_what_names_no_role_is_refused(body: Any, query: str, forms: Forms) -> None:
    config = {"service": "s3", "awsAccessKeyId": "AKIA", "awsSecretAccessKey": "canary-secret"}
    forms.use_entry(
        "aws-sigv4", "AWS_SIGV4", integration_config={**config, "defaultRegion": "us-east-1"}
    )
    answer = forms.submit(body=body, query=query)
    assert answer.status == 400
    assert "canary-secret" not in answer.text
    assert forms.api.asked == []
