import pytest

from carrick.edge.query import text_of_any


@pytest.mark.parametrize(
    "query",
    [
        "ws_client_id=ws_x.y%3D",
        "a=1&ws_client_id=ws_x.y%3D&a=2",
        "a=1&a%5Bb%5D=2&ws_client_id=ws_x.y%3D",
        "params[a]=1&params[a]=2&ws_client_id=ws_x.y=",
        "=&&&ws_client_id=ws_x.y%3D&%zz=%ff",
    ],
)
def test_the_name_is_found(query: str) -> None:
    assert text_of_any(query, "ws_client_id") == "ws_x.y="


@pytest.mark.parametrize(
    "query",
    [
        "",
        "ws_client_id=",
        "ws_client_id",
        "ws_client_id[a]=ws_x.y",
        "ws_client_id=ws_x.y&ws_client_id=ws_x.y",
        "ws_client_id=ws_x.y&" + "a=1&" * 200,
        "ws_client_id=ws_x.y&a=" + "x" * 17_000,
    ],
)
def test_what_is_not_said_plainly_once_is_nothing(query: str) -> None:
    assert text_of_any(query, "ws_client_id") == ""
