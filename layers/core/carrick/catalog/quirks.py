"""Behaviour of providers that data cannot express: a closed list of names, each with its reason.

An entry names a quirk under ``quirks``; the code of its mode asks for the name. Rather describe a
provider with the schema: a quirk is the last resort.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

CREDENTIAL_IN_URL = "credential_in_url"
KEY_IN_TWO_PARTS = "key_in_two_parts"
ADMIN_CONSENT = "admin_consent"
OPENS_SESSION = "opens_session"


@dataclass(frozen=True, slots=True)
class Quirk:
    """What is unusual, and the packaged providers it is for, each with the reason."""

    meaning: str
    providers: Mapping[str, str]


QUIRKS: Mapping[str, Quirk] = MappingProxyType(
    {
        CREDENTIAL_IN_URL: Quirk(
            "A path or query may hold `${apiKey}` or `${credentials.x}`, percent-encoded. Such a "
            "URL is a secret: it is never logged, and no error repeats it.",
            {
                "algolia": "The call that proves a key has the key in its path.",
                "hubspot": "The call that ends a refresh token has it in the path.",
                "jobdiva": "Signing in is a GET with id, user name and password in the query.",
                "leapsome": "The token endpoint takes the API secret in the query.",
                "sellercloud": "The first call finds the server by the team's name in the query.",
                "setmore": "The token endpoint takes the refresh token in the query.",
                "telegram": "A bot's token is part of the path of every call.",
            },
        ),
        KEY_IN_TWO_PARTS: Quirk(
            "A key is `id:secret`; `${credentials.x.id}` and `${credentials.x.secret}` are its "
            "halves.",
            {"ghost-admin": "One half names the key in the token's header, the other signs it."},
        ),
        ADMIN_CONSENT: Quirk(
            "The redirect brings no code but the tenant that an administrator consented for; the "
            "token is then asked for with the client credentials grant. The session names the "
            "tenant (`tenantId`): the redirect does not show who came back.",
            {"microsoft-admin": "The admin consent endpoint of the Microsoft identity platform."},
        ),
        OPENS_SESSION: Quirk(
            "The access token only opens a session, at the start and after each refresh; requests "
            "carry the session's token and go to the host that it names.",
            {"bullhorn": "`/rest-services/login` returns `BhRestToken` and `restUrl`."},
        ),
    }
)
