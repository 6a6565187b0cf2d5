"""Redirects. Each has one fixed kind of target: none is taken from a request."""

from urllib.parse import quote, urlencode

from carrick.edge.http import Response


def to_provider(url: str, *, cookie_name: str, cookie_value: str, posts_back: bool) -> Response:
    """302 to the authorization endpoint, with the cookie that binds the flow to this browser.

    ``__Host-`` keeps other hosts of the domain from setting it. Lax lets it come back with the
    top-level redirect; a provider that posts back needs None.
    """
    same_site = "None" if posts_back else "Lax"
    cookie = (
        f"{cookie_name}={cookie_value}; Path=/; Secure; HttpOnly; SameSite={same_site}; "
        "Max-Age=1200"
    )
    return Response(302, "", {"location": url}, (cookie,))


def to_callback(target: str, integration_id: str, raw_query: str) -> Response:
    """308 to the one callback: method and body stay, the query goes byte for byte.

    ``target`` is from configuration. ``integration_id`` may be empty.
    """
    path = f"{target}/{quote(integration_id, safe='')}" if integration_id else target
    location = f"{path}?{raw_query}" if raw_query else path
    return Response(308, "", {"location": location})


def to_application(return_url: str, **params: str) -> str:
    """Where the last page sends the browser: the session's ``return_url`` with these parameters.

    Empty if the session has none. The URL is what the backend gave; parameters that are empty are
    left out. A page goes there and not a 302, because only a page knows that it is no popup.
    """
    query = urlencode({name: value for name, value in params.items() if value})
    return f"{return_url}{'&' if '?' in return_url else '?'}{query}" if return_url else ""


def expired_cookie(name: str) -> str:
    """Takes a flow's cookie away."""
    return f"{name}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"
