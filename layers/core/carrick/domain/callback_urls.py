"""Where a provider sends the browser back. Apart, since a start needs this and no more of it."""

from urllib.parse import quote

from carrick.models.environment import Environment
from carrick.models.integration import Integration


def callback_url_of(integration: Integration, environment: Environment, base_url: str) -> str:
    """The redirect URI of an integration: what the customer registers at the provider.

    Carrick's own holds the integration's id, so that one provider's code cannot be sent to
    another's callback (security requirement 6); ``base_url`` has no slash at its end.
    """
    own = f"{base_url}/oauth/callback/{quote(integration.integration_id, safe='')}"
    return integration.callback_url or environment.callback_url or own
