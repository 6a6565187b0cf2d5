"""A value that fits each input an entry declares, for tests that go through the whole catalog."""

from carrick.catalog.schema import InputField, Provider

BY_FORMAT = {
    "subdomain": "acme", "subdomains": "a.b", "label": "ABC123", "region": "us6",
    "digits": "1234567890123", "hex": "abcdef", "slug": "acme", "text": "acme", "version": "v1.2",
    "uuid": "7d5f0a2e-3b0c-4c46-9d3f-0f8b6c0f1a11", "date": "2026-11-21", "port": "8443",
    "hostname": "acme.example.com", "host_and_port": "acme.example.com:8443",
    "host_and_path": "acme.example.com/erp", "url": "https://acme.example.com/api",
    "token": "acme", "multiline": "acme", "email": "ada@example.com", "path": "a/b",
}  # fmt: skip
OPERATORS_HOSTS = ("acme.example.com",)
"""The hosts in those samples, as an integration would allow them."""


def sample(field: InputField) -> str:
    """A value that the field takes."""
    if field.enum:
        return field.enum[0]
    if field.hosts:
        host = field.hosts[0] if field.hosts[0][0] != "." else f"acme{field.hosts[0]}"
        return f"https://{host}" if field.format == "url" else host
    value = BY_FORMAT[field.format]
    if field.starts_with:
        value = field.starts_with[0] + value
    return value.ljust(field.min_length or 0, "0")[: field.max_length]


def sample_config(provider: Provider) -> dict[str, str]:
    """Connection config with a value for every field, asked for or not."""
    return {name: sample(field) for name, field in provider.connection_config.items()}
