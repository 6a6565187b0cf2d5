"""A value that fits each input an entry declares, for tests that go through the whole catalog."""

from carrick.catalog.schema import Provider
from local.providers.samples import HOSTS as OPERATORS_HOSTS
from local.providers.samples import sample

__all__ = ["OPERATORS_HOSTS", "sample", "sample_config"]


def sample_config(provider: Provider) -> dict[str, str]:
    """Connection config with a value for every field, asked for or not."""
    return {name: sample(field) for name, field in provider.connection_config.items()}
