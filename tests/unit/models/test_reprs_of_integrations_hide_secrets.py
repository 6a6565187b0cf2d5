"""What a log line or a traceback could show of an integration's secrets: nothing."""

from carrick.models.api_integrations import CreateIntegration
from carrick.models.integration import CustomSecrets

CANARY = "canary-secret-in-a-repr"
KEY = f"-----BEGIN RSA PRIVATE KEY-----\n{CANARY}\n-----END RSA PRIVATE KEY-----"


def test_no_repr_shows_a_secret() -> None:
    oauth = {
        "type": "OAUTH2",
        "client_id": "id",
        "client_secret": CANARY,
        "webhook_secret": CANARY,
    }
    app = {"type": "APP", "app_id": "1", "app_link": "https://app.example", "private_key": KEY}
    for credentials in (oauth, app):
        body = CreateIntegration.model_validate(
            {
                "provider": "github",
                "unique_key": "github",
                "credentials": credentials,
                "integration_config": {"key": CANARY},
                "custom": {"key": CANARY},
            }
        )
        assert CANARY not in repr(body)
        assert CANARY not in repr(body.changes())
    assert CANARY not in repr(CustomSecrets(CANARY, {"a": CANARY}, {"b": CANARY}))
