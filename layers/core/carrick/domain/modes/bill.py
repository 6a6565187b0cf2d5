"""BILL: a session of the BILL API, opened with a person's sign-in.

Source: developer.bill.com, "Sign in" (``POST /v3/login``): a session that is not used ends after 35
minutes.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from carrick.catalog.endpoints import endpoint
from carrick.catalog.schema import Provider
from carrick.domain.modes.contract import Obtained, Setting, Submitted, Tools
from carrick.models.credentials import Credentials
from carrick.models.http import OutboundRequest
from carrick.oauth.answers import error_of, members_of
from carrick.oauth.errors import unusable_answer

LIFETIME_SECONDS = 35 * 60
# Ours, and BILL's names for them.
FIELDS = {
    "username": "username",
    "password": "password",
    "organization_id": "organizationId",
    "dev_key": "devKey",
}


@dataclass(frozen=True, slots=True)
class Bill:
    """Signed in anew whenever the session is about to end: it has no refresh."""

    failure_code: str = "bill_credentials_fetch_error"

    def obtain(self, submitted: Submitted, setting: Setting, tools: Tools) -> Obtained:
        return self._sign_in(submitted, setting, tools)

    def is_renewable(self, credentials: Credentials, provider: Provider) -> bool:
        return True

    def renew(self, credentials: Credentials, setting: Setting, tools: Tools) -> Obtained:
        return self._sign_in(credentials.values, setting, tools)

    def _sign_in(self, fields: Mapping[str, str], setting: Setting, tools: Tools) -> Obtained:
        own = {name: fields[name] for name in FIELDS}
        request = OutboundRequest(
            method="POST",
            url=endpoint(setting.provider, "token", setting.config),
            headers={"Accept": "application/json", "Content-Type": "application/json"},
            body=json.dumps({FIELDS[name]: value for name, value in own.items()}).encode(),
        )
        asked_at = tools.now()
        answer = tools.ask(request)
        members = members_of(answer)
        if members is None or not 200 <= answer.status < 300:
            raise error_of(answer, members, asked_at)
        session_id, user_id = members.get("sessionId"), members.get("userId")
        if not isinstance(session_id, str) or not session_id:
            raise unusable_answer("it has no session", answer.status)
        values = {**own, "session_id": session_id, "user_id": str(user_id or "")}
        credentials = Credentials("BILL", values, asked_at + LIFETIME_SECONDS, members)
        return Obtained(credentials.within_bounds())
