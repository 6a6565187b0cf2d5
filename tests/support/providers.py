"""Provider files of a test's own, one for each auth mode that an integration can have."""

from collections.abc import Mapping
from pathlib import Path

FILES: Mapping[str, str] = {
    "app-provider": """
display_name = "App provider"
auth_mode = "APP"
""",
    "custom-provider": """
display_name = "Custom provider"
auth_mode = "CUSTOM"
authorization_url = "https://custom.example.com/authorize"
token_url = "https://custom.example.com/token"
""",
    "plugin-provider": """
display_name = "Plug-in provider"
auth_mode = "INSTALL_PLUGIN"
""",
    "tba-provider": """
display_name = "TBA provider"
auth_mode = "TBA"
""",
    "key-provider": """
display_name = "Key provider"
auth_mode = "API_KEY"
""",
    "public-provider": """
display_name = "Public provider"
auth_mode = "OAUTH2"
authorization_url = "https://public.example.com/authorize"
token_url = "https://public.example.com/token"
token_endpoint_auth_method = "none"
default_scopes = ["openid", "offline_access"]
""",
    "configured-provider": """
display_name = "Configured provider"
auth_mode = "OAUTH2"
authorization_url = "https://configured.example.com/authorize"
token_url = "https://configured.example.com/token"

[integration_config.developer_token]
format = "token"
title = "Developer token"
secret = true

[integration_config.region]
format = "enum"
enum = ["eu", "us"]
title = "Region"
default = "eu"

[integration_config.note]
title = "Note"
optional = true
""",
}


def write_overlay(directory: Path) -> str:
    """Write the files into a directory; its name is the value of ``PROVIDERS_OVERLAY_DIR``."""
    for name, text in FILES.items():
        (directory / f"{name}.toml").write_text(text)
    return str(directory)
