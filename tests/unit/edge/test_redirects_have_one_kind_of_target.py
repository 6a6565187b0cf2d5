import pytest

from carrick.edge import redirects

TARGET = "https://carrick.example/oauth/callback"


@pytest.mark.parametrize(("posts_back", "same_site"), [(False, "Lax"), (True, "None")])
def test_the_cookie_is_this_hosts_and_no_scripts(posts_back: bool, same_site: str) -> None:
    response = redirects.to_provider(
        "https://provider.example/authorize?a=b",
        cookie_name="__Host-carrick-0123456789abcdef",
        cookie_value="value",
        posts_back=posts_back,
    )
    assert (response.status, response.body) == (302, "")
    assert response.headers == {"location": "https://provider.example/authorize?a=b"}
    (cookie,) = response.cookies
    name, *attributes = cookie.split("; ")
    assert name == "__Host-carrick-0123456789abcdef=value"
    assert set(attributes) == {
        "Path=/",
        "Secure",
        "HttpOnly",
        f"SameSite={same_site}",
        "Max-Age=1200",
    }


def test_a_cookie_is_taken_away_by_the_attributes_that_its_prefix_asks_for() -> None:
    name, *attributes = redirects.expired_cookie("__Host-x").split("; ")
    assert name == "__Host-x="
    assert {"Path=/", "Secure", "Max-Age=0"} <= set(attributes)


@pytest.mark.parametrize(
    ("integration_id", "query", "location"),
    [
        ("", "", TARGET),
        ("", "code=a&state=b", f"{TARGET}?code=a&state=b"),
        ("github", "a=b", f"{TARGET}/github?a=b"),
        ("a b", "", f"{TARGET}/a%20b"),
        ("a:b@c~.-_", "", f"{TARGET}/a%3Ab%40c~.-_"),
        ("", "a=%2F%2f+%20&a=&&=&%", f"{TARGET}?a=%2F%2f+%20&a=&&=&%"),
    ],
)
def test_the_callback_gets_the_query_as_it_came(
    integration_id: str, query: str, location: str
) -> None:
    response = redirects.to_callback(TARGET, integration_id, query)
    assert (response.status, response.headers["location"]) == (308, location)
    assert response.cookies == ()
