import pytest

from tests.integration.credentials.conftest import BODIES, PATHS, Forms
from tests.support.tenant import Tenant

by_mode = pytest.mark.parametrize("mode", PATHS)


def refused(answer: object, status: int, code: str, forms: Forms) -> None:
    found = (answer.status, answer.json()["error"]["code"])  # type: ignore[attr-defined]
    assert found == (status, code)
    assert forms.connections() == []
    assert forms.api.asked == []


@by_mode
def test_an_integration_of_another_tenant(mode: str, forms: Forms) -> None:
    forms.use(mode)
    other = Tenant(forms.tenant.stack, "other")
    refused(forms.submit(token=other.session()), 404, "unknown_provider_config", forms)


@by_mode
def test_a_session_that_was_deleted(mode: str, forms: Forms) -> None:
    forms.use(mode)
    token = forms.tenant.session()
    headers = {"authorization": f"Bearer {token}"}
    assert forms.tenant.stack.http("DELETE", "/connect/session", headers=headers).status == 204
    refused(forms.submit(token=token), 401, "unknown_connect_session_token", forms)


@by_mode
def test_another_connections_id(mode: str, forms: Forms) -> None:
    forms.use(mode)
    refused(forms.submit(query="&connection_id=c-1"), 400, "invalid_query_params", forms)


@by_mode
def test_a_field_that_is_not_declared(mode: str, forms: Forms) -> None:
    forms.use(mode)
    body = {**(BODIES[mode] or {}), "colour": "canary-secret-colour"}
    answer = forms.submit(body=body)
    refused(answer, 400, "invalid_body", forms)
    assert "canary-secret" not in answer.text


@by_mode
def test_a_body_that_is_too_large(mode: str, forms: Forms) -> None:
    forms.use(mode)
    body = {**(BODIES[mode] or {}), "x": "y" * 262_144}
    refused(forms.submit(body=body), 413, "payload_too_large", forms)


@by_mode
def test_a_mode_that_is_another_routes(mode: str, forms: Forms) -> None:
    forms.use(mode)
    forms.mode = "API_KEY" if mode == "BASIC" else "BASIC"
    refused(forms.submit(), 400, "invalid_auth_mode", forms)


@by_mode
def test_an_integration_that_the_session_may_not_connect(mode: str, forms: Forms) -> None:
    forms.use(mode)
    forms.tenant.call("POST", "/integrations", {"provider": "form", "unique_key": "other"})
    token = forms.tenant.session(allowed_integrations=["other"])
    refused(forms.submit(token=token), 400, "integration_not_allowed", forms)


@by_mode
def test_a_connection_to_renew_that_is_gone(mode: str, forms: Forms) -> None:
    forms.use(mode)
    connection_id = forms.connect()
    token = forms.tenant.reconnect_session(connection_id)
    path = f"/connections/{connection_id}?provider_config_key=test"
    assert forms.tenant.call("DELETE", path).status == 200
    forms.api.asked.clear()
    refused(forms.submit(token=token), 400, "invalid_connection", forms)
