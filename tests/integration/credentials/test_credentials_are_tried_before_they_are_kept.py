import base64

from tests.integration.credentials.conftest import Forms


def test_a_key_goes_where_the_entry_says(forms: Forms) -> None:
    forms.use("API_KEY")
    forms.connect()
    assert [asked.path for asked in forms.api.asked] == ["/first", "/second"]
    assert {asked.headers["x-key"] for asked in forms.api.asked} == {"canary-secret-key"}


def test_user_name_and_password_go_as_basic(forms: Forms) -> None:
    forms.use("BASIC")
    forms.connect()
    pair = base64.b64encode(b"ada:canary-secret-password").decode()
    assert {asked.headers["authorization"] for asked in forms.api.asked} == {f"Basic {pair}"}


def test_one_path_that_answers_is_enough(forms: Forms) -> None:
    forms.use("API_KEY")
    forms.api.answers = {"GET /first": (204, None)}
    forms.connect()
    assert [asked.path for asked in forms.api.asked] == ["/first"]
