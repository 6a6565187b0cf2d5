"""Which URLs a customer may give us, by what they are for (contract §1.7).

Sending checks again, with the addresses that the name then has (security requirement 84).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from carrick.domain.invalid_fields import invalid_field
from carrick.errors import EgressRefusedError
from carrick.transport.guard import Target, check_url


@dataclass(frozen=True, slots=True)
class UrlRules:
    """``base_url`` is Carrick's own; ``allow_loopback`` is for the laptop and tests."""

    base_url: str
    allow_loopback: bool

    def check_webhook_url(self, url: str, path: Sequence[str]) -> str:
        """The URL, if events may be sent to it; empty is none.

        HTTPS to a public host that is not Carrick's own: an event sent there would be an endless
        loop at best. Raises ``ValidationFailedError`` that names ``path``.
        """
        if url:
            try:
                target = check_url(url, allow_loopback=self.allow_loopback)
            except EgressRefusedError:
                raise invalid_field(path, "Not an https URL of a public host, port 443") from None
            if self._is_own(target):
                raise invalid_field(path, "The URL must not lead to Carrick itself")
        return url

    def _is_own(self, target: Target) -> bool:
        own = (urlsplit(self.base_url).hostname or "").removesuffix(".")
        # On the laptop everything listens on one host, the receiver of the demo too.
        return target.host == own and not (self.allow_loopback and target.scheme == "http")


def check_callback_url(url: str, path: Sequence[str]) -> str:
    """The URL, if a provider may send browsers to it with a code; empty is none.

    HTTPS, or HTTP to the browser's own machine (RFC 8252 §7.3), which a customer's development
    set-up may be; without query and fragment (RFC 6749 §3.1.2). Raises ``ValidationFailedError``.
    """
    if url:
        try:
            has_query = "?" in check_url(url, allow_loopback=True).path_and_query
        except EgressRefusedError:
            has_query = True
        if has_query:
            raise invalid_field(path, "Not an https URL, port 443, without query and fragment")
    return url
