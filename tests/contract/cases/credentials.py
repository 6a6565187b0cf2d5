"""Answers to what people fill in: one route for each auth mode."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.contract.cases.registry import shows
from tests.contract.world import World
from tests.support.authorization_server import CLIENT_ID, CLIENT_SECRET, write_provider
from tests.support.stack import Response

UNKNOWN = "nango_connect_session_" + "0" * 64


@dataclass(frozen=True)
class Form:
    """A route, its auth mode, a body that does, and refusals of its own by their code.

    ``waits``: what it makes has no credentials yet.
    """

    path: str
    mode: str
    body: Any
    facts: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, Any] = field(default_factory=dict)
    client: Mapping[str, str] | None = None
    config: Mapping[str, str] | None = None
    waits: bool = False


VERIFIED = {"api": '{ base_url = "%s", verification = { method = "POST", paths = ["/token"] } }'}
CLIENT = {"client_id": "ada", "client_secret": CLIENT_SECRET}
WRONG = {"client_id": "ada", "client_secret": "canary-secret-wrong"}
GRANT = (
    '{ grant_type = "client_credentials", client_id = "${credentials.client_id}", '
    'client_secret = "${credentials.client_secret}" }'
)
FIELD = '{ title = "Field", format = "token", description = "A field." }'
OPTIONAL = FIELD.replace("{", "{ optional = true, secret = true,", 1)
ROLE = "arn:aws:iam::123456789012:role/carrick"
BILL = {"username": "ada", "password": "p", "organization_id": "o-1", "dev_key": "d-1"}
SIGNATURE = {"type": "SIGNATURE", "username": "ada", "password": "canary-secret"}
TOKEN = {"token_id": "t-1", "token_secret": "canary-secret-token"}
KEYS = (
    b"<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId>"
    b"<SecretAccessKey>canary-secret</SecretAccessKey><SessionToken>canary-secret</SessionToken>"
    b"</Credentials></AssumeRoleResult></AssumeRoleResponse>"
)
FETCH_ERRORS = {"aws_credentials_fetch_error", "bill_credentials_fetch_error"}
GOOD = {"AWS_SIGV4": KEYS, "BILL": b'{"sessionId": "canary-secret-session", "userId": "u-1"}'}
INSTALLED = {
    "installation": '"outbound"',
    "webhook_code_path": '"code"',
    "webhook_match": '{ actor = "actor" }',
    "webhooks": '{ headers = ["x-s"], signature_header = "x-s", algorithm = "sha256", '
    'encoding = "hex" }',
}
OWN_CLIENT = {"type": "OAUTH2", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
ACTOR = {"form": {"connection_config": {"actor": "1"}}}
SIGNING = {
    "OAUTH2_CC": {"token_endpoint_auth_method": '"private_key_jwt"'},
    "TWO_STEP": {
        "assertion": '{ type = "jwt", key = "${credentials.client_secret}", '
        'lifetime_seconds = 300, header = { alg = "RS256" } }'
    },
}
FORMS = (
    Form(
        "/api-auth/api-key",
        "API_KEY",
        {"apiKey": "canary-secret-key"},
        refused={"connection_test_failed": {"apiKey": "canary-secret-key"}},
    ),
    Form(
        "/api-auth/basic",
        "BASIC",
        {"username": "ada", "password": ""},
        refused={"connection_test_failed": {"username": "ada", "password": ""}},
    ),
    Form(
        "/oauth2/auth",
        "OAUTH2_CC",
        CLIENT,
        refused={
            "missing_client_id": {"client_secret": CLIENT_SECRET},
            "missing_client_secret": {"client_id": "ada"},
            "invalid_private_key": {"client_id": "ada", "client_private_key": "canary-secret"},
            "client_credentials_fetch_error": WRONG,
        },
    ),
    Form(
        "/auth/aws-sigv4",
        "AWS_SIGV4",
        {"role_arn": "arn:aws:iam::123456789012:role/carrick", "region": "eu-central-1"},
        facts={
            "credentials": f"{{ role_arn = {FIELD} }}",
            "integration_config": f"{{ awsAccessKeyId = {OPTIONAL}, "
            f"awsSecretAccessKey = {OPTIONAL} }}",
        },
        config={"awsAccessKeyId": "AKIA", "awsSecretAccessKey": "canary-secret-aws"},
        refused={
            "missing_client_id": {"role_arn": ROLE, "region": "eu-central-1"},
            "aws_credentials_fetch_error": {"role_arn": ROLE, "region": "eu-central-1"},
        },
    ),
    Form(
        "/auth/bill",
        "BILL",
        BILL,
        refused={"bill_credentials_fetch_error": BILL},
    ),
    Form(
        "/auth/jwt",
        "JWT",
        {"type": "JWT", "key": "0123abcd"},
        facts={
            "credentials": f"{{ key = {FIELD} }}",
            "self_signed_token": '{ protocol = "HMAC", signing_key = "${credentials.key}", '
            'secret_encoding = "hex", lifetime_seconds = 300, header = { alg = "HS256" } }',
        },
        refused={
            "invalid_private_key": {"type": "JWT", "key": "canary-secret"},
            "connection_test_failed": {"type": "JWT", "key": "0123abcd"},
        },
    ),
    Form(
        "/auth/signature",
        "SIGNATURE",
        SIGNATURE,
        facts={"self_signed_token": '{ protocol = "WSSE", lifetime_seconds = 300 }'},
        refused={"connection_test_failed": SIGNATURE},
    ),
    Form(
        "/auth/tba",
        "TBA",
        TOKEN,
        client={"type": "TBA", "client_id": "ada", "client_secret": CLIENT_SECRET},
        refused={"missing_client_id": TOKEN, "connection_test_failed": TOKEN},
    ),
    Form(
        "/auth/two-step",
        "TWO_STEP",
        {"type": "TWO_STEP", **CLIENT},
        facts={
            "token_params": GRANT,
            "credentials": f"{{ client_id = {FIELD}, client_secret = {FIELD} }}",
        },
        refused={
            "two_step_credentials_fetch_error": {"type": "TWO_STEP", **WRONG},
            "invalid_private_key": {"type": "TWO_STEP", **WRONG},
        },
    ),
    Form("/auth/unauthenticated", "NONE", None),
    Form("/auth/oauth-outbound", "OAUTH2", None, facts=INSTALLED, client=OWN_CLIENT, waits=True),
)


def submit(world: World, form: Form, body: Any, query: str = "", to: str = "form") -> Response:
    return world.ask("POST", f"{form.path}/{to}?{query or session(world)}", body, key="")


def session(world: World, **more: Any) -> str:
    return f"connect_session_token={world.tenant.session(**more)}"


def integrate(world: World, form: Form, configured: bool = True, **facts: str) -> None:
    """An integration of the form's mode, ``form``."""
    entry = {
        "auth_mode": f'"{form.mode}"',
        "authorization_url": "",
        "account_id_paths": "",
        **form.facts,
        **facts,
    }
    if form.mode not in {"AWS_SIGV4", "BILL", "OAUTH2", "OAUTH2_CC", "TWO_STEP"}:
        entry["token_url"] = ""
    if form.mode in GOOD and world.server.switches.answer is None:
        world.server.switches.answer = (200, {}, GOOD[form.mode])
    write_provider(world.folder, world.server.url, "form-provider", **entry)
    body = {"provider": "form-provider", "unique_key": "form"}
    if form.client is not None and configured:
        body |= {"credentials": form.client}
    if form.config is not None and configured:
        body |= {"integration_config": form.config}
    assert world.tenant.call("POST", "/integrations", body).status == 200


REGION = {"connection_config": '{ region = { title = "R", format = "subdomain" } }'}


def connect(world: World, form: Form) -> None:
    integrate(world, form)
    query = session(world, integrations_config_defaults=ACTOR)
    made = submit(world, form, form.body, query).json()
    path = f"/connections/{made['connectionId']}?provider_config_key=form"
    read = world.ask("GET", path)
    if form.waits:
        assert (read.status, read.json()["error"]["type"]) == (424, "connection_pending")
    else:
        assert read.json()["credentials"]["type"] == form.mode


def send_an_unknown_member(world: World, form: Form) -> None:
    integrate(world, form)
    submit(world, form, {**(form.body or {}), "colour": "canary-secret"})


def use_a_session_for_another(world: World, form: Form) -> None:
    integrate(world, form)
    submit(world, form, form.body, session(world, allowed_integrations=["test"]))


def send_a_region(world: World, form: Form, query: str) -> None:
    integrate(world, form, **REGION)
    submit(world, form, form.body, session(world) + query)


def present(world: World, form: Form, query: str) -> None:
    submit(world, form, form.body, query)


SHOWN: Mapping[tuple[int, str], Callable[[World, Form], object]] = {
    (200, ""): connect,
    (400, "invalid_uri_params"): lambda w, f: submit(w, f, f.body, to="a%23b"),
    (400, "invalid_query_params"): lambda w, f: present(w, f, f"{session(w)}&connection_id=mine"),
    (400, "invalid_json"): lambda w, f: submit(w, f, "{"),
    (400, "invalid_body"): send_an_unknown_member,
    (400, "invalid_auth_mode"): lambda w, f: submit(w, f, f.body, to="test"),
    (400, "integration_not_allowed"): use_a_session_for_another,
    (400, "url_param_err"): lambda w, f: send_a_region(w, f, ""),
    (400, "invalid_connection_config"): lambda w, f: send_a_region(w, f, "&params[region]=a/b"),
    (401, "missing_connect_session_token"): lambda w, f: present(w, f, "user_scope=x"),
    (401, "deprecated_authentication"): lambda w, f: present(w, f, "public_key=x"),
    (401, "invalid_connect_session_token_format"): lambda w, f: present(
        w, f, "connect_session_token=short"
    ),
    (401, "unknown_connect_session_token"): lambda w, f: present(
        w, f, f"connect_session_token={UNKNOWN}"
    ),
    (404, "unknown_provider_config"): lambda w, f: submit(w, f, f.body, to="nobody"),
    (413, "payload_too_large"): lambda w, f: submit(w, f, '{"x":"' + "y" * 262_144 + '"}'),
}


def register(form: Form) -> None:
    key = f"POST {form.path}/{{integration_id}}"
    for (status, code), case in SHOWN.items():
        shows(key, status, code)(lambda world, case=case: case(world, form))
    for code, body in form.refused.items():
        shows(key, 400, code)(lambda world, c=code, b=body: refuse(world, form, c, b))


def refuse(world: World, form: Form, code: str, body: Any) -> None:
    """An answer that depends on what the provider says, or on what the integration has."""
    facts = dict(SIGNING.get(form.mode, {})) if code == "invalid_private_key" else {}
    if code == "connection_test_failed":
        facts["api"] = VERIFIED["api"] % world.server.url
    if code in {"connection_test_failed", *FETCH_ERRORS}:
        world.server.switches.answer = (401, {}, b"")
    integrate(world, form, configured=code != "missing_client_id", **facts)
    submit(world, form, body)


for _form in FORMS:
    register(_form)
