"""The schema of entries: every key that a provider file may hold, documented.

``Provider`` is made of parts: ``authorization``, ``token``, ``input_field``, ``modes`` and ``api``.
Files are TOML with these keys; what equals a default is left out. This package is the only place
beside ``models/api.py`` that uses pydantic; import it only where an entry is read.
"""

from carrick.catalog.auth_modes import AuthMode
from carrick.catalog.schema.input_field import InputField
from carrick.catalog.schema.provider import Provider

__all__ = ["AuthMode", "InputField", "Provider"]
