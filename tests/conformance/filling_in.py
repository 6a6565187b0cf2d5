"""What a person fills in: a good value for every input that an entry asks for."""

from carrick.catalog.schema import InputField, Provider
from tests.support.keys import ED25519_KEY
from tests.support.sample_inputs import sample


def config_of(entry: Provider) -> dict[str, str]:
    """Connection config. What the flow itself fills in is not asked for."""
    return {
        name: sample(field)
        for name, field in entry.connection_config.items()
        if not field.automated and name not in entry.redirect_uri_metadata
    }


def credentials_of(entry: Provider) -> dict[str, str]:
    """Credentials; secrets are canaries where any text will do."""
    signing = entry.request_signing
    key = {"password": ED25519_KEY} if signing and signing.algorithm == "ed25519" else {}
    return key | {
        name: f"canary-secret-{name}" if _is_free(field) else sample(field)
        for name, field in entry.credentials.items()
        if not field.automated and name not in key
    }


def _is_free(field: InputField) -> bool:
    bounds = field.starts_with or field.min_length or field.max_length
    return field.secret and field.format in {"text", "token"} and not bounds
