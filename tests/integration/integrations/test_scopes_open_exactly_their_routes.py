"""Each scope against each route of integrations, environments and providers: the whole matrix."""

import pytest

from carrick.models.scopes import SCOPES
from tests.support.calls import call, error_of
from tests.support.tenant import Tenant

INTEGRATIONS = "environment:integrations:"
CREDENTIALS = {"type": "OAUTH2", "client_id": "c", "client_secret": "canary-secret-matrix"}
NEW = {"provider": "github", "unique_key": "new", "credentials": CREDENTIALS}

OPENED_BY = {
    ("GET", "/integrations"): {f"{INTEGRATIONS}list", f"{INTEGRATIONS}list_credentials"},
    ("POST", "/integrations"): {f"{INTEGRATIONS}create"},
    ("GET", "/integrations/test"): {f"{INTEGRATIONS}read", f"{INTEGRATIONS}read_credentials"},
    ("GET", "/integrations/test?include=credentials"): {f"{INTEGRATIONS}read_credentials"},
    ("PATCH", "/integrations/test"): {f"{INTEGRATIONS}update"},
    ("POST", "/environment/webhook-signing-key/rotate"): {"environment:webhook_signing_key:rotate"},
    ("GET", "/environment-variables"): {"environment:variables:read"},
    ("GET", "/providers"): set(SCOPES),
    ("GET", "/providers/github"): set(SCOPES),
    ("DELETE", "/integrations/test"): {f"{INTEGRATIONS}delete"},
    ("GET", "/environments"): set(),
    ("POST", "/environments"): set(),
    ("GET", "/environments/{id}"): set(),
    ("PATCH", "/environments/{id}"): set(),
    ("DELETE", "/environments/{id}"): set(),
    ("GET", "/environments/{id}/api-keys"): set(),
    ("POST", "/environments/{id}/api-keys"): set(),
    ("DELETE", "/environments/{id}/api-keys/abcdefgh"): set(),
    ("GET", "/environments/{id}/webhook-signing-key"): set(),
}
BODIES = {
    ("POST", "/integrations"): NEW,
    ("PATCH", "/integrations/test"): {"display_name": "x"},
}


@pytest.mark.parametrize("scope", SCOPES)
def test_a_key_with_one_scope_opens_its_routes_only(tenant: Tenant, scope: str) -> None:
    tenant.integrate(provider="github")
    key = tenant.key_with(scope)
    for route, scopes in OPENED_BY.items():
        method, path = route
        path = path.replace("{id}", tenant.environment_id)
        answer = call(tenant.stack, key, method, path, BODIES.get(route))
        if scope in scopes:
            assert answer.status == 200, (route, answer.text)
        elif scopes:
            assert error_of(answer) == (403, "forbidden"), route
            assert "Insufficient scope. Required" in answer.text
        else:
            assert error_of(answer) == (401, "unknown_account"), route


def test_no_route_of_these_functions_is_left_out(tenant: Tenant) -> None:
    routes = {
        (route.method, route.path)
        for route in tenant.stack.aws.stack.routes
        if route.function in {"environments", "integrations", "providers"}
        and route.method != "OPTIONS"  # what browsers ask needs no key
    }
    tested = {
        (
            method,
            path.partition("?")[0]
            .replace("{id}", "{environment_id}")
            .replace("abcdefgh", "{key_id}")
            .replace("/integrations/test", "/integrations/{integration_id}")
            .replace("/providers/github", "/providers/{provider}"),
        )
        for method, path in OPENED_BY
    }
    assert tested == routes - {("GET", "/health")}
