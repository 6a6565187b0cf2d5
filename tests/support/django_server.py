"""django-oauth-toolkit as it comes, on loopback, in this process. Everybody is one person there.

What it stores is in a file of SQLite.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse

CLIENT_ID = "carrick-at-django"
CLIENT_SECRET = "canary-secret-at-django"
LIFETIME_SECONDS = 3_600


def always_the_same_person(
    answer: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: who comes has logged in."""
    from django.contrib.auth.models import User

    def handle(request: HttpRequest) -> HttpResponse:
        request.user = User.objects.get(username="u1")
        return answer(request)

    return handle


@dataclass(frozen=True, slots=True)
class DjangoServer:
    """``url`` is that of the provider's views, without a slash at its end."""

    url: str

    def is_live(self, access_token: str) -> bool:
        """Whether the server still takes a token."""
        from oauth2_provider.models import AccessToken

        found = AccessToken.objects.filter(token=access_token).first()
        return found is not None and not found.is_expired()


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@contextmanager
def running_django_server(folder: Path, redirect_uri: str) -> Iterator[DjangoServer]:
    """A server on a free port with one client, ended with the block. Once per process."""
    _set_up(folder / "django.sqlite")
    _make_client(redirect_uri)
    with make_server("127.0.0.1", 0, WSGIHandler(), handler_class=_Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield DjangoServer(f"http://127.0.0.1:{server.server_port}/o")
        finally:
            server.shutdown()
            thread.join()


def _set_up(database: Path) -> None:
    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(database)}},
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "oauth2_provider",
        ],
        LOGGING_CONFIG=None,
        MIDDLEWARE=[f"{__name__}.always_the_same_person"],
        OAUTH2_PROVIDER={
            "ACCESS_TOKEN_EXPIRE_SECONDS": LIFETIME_SECONDS,
            "PKCE_REQUIRED": True,
            "REFRESH_TOKEN_REUSE_PROTECTION": True,
            "ROTATE_REFRESH_TOKEN": True,
            "SCOPES": {"read": "Read", "write": "Write"},
        },
        ROOT_URLCONF="tests.support.django_urls",
        SECRET_KEY="of a server that ends with the test",
        USE_TZ=True,
    )
    django.setup()
    call_command("migrate", verbosity=0)


def _make_client(redirect_uri: str) -> None:
    from django.contrib.auth.models import User
    from oauth2_provider.models import Application

    person = User.objects.create_user("u1")
    Application.objects.create(
        user=person,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        redirect_uris=redirect_uri,
        skip_authorization=True,
    )
