"""Requirement 19 without a redirect: who filled in the form gets the code, and nobody else."""

from tests.integration.credentials.conftest import Forms

ASKED = {"end_user": {"id": "u1"}, "confirm_required": True, "return_url": "https://app.example/"}


def test_nothing_is_connected_before_the_word(forms: Forms) -> None:
    forms.use("API_KEY")
    data = forms.tenant.call("POST", "/connect/sessions", ASKED).json()["data"]
    answer = forms.submit(token=data["token"])

    assert answer.status == 200, answer.text
    told = answer.json()
    code = told["confirmCode"]
    assert told["isPending"] is True
    assert told["returnTo"] == (
        f"https://app.example/?provider_config_key={told['providerConfigKey']}"
        f"&connection_id={told['connectionId']}&confirm_code={code}"
    )
    assert forms.connections() == []

    body = {"session_id": data["session_id"], "confirm_code": code}
    confirmed = forms.tenant.call("POST", "/connect/sessions/confirm", body)
    assert confirmed.json()["data"]["connection_id"] == told["connectionId"]
    assert forms.tenant.read(told["connectionId"]).json()["credentials"]["type"] == "API_KEY"
