"""Two-step entries as they are packaged, but for their hosts: assertions, XML, hashes, cookies."""

import base64
import hashlib
import json
import time
from typing import Any
from urllib.parse import parse_qsl
from xml.etree import ElementTree

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from tests.integration.credentials.conftest import Forms
from tests.support.connections import Connections

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC = ec.generate_private_key(ec.SECP256R1())
UUID = "8f14e45f-ceea-4672-a4ac-0123456789ab"
GRANT = {"access_token": "canary-secret-token", "expires_in": 3600}
HOSTILE = "</password><admin/>&canary-secret"


def pem(key: Any) -> str:
    return str(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii"))


def read(text: str, key: Any, algorithm: str) -> jwt.Token:
    holder = RSAKey if key is RSA else ECKey
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return jwt.decode(text, holder.import_key(public), algorithms=[algorithm])


def sent(forms: Forms, number: int = 0) -> dict[str, str]:
    return dict(parse_qsl(forms.api.asked[number].body))


def shown(forms: Forms, connection_id: str) -> Any:
    return forms.tenant.read(connection_id).json()["credentials"]


def end(forms: Forms, connection_id: str) -> None:
    pk = f"{forms.tenant.environment_id}#test#{connection_id}"
    forms.tenant.stack.update("ConnectionsTable", {"pk": pk}, expires_at=time.time() - 1)


def test_what_signs_once_is_not_stored_and_what_it_signed_is(
    forms: Forms, stored: Connections
) -> None:
    forms.use_entry("apple-business-manager", "TWO_STEP")
    forms.api.answers["POST /auth/oauth2/v2/token"] = (200, GRANT)
    key = pem(EC)
    body = {
        "type": "TWO_STEP",
        "clientId": "BUSINESSAPI.1",
        "keyId": "k-1",
        "assertionOption": {"privateKey": key},
    }
    connection_id = forms.connect(body=body)
    token = read(sent(forms)["client_assertion"], EC, "ES256")
    assert token.header["kid"] == "k-1"
    assert (token.claims["iss"], token.claims["sub"]) == ("BUSINESSAPI.1", "BUSINESSAPI.1")
    assert token.claims["exp"] - token.claims["iat"] == 15_552_000
    assert key.splitlines()[1] not in json.dumps(stored.credentials(connection_id).values)

    end(forms, connection_id)
    assert shown(forms, connection_id)["token"] == "canary-secret-token"
    assert sent(forms, 1) == sent(forms, 0)


@pytest.mark.parametrize(
    "option",
    [None, {}, {"privateKey": "canary-secret"}, {"privateKey": pem(EC), "colour": "x"}],
    ids=["none", "empty", "no key", "one more"],
)
def test_an_option_that_does_not_fit(option: Any, forms: Forms) -> None:
    forms.use_entry("apple-business-manager", "TWO_STEP")
    body: dict[str, Any] = {"type": "TWO_STEP", "clientId": "BUSINESSAPI.1", "keyId": "k-1"}
    answer = forms.submit(body=body if option is None else {**body, "assertionOption": option})
    assert answer.status == 400
    assert answer.json()["error"]["code"] in {"invalid_body", "invalid_private_key"}
    assert "canary-secret" not in answer.text
    assert forms.api.asked == []


def test_an_assertion_of_a_stored_key_is_signed_each_time(forms: Forms) -> None:
    forms.use_entry("microsoft-oauth2-cc-cert", "TWO_STEP")
    path = f"/{UUID}/oauth2/v2.0/token"
    forms.api.answers[f"POST {path}"] = (200, GRANT)
    body = {
        "type": "TWO_STEP",
        "clientId": UUID,
        "privateKey": pem(RSA),
        "certificateThumbprint": "thumb",
    }
    query = f"&params[tenantId]={UUID}&params[oauth_scopes]=.default"
    connection_id = forms.connect(body=body, query=query)
    end(forms, connection_id)
    credentials = shown(forms, connection_id)
    first, second = (
        read(sent(forms, number)["client_assertion"], RSA, "PS256") for number in (0, 1)
    )
    assert first.header["x5t#S256"] == "thumb"
    assert first.claims["aud"] == f"{forms.api.url}{path}"
    assert first.claims["jti"] != second.claims["jti"]
    assert "assertion" not in credentials


def test_a_token_of_the_entrys_own_is_the_assertion(forms: Forms) -> None:
    forms.use_entry("google-service-account", "TWO_STEP")
    forms.api.answers["POST /token"] = (200, GRANT)
    body = {
        "type": "TWO_STEP",
        "serviceAccountEmailAddress": "reader@acme.iam.gserviceaccount.com",
        "scopes": "https://www.googleapis.com/auth/drive",
        "privateKey": pem(RSA).replace("\n", "\\n"),
    }
    forms.connect(body=body)
    token = read(sent(forms)["assertion"], RSA, "RS256")
    assert token.claims["scope"] == "https://www.googleapis.com/auth/drive"
    assert "sub" not in token.claims


def test_a_saml_assertion_says_who_and_for_whom(forms: Forms) -> None:
    forms.use_entry("sap-success-factors", "TWO_STEP")
    forms.api.answers["POST /oauth/token"] = (200, GRANT)
    body = {
        "type": "TWO_STEP",
        "apiKey": "canary-secret-key",
        "assertionOption": {"userName": "ada & co", "privateKey": pem(RSA)},
    }
    forms.connect(
        body=body, query="&params[apiServer]=api4.successfactors.com&params[companyId]=acme"
    )
    fields = sent(forms)
    whole = ElementTree.fromstring(base64.b64decode(fields.pop("assertion")))
    namespace = {"s": "urn:oasis:names:tc:SAML:2.0:assertion"}
    assert whole.findtext(".//s:NameID", namespaces=namespace) == "ada & co"
    data = whole.find(".//s:SubjectConfirmationData", namespace)
    assert data is not None and data.get("Recipient") == f"{forms.api.url}/oauth/token"
    assert fields == {
        "company_id": "acme",
        "client_id": "canary-secret-key",
        "grant_type": "urn:ietf:params:oauth:grant-type:saml2-bearer",
        "new_token": "true",
    }


SAGE = {
    "type": "TWO_STEP",
    "senderId": "sender",
    "senderPassword": HOSTILE,
    "userId": "ada",
    "companyId": "acme",
    "userPassword": "canary-secret-password",
}
OPENED = (
    '<?xml version="1.0"?><response><operation><authentication>'
    "<sessiontimeout>2099-01-01T00:00:00+00:00</sessiontimeout></authentication><result><data>"
    "<api><sessionid>canary-secret-session</sessionid></api></data></result></operation></response>"
)


def test_an_xml_request_holds_values_and_no_markup_of_theirs(
    forms: Forms, stored: Connections
) -> None:
    forms.use_entry("sage-intacct", "TWO_STEP")
    forms.api.answers["POST /ia/xml/xmlgw.phtml"] = (200, OPENED)
    connection_id = forms.connect(body=SAGE)
    (asked,) = forms.api.asked
    assert asked.headers["content-type"] == "application/xml"
    request = ElementTree.fromstring(asked.body)
    assert request.findtext("control/password") == HOSTILE
    assert request.find(".//admin") is None
    function = request.find("operation/content/function")
    assert function is not None and function.get("controlid")
    assert shown(forms, connection_id)["token"] == "canary-secret-session"


@pytest.mark.parametrize(
    "answer",
    [
        "<response><operation><errormessage>canary-secret</errormessage></operation></response>",
        '<!DOCTYPE r [<!ENTITY e "canary-secret">]><response>&e;</response>',
        "canary-secret",
    ],
    ids=["a refusal", "a document type", "no XML"],
)
def test_an_xml_answer_without_a_session(answer: str, forms: Forms) -> None:
    forms.use_entry("sage-intacct", "TWO_STEP")
    forms.api.answers["POST /ia/xml/xmlgw.phtml"] = (200, answer)
    refused = forms.submit(body=SAGE)
    assert refused.json()["error"]["code"] == "two_step_credentials_fetch_error"
    assert "canary-secret" not in refused.text


def test_what_the_customer_set_is_sent_and_not_stored(forms: Forms, stored: Connections) -> None:
    forms.use_entry(
        "sage-300-cre",
        "TWO_STEP",
        integration_config={"dppKey": "canary-secret-dpp"},
    )
    forms.api.answers["POST /api/common/user/authenticate"] = (200, {"Data": "canary-secret-t"})
    body = {"type": "TWO_STEP", "username": "ada", "password": "canary-secret-password"}
    query = "&params[serverUrl]=acme.example.com&params[databaseName]=d"
    connection_id = forms.connect(body=body, query=query)
    (asked,) = forms.api.asked
    assert asked.headers["x-dppkey"] == "canary-secret-dpp"
    assert "canary-secret-dpp" not in json.dumps(stored.credentials(connection_id).values)


def test_what_the_customer_set_goes_to_no_host_that_a_person_named(forms: Forms) -> None:
    body = {"provider": "sage-300-cre", "unique_key": "test"}
    secret = {"integration_config": {"dppKey": "canary-secret-dpp"}}
    assert forms.tenant.call("POST", "/integrations", {**body, **secret}).status == 200
    forms.mode = "TWO_STEP"
    answer = forms.submit(
        body={"type": "TWO_STEP", "username": "ada", "password": "p"},
        query="&params[serverUrl]=elsewhere.example.com&params[databaseName]=d",
    )
    assert (answer.status, answer.json()["error"]["code"]) == (400, "invalid_connection_config")


def test_cookies_are_kept_as_they_are_to_be_sent(forms: Forms) -> None:
    forms.use_entry("sap-business-one", "TWO_STEP")
    forms.api.answers["POST /Login"] = (200, {"SessionId": "canary-secret-session"})
    forms.api.headers = [
        ("set-cookie", "B1SESSION=canary-secret; Expires=Wed, 21 Oct 2099 07:28:00 GMT; HttpOnly"),
        ("set-cookie", "ROUTEID=.node1; path=/"),
    ]
    body = {"type": "TWO_STEP", "userName": "ada", "password": "canary-secret-password"}
    query = "&params[domain]=sap.example.com/b1s/v1&params[companyDb]=d"
    connection_id = forms.connect(body=body, query=query)
    assert shown(forms, connection_id)["_cookies"] == "B1SESSION=canary-secret; ROUTEID=.node1"
    (asked,) = forms.api.asked
    assert json.loads(asked.body) == {
        "CompanyDB": "d",
        "UserName": "ada",
        "Password": "canary-secret-password",
    }


def test_a_request_is_hashed_over_its_own_headers(forms: Forms) -> None:
    forms.use_entry("avanan", "TWO_STEP")
    forms.api.answers["GET /v1.0/auth"] = (200, "canary-secret-token")
    body = {"type": "TWO_STEP", "appId": "app-1", "secretKey": "canary-secret-key"}
    query = "&params[subdomain]=smart-api-production-1-us"
    connection_id = forms.connect(body=body, query=query)
    (asked,) = forms.api.asked
    parts = [asked.headers[f"x-av-{name}"] for name in ("req-id", "app-id", "date")]
    text = base64.b64encode("".join([*parts, "canary-secret-key"]).encode())
    assert asked.headers["x-av-sig"] == hashlib.sha256(text).hexdigest()
    assert shown(forms, connection_id)["token"] == "canary-secret-token"


def test_a_credential_in_a_url_is_encoded(forms: Forms) -> None:
    forms.use_entry("leapsome", "TWO_STEP")
    forms.api.answers["GET /v1/token"] = (200, {"token": "canary-secret-token"})
    forms.connect(body={"type": "TWO_STEP", "secret": "canary-secret&admin=1"})
    (asked,) = forms.api.asked
    assert asked.path.endswith("?secret=canary-secret%26admin%3D1")
