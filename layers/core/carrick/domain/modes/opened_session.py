"""The quirk ``opens_session``: the access token only opens a session, which requests then carry.

The entry's further step is the login. What it answers stands in the token answer's place: the
session's token as access token, the rest beside the other members.
"""

from dataclasses import replace

from carrick import observability
from carrick.catalog.quirks import OPENS_SESSION
from carrick.catalog.schema import Provider
from carrick.domain.modes.contract import MAX_ANSWER_BYTES, Setting, Tools
from carrick.domain.modes.placeholders import values_of
from carrick.domain.modes.token_requests import step_request
from carrick.errors import CarrickError, EgressFailedError
from carrick.models.credentials import Credentials
from carrick.oauth.answers import error_of, members_of
from carrick.oauth.errors import unusable_answer
from carrick.oauth.token import TokenSet

SESSION_TOKEN = "BhRestToken"  # noqa: S105 - a member's name
LOGIN_SECONDS = 6.0
ASK_AGAIN_SECONDS = 120.0


def opens_session(provider: Provider) -> bool:
    """Whether a token is good for a login only."""
    return OPENS_SESSION in provider.quirks


def session_of(tokens: TokenSet, setting: Setting, tools: Tools, *, seconds: float) -> TokenSet:
    """The session that these tokens open. Raises ``ProviderError`` or ``EgressError``."""
    now = tools.now()
    texts = {name: value for name, value in tokens.raw.items() if isinstance(value, str)}
    values = {**values_of(setting, {}, now=now), "step1": texts}
    [login] = setting.provider.additional_steps
    answer = tools.transport.send(
        step_request(login, setting, values),
        deadline_seconds=seconds,
        max_body_bytes=MAX_ANSWER_BYTES,
    )
    members = members_of(answer)
    if members is None or not 200 <= answer.status < 300:
        raise error_of(answer, members, now)
    token = members.get(SESSION_TOKEN)
    if not isinstance(token, str) or not token.isprintable() or not token:
        raise unusable_answer("it opens no session", answer.status)
    return replace(tokens, access_token=token, raw={**tokens.raw, **members})


def reopened(
    tokens: TokenSet, before: Credentials, setting: Setting, tools: Tools, *, until: float
) -> TokenSet:
    """The session after a refresh. Never raises: the refresh token of before may be used up.

    Without a new session the old one is kept, and all is asked for again soon.
    """
    seconds = min(LOGIN_SECONDS, until - tools.now())
    try:
        if seconds <= 0:
            raise EgressFailedError("There is no time left to ask.", maybe_sent=False)
        return session_of(tokens, setting, tools, seconds=seconds)
    except CarrickError as error:
        observability.count("SessionNotOpened")
        observability.warning("session_not_opened", code=error.code, provider=setting.provider.name)
        kept = {**before.raw, **tokens.raw}
        soon = tools.now() + ASK_AGAIN_SECONDS
        return replace(tokens, access_token=before.access_token, expires_at=soon, raw=kept)
