"""What to register at the provider: another URL for each integration, unless the customer says."""

from dataclasses import replace

import pytest

from carrick.domain.callback_urls import callback_url_of
from carrick.models.environment import Environment
from carrick.models.integration import Integration

BASE_URL = "https://connect.example.com"
ENVIRONMENT = Environment("6f9c1d3a-0000-4000-8000-000000000001", "dev", 0.0)
INTEGRATION = Integration(ENVIRONMENT.environment_id, "github", "github", 0.0, 0.0)


@pytest.mark.parametrize(
    ("integration_id", "url"),
    [
        ("github", f"{BASE_URL}/oauth/callback/github"),
        ("github-2", f"{BASE_URL}/oauth/callback/github-2"),
        ("my app", f"{BASE_URL}/oauth/callback/my%20app"),
        ("a:b@c~d.e_f", f"{BASE_URL}/oauth/callback/a%3Ab%40c~d.e_f"),
    ],
)
def test_our_own_callback_names_the_integration(integration_id: str, url: str) -> None:
    integration = replace(INTEGRATION, integration_id=integration_id)
    assert callback_url_of(integration, ENVIRONMENT, BASE_URL) == url


def test_the_environments_url_replaces_ours_and_the_integrations_replaces_that() -> None:
    environment = replace(ENVIRONMENT, callback_url="https://you.example/oauth-callback")
    integration = replace(INTEGRATION, callback_url="https://you.example/oauth-callback/github")
    assert callback_url_of(INTEGRATION, environment, BASE_URL) == environment.callback_url
    assert callback_url_of(integration, environment, BASE_URL) == integration.callback_url
