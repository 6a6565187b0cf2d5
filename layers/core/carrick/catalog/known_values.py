"""Whether every placeholder of an entry names a value that will be there."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from carrick.catalog.auth_modes import AuthMode
from carrick.catalog.quirks import CREDENTIAL_IN_URL, KEY_IN_TWO_PARTS
from carrick.catalog.templates import Reference, parse, references

if TYPE_CHECKING:
    from carrick.catalog.schema import Provider

_INPUTS = frozenset({"connection_config", "credentials", "integration_config", "assertion_option"})
_WITHOUT_CLIENT = frozenset(
    {AuthMode.API_KEY, AuthMode.BASIC, AuthMode.NONE, AuthMode.JWT, AuthMode.SIGNATURE}
)
_WITHOUT_TOKEN = frozenset({AuthMode.API_KEY, AuthMode.BASIC, AuthMode.NONE})
_OF_A_REQUEST = frozenset({"endpoint", "method", "host", "path", "params"})
_HELD = frozenset({"apiKey", "username", "password", "accessToken", "refresh_token"})
_URL_KEYS = ("_url", "_url_fallbacks", ".url", ".paths", ".base_url", ".base_url_fallbacks")


class Known:
    """The values that an entry's templates can name: inputs, answers, and those of the moment."""

    def __init__(self, provider: "Provider") -> None:
        self._provider = provider
        self._config = {
            *provider.connection_config,
            *provider.token_response_metadata,
            *provider.redirect_uri_metadata,
            *provider.webhook_metadata,
            *(name for lookup in provider.post_connection for name in lookup.sets),
        }
        self._credentials = {*provider.credentials, *provider.token_response.headers}
        if provider.assertion:
            self._credentials.add("assertion")
        if provider.auth_mode is AuthMode.BILL:
            self._credentials |= {"session_id", "user_id"}
        if provider.token_response.cookies:
            self._credentials.add("cookies")

    def problems(self) -> Iterator[str]:
        """A sentence for each placeholder that names nothing, or a secret where none may be."""
        for key, text in stated_templates(self._provider):
            for ref in references(parse(text)):
                if not self._is_known(key, ref):
                    yield f"{key}: {ref} is not declared"
                elif self._leaks(key, ref):
                    yield f"{key}: {ref} is a secret and stands in a URL"

    def _is_known(self, key: str, ref: Reference) -> bool:
        if ref.namespace == "connectionConfig":
            return ref.name in self._config
        if ref.namespace == "credentials":
            return self._is_credential(ref.name)
        if ref.namespace == "assertionOption":
            return ref.name in self._provider.assertion_option
        if ref.namespace == "integrationConfig":
            return ref.name in self._provider.integration_config
        if ref.namespace:
            return _is_earlier_step(key, int(ref.namespace.removeprefix("step")))
        return self._is_of_the_moment(key, ref.name.partition(":")[0])

    def _is_credential(self, name: str) -> bool:
        whole, _, part = name.rpartition(".")
        if KEY_IN_TWO_PARTS in self._provider.quirks and part in ("id", "secret"):
            return whole in self._credentials
        return name in self._credentials or name.startswith("raw.")

    def _is_of_the_moment(self, key: str, name: str) -> bool:
        provider = self._provider
        checks: Mapping[str, bool] = {
            "apiKey": "apiKey" in provider.credentials,
            "username": "username" in provider.credentials,
            "password": "password" in provider.credentials,
            "clientId": provider.auth_mode not in _WITHOUT_CLIENT,
            "clientSecret": provider.auth_mode not in _WITHOUT_CLIENT,
            "accessToken": provider.auth_mode not in _WITHOUT_TOKEN,
            "token": provider.self_signed_token is not None,
            "publicKeyFingerprint": bool(
                provider.self_signed_token and provider.self_signed_token.public_key_fingerprint
            ),
            "refresh_token": key.startswith(("refresh_", "deletion")),
        }
        if name in _OF_A_REQUEST:
            return key.startswith("request_signing")
        return checks.get(name, True)

    def _leaks(self, key: str, ref: Reference) -> bool:
        if CREDENTIAL_IN_URL in self._provider.quirks or not f".{key}".endswith(_URL_KEYS):
            return False
        field = self._provider.credentials.get(ref.name)
        is_held = ref.namespace == "credentials" or ref.name in _HELD
        return is_held and (field is None or field.secret)


def stated_templates(provider: "Provider") -> Iterator[tuple[str, str]]:
    """Every text of an entry that holds a placeholder, with its key; inputs hold none."""
    stated = provider.model_dump(mode="json", exclude_defaults=True, exclude=set(_INPUTS))
    yield from _texts("", stated)


def _texts(key: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if "${" in value:
            yield key, value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from _texts(f"{key}.{name}" if key else name, part)
    elif isinstance(value, list):
        for number, part in enumerate(value, 1):
            yield from _texts(f"{key}.{number}" if isinstance(part, dict) else key, part)


def _is_earlier_step(key: str, step: int) -> bool:
    _, _, rest = key.partition("additional_steps.")
    number = rest.partition(".")[0]
    return number.isdigit() and step <= int(number)
