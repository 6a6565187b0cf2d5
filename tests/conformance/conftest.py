"""The catalog, read once for all entries."""

import pytest

from carrick.catalog import Catalog


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The packaged entries."""
    return Catalog()
