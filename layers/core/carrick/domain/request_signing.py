"""Signatures of requests to an API: by the mode (OAUTH1, TBA), or as the entry asks.

The last thing that happens to a request: it covers the final method, URL, headers and body. The
arithmetic is in ``oauth.oauth1``, ``domain.sigv4`` and ``crypto.request_signatures``.
"""

import base64
from collections import ChainMap
from dataclasses import replace
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from carrick.catalog.interpolation import render
from carrick.catalog.schema.modes import RequestSigning
from carrick.crypto import request_signatures
from carrick.domain.modes.contract import Setting
from carrick.domain.modes.placeholders import Values
from carrick.domain.sigv4 import AwsKey, signed
from carrick.errors import InvalidRequestError
from carrick.models.credentials import Credentials
from carrick.models.http import OutboundRequest
from carrick.oauth import oauth1

FORM_TYPE = "application/x-www-form-urlencoded"
_BY_TOKEN = frozenset({"wsse"})  # the credentials' token is the signature


def sign(
    request: OutboundRequest,
    setting: Setting,
    credentials: Credentials,
    values: Values,
    *,
    now: float,
) -> OutboundRequest:
    """The request with its signature; as it is if neither mode nor entry asks for one.

    ``values`` are those that its headers were filled with. Raises ``InvalidRequestError``
    (``unsupported_auth``, ``invalid_private_key``) if what it takes is not there.
    """
    if credentials.type in ("OAUTH1", "TBA"):
        return _oauth1(request, setting, credentials, oauth1.Stamp(int(now), values[""]["random"]))
    signing = setting.provider.request_signing
    if signing is None or signing.kind in _BY_TOKEN:
        return request
    if signing.kind == "aws_sigv4":
        return _aws(request, signing, credentials, values)
    if signing.kind == "http_message_signatures":
        return _message_signature(request, signing, values, created=int(now))
    return _digest(request, signing, values)


def consumer_of(credentials: Credentials, setting: Setting) -> oauth1.Consumer:
    """Whose client signs (OAUTH1, TBA): one of the person's own, or the integration's.

    TBA is NetSuite's use of OAuth 1.0a: SHA-256, and the account's id as realm.
    """
    override, stated = credentials.values.get("config_override") or {}, setting.provider.oauth1
    is_tba = credentials.type == "TBA"
    # A sandbox is 1234567-sb1 in a host name and 1234567_SB1 everywhere else.
    account = setting.config.get("accountId", "").upper().replace("-", "_")
    return oauth1.Consumer(
        override.get("client_id") or setting.integration.client_id,
        override.get("client_secret") or setting.client_secret,
        "HMAC-SHA256" if is_tba else stated.signature_method if stated else "HMAC-SHA1",
        realm=account if is_tba else "",
    )


def _oauth1(
    request: OutboundRequest, setting: Setting, credentials: Credentials, stamp: oauth1.Stamp
) -> OutboundRequest:
    is_tba, held = credentials.type == "TBA", credentials.values
    names = ("token_id", "token_secret") if is_tba else ("oauth_token", "oauth_token_secret")
    header = oauth1.authorization_header(
        request.method,
        request.url,
        consumer_of(credentials, setting),
        oauth1.Token(*(str(held.get(name, "")) for name in names)),
        stamp,
        body_params=_form(request),
    )
    return replace(request, headers={**request.headers, "authorization": header})


def _aws(
    request: OutboundRequest, signing: RequestSigning, credentials: Credentials, values: Values
) -> OutboundRequest:
    """Signature Version 4. A role's credentials were assumed when the connection was refreshed."""
    held = credentials.values
    key_id = render(signing.key_id, values) if signing.key_id else held.get("access_key_id")
    key = render(signing.key, values) if signing.key else held.get("secret_access_key")
    if not key_id or not key:
        raise InvalidRequestError("The connection has no AWS keys.", code="unsupported_auth")
    # What AWS takes for the query is the canonical form, so that is what is sent.
    base, _, query = request.url.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True)
    if pairs:
        base = f"{base}?{urlencode(sorted(pairs), quote_via=quote, safe='-_.~')}"
    return signed(
        replace(request, url=base),
        AwsKey(str(key_id), str(key), str(held.get("session_token") or "")),
        region=render(signing.region or "", values),
        service=render(signing.service or "", values),
    )


def _message_signature(
    request: OutboundRequest, signing: RequestSigning, values: Values, *, created: int
) -> OutboundRequest:
    """HTTP message signatures (RFC 9421), with the body's digest (RFC 9530)."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    if "content-digest" in signing.components:
        headers["content-digest"] = request_signatures.content_digest(request.body)
    parameters = f";created={created}"
    if signing.lifetime_seconds:
        parameters += f";expires={created + signing.lifetime_seconds}"
    parameters += f';keyid="{render(signing.key_id or "", values)}";alg="{signing.algorithm}"'
    derived = {"@method": request.method, "@target-uri": request.url}
    covered = [name for name in signing.components if name in derived or name in headers]
    quoted = " ".join(f'"{name}"' for name in covered)
    lines = [f'"{name}": {derived.get(name) or headers[name]}' for name in covered]
    stated = f"({quoted}){parameters}"
    base = "\n".join([*lines, f'"@signature-params": {stated}'])
    signature = request_signatures.ed25519(render(signing.key or "", values), base.encode())
    label = signing.label or "sig"
    headers["signature-input"] = f"{label}={stated}"
    headers["signature"] = f"{label}=:{base64.b64encode(signature).decode()}:"
    return replace(request, headers=headers)


def _digest(request: OutboundRequest, signing: RequestSigning, values: Values) -> OutboundRequest:
    """A hash or an HMAC over lines that the entry puts together."""
    named = {**values, "": ChainMap(_facts(request), values[""])}  # type: ignore[arg-type]
    text = signing.separator.join(render(line, named) for line in signing.lines)
    if signing.encode_first == "base64":
        text = base64.b64encode(text.encode()).decode()
    key = render(signing.key, values) if signing.kind == "hmac" and signing.key else None
    digest = request_signatures.digest(text, signing.algorithm or "sha256", key=key)
    signature = digest.hex() if signing.encoding != "base64" else base64.b64encode(digest).decode()
    if signing.sent_as == "basic_password":
        pair = f"{render(signing.basic_user or '', values)}:{signature}"
        added = {"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    else:
        added = {(signing.header or "authorization").lower(): signature}
    return replace(request, headers={**request.headers, **added})


def _facts(request: OutboundRequest) -> dict[str, str]:
    parts = urlsplit(request.url)
    return {
        "method": request.method,
        "host": parts.netloc.lower(),
        "path": parts.path,
        "endpoint": parts.path + (f"?{parts.query}" if parts.query else ""),
        "params": _canonical_params(request, parts.query),
    }


def _form(request: OutboundRequest) -> list[tuple[str, str]]:
    """The parameters of a form-encoded body; none of any other."""
    content_type = next((v for k, v in request.headers.items() if k.lower() == "content-type"), "")
    if content_type.partition(";")[0].strip().lower() != FORM_TYPE:
        return []
    return parse_qsl(request.body.decode("latin-1"), keep_blank_values=True)


def _canonical_params(request: OutboundRequest, query: str) -> str:
    """Sorted parameters of a form in the body, or of the query."""
    pairs = sorted(_form(request) or parse_qsl(query, keep_blank_values=True))
    return "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in pairs)
