"""AWS_SIGV4: temporary keys of a role in the person's AWS account.

Source: docs.aws.amazon.com/STS, ``AssumeRole`` and ``GetCallerIdentity``. The role is assumed by
the AWS identity that the customer set for the integration, never by Carrick's own: see
``docs/decisions/0024-assumed-roles-by-the-integrations-own-identity.md``.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from carrick.catalog.endpoints import endpoint
from carrick.catalog.formats import validate
from carrick.catalog.schema import Provider
from carrick.clock import parse_iso
from carrick.domain.modes.contract import Obtained, Setting, Submitted, Tools
from carrick.domain.modes.placeholders import preset_of
from carrick.domain.modes.verification import check
from carrick.domain.sigv4 import AwsKey, signed
from carrick.errors import InvalidRequestError
from carrick.models.credentials import Credentials
from carrick.models.http import InboundResponse, OutboundRequest
from carrick.oauth.answers import at_path
from carrick.oauth.errors import error_from, unusable_answer
from carrick.oauth.xml_messages import members_of_xml

VERSION = "2011-06-15"
LIFETIME_SECONDS = 3600
SESSION_NAME = "carrick"
_KEY = "AssumeRoleResponse.AssumeRoleResult.Credentials"


@dataclass(frozen=True, slots=True)
class AwsSigV4:
    """Assumed anew whenever the keys are about to end."""

    failure_code: str = "aws_credentials_fetch_error"

    def obtain(self, submitted: Submitted, setting: Setting, tools: Tools) -> Obtained:
        facts = _facts(submitted, setting)
        credentials = _assume(facts, setting, tools)
        values = credentials.values
        key = AwsKey(values["access_key_id"], values["secret_access_key"], values["session_token"])
        check(_call({"Action": "GetCallerIdentity"}, key, facts["region"], setting, tools))
        return Obtained(credentials, facts)

    def is_renewable(self, credentials: Credentials, provider: Provider) -> bool:
        return True

    def renew(self, credentials: Credentials, setting: Setting, tools: Tools) -> Obtained:
        names = ("role_arn", "region", "service", "external_id")
        facts = {name: credentials.values[name] for name in names}
        return Obtained(_assume(facts, setting, tools))


def _facts(submitted: Submitted, setting: Setting) -> dict[str, str]:
    """What names the role. What is stored of a renewed connection comes before what is sent.

    The external ID is the person's defence against others who know the role's name; so a browser
    may only bring one that cannot be guessed.
    """
    preset = preset_of(setting)
    region = (
        setting.config.get("region") or submitted.get("region") or preset.get("defaultRegion", "")
    )
    if not region:
        raise InvalidRequestError("region is missing.", code="invalid_body")
    return {
        "role_arn": submitted["role_arn"],
        "region": validate("region", region, "region"),
        "service": preset.get("service", ""),
        "external_id": setting.config.get("external_id") or str(uuid.uuid4()),
    }


def _assume(facts: Mapping[str, str], setting: Setting, tools: Tools) -> Credentials:
    preset = preset_of(setting)
    key = AwsKey(preset.get("awsAccessKeyId", ""), preset.get("awsSecretAccessKey", ""))
    if preset.get("stsMode", "builtin") != "builtin" or not key.access_key_id:
        message = "The integration has no AWS access key to assume roles with."
        raise InvalidRequestError(message, code="missing_client_id")
    params = {
        "Action": "AssumeRole",
        "RoleArn": facts["role_arn"],
        "RoleSessionName": SESSION_NAME,
        "ExternalId": facts["external_id"],
        "DurationSeconds": str(LIFETIME_SECONDS),
    }
    asked_at = tools.now()
    answer = _call(params, key, facts["region"], setting, tools)
    members = members_of_xml(answer.body)
    if not 200 <= answer.status < 300:
        code = at_path(members, "ErrorResponse.Error.Code")
        raise error_from(answer.status, str(code or ""), "", answer.headers, asked_at)
    found = at_path(members, _KEY)
    if not isinstance(found, dict) or not all(
        found.get(name) for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")
    ):
        raise unusable_answer("it has no keys", answer.status)
    values = {
        **facts,
        "access_key_id": found["AccessKeyId"],
        "secret_access_key": found["SecretAccessKey"],
        "session_token": found["SessionToken"],
    }
    return Credentials("AWS_SIGV4", values, _end(found.get("Expiration"), asked_at), found)


def _end(said: object, asked_at: float) -> float:
    try:
        return parse_iso(str(said))
    except ValueError:
        return asked_at + LIFETIME_SECONDS


def _call(
    params: Mapping[str, str], key: AwsKey, region: str, setting: Setting, tools: Tools
) -> InboundResponse:
    """One call of STS in the region that the connection is for."""
    request = OutboundRequest(
        method="POST",
        url=endpoint(setting.provider, "token", {**setting.config, "region": region}),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        body=urlencode({**params, "Version": VERSION}).encode(),
    )
    return tools.ask(signed(request, key, region=region, service="sts"))
