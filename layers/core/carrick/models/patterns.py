"""What identifiers look like (contract §1.7), as regular expressions for the whole text.

Python's ``re`` and pydantic's engine read them alike, and no identifier holds ``#`` or a control
character, so that none can be taken for two parts of a composite key.
"""

UNIQUE_KEY = r"[a-zA-Z0-9~:.@ _-]{1,255}"
CONNECTION_ID = r"""[a-zA-Z0-9,.;:=+~\[\]|@${}"'\\/_ -]{1,255}"""
PROVIDER = r"[a-zA-Z0-9_-]{1,255}"
ENVIRONMENT_ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
ENVIRONMENT_NAME = r"[a-z0-9_-]{1,255}"
COLOR = r"#[0-9A-Fa-f]{6}"
LOGO = r"data:image/(?:png|jpeg|webp|svg\+xml);base64,[A-Za-z0-9+/]+={0,2}"
API_KEY_ID = r"[0-9A-Za-z]{8}"
TAG_KEY = r"[a-zA-Z][a-zA-Z0-9_\-./]{0,63}"
