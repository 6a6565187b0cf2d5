"""Requirements 18, 21 and 24 without a redirect, for every route that takes a form.

Generated from the function's routes. What a session may not connect in the first place is in
``test_what_does_not_fit_is_refused.py``.
"""

import time
from collections.abc import Callable

import pytest

from tests.integration.credentials.conftest import PATHS, Forms
from tests.support.calls import call

by_mode = pytest.mark.parametrize("mode", PATHS)
ASKS_NOBODY = {"NONE"}


def delete_session(forms: Forms, token: str) -> None:
    assert call(forms.tenant.stack, token, "DELETE", "/connect/session").status == 204


def end_session(forms: Forms, token: str) -> None:
    (session,) = forms.tenant.stack.items("SessionsTable")
    key = {"pk": session["pk"]}
    forms.tenant.stack.update("SessionsTable", key, expires_at=time.time() - 1)


MEANWHILE = (delete_session, end_session)


@by_mode
def test_a_session_whose_time_is_over(mode: str, forms: Forms) -> None:
    forms.use(mode)
    token = forms.tenant.session()
    end_session(forms, token)

    assert forms.submit(token=token).status == 401
    assert forms.api.asked == []
    assert forms.connections() == []


@by_mode
def test_an_api_key_in_place_of_a_session(mode: str, forms: Forms) -> None:
    forms.use(mode)

    assert forms.submit(token=forms.tenant.api_key).status == 401
    assert forms.api.asked == []
    assert forms.connections() == []


@by_mode
def test_a_page_that_the_session_does_not_list(mode: str, forms: Forms) -> None:
    forms.use(mode)
    token = forms.tenant.session(allowed_origins=["https://app.example.com"])

    answer = forms.submit(token=token, origin="https://evil.example")

    assert answer.status == 403
    assert "access-control-allow-origin" not in answer.headers
    assert forms.api.asked == []
    assert forms.connections() == []


@by_mode
def test_a_session_that_renews_a_connection_of_another_integration(mode: str, forms: Forms) -> None:
    forms.use(mode)
    token = forms.tenant.reconnect_session(forms.connect())
    forms.tenant.call("POST", "/integrations", {"provider": "form", "unique_key": "other"})
    forms.api.asked.clear()

    assert forms.submit(token=token, to="other").status in {400, 404}
    assert forms.api.asked == []
    assert len(forms.connections()) == 1


@pytest.mark.parametrize("change", MEANWHILE)
@pytest.mark.parametrize("mode", sorted(PATHS.keys() - ASKS_NOBODY))
def test_a_session_that_ends_while_the_provider_is_asked(
    mode: str, change: Callable[[Forms, str], None], forms: Forms
) -> None:
    forms.use(mode)
    token, changes = forms.tenant.session(), [change]

    def once() -> None:
        if changes:
            changes.pop()(forms, token)

    forms.api.before_answer = once
    assert forms.submit(token=token).status == 400
    assert changes == []
    assert forms.tenant.stack.items("ConnectionsTable") == []


@by_mode
def test_a_session_that_has_its_confirmed_connection(mode: str, forms: Forms) -> None:
    forms.use(mode)
    asked = {"end_user": {"id": "u1"}, "confirm_required": True, "return_url": "https://a.example/"}
    session = forms.tenant.call("POST", "/connect/sessions", asked).json()["data"]
    told = forms.submit(token=session["token"]).json()
    body = {"session_id": session["session_id"], "confirm_code": told["confirmCode"]}
    assert forms.tenant.call("POST", "/connect/sessions/confirm", body).status == 200
    forms.api.asked.clear()

    assert forms.submit(token=session["token"]).status == 400
    assert forms.api.asked == []
    assert len(forms.connections()) == 1
