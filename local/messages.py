"""What the terminal shows when everything runs."""

from collections.abc import Mapping


def ready_message(description: Mapping[str, str]) -> str:
    """Where things are, and three commands to try."""
    base_url, key = description["base_url"], description["api_key"]
    return f"""
Carrick runs at {base_url}

  API key    {key}
  Webhooks   {description["receiver_url"]}  (a page that shows what was received)
  AWS        {description["aws_endpoint_url"]}  (tables, queues and keys; see local.json)

1. Create a connect session for the demo provider:

  curl -s {base_url}/connect/sessions \\
    -H 'Authorization: Bearer {key}' \\
    -H 'Content-Type: application/json' \\
    -d '{{"end_user":{{"id":"ada"}},"allowed_integrations":["demo"]}}'

2. Open the connect_link of the answer in a browser, and approve. Then find the connection:

  curl -s {base_url}/connections -H 'Authorization: Bearer {key}'

3. Read its access token, refreshed whenever that is due (put the connection_id in):

  curl -s '{base_url}/connections/CONNECTION_ID?provider_config_key=demo' \\
    -H 'Authorization: Bearer {key}'

Stop with Ctrl-C. The next start has everything again.
"""
