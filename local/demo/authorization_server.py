"""A small authorization server, made of Authlib's server classes.

Authorization code with PKCE (RFC 7636), ``iss`` in the response (RFC 9207), access tokens for an
hour, refresh tokens that serve once (RFC 9700 §4.14.2: one used again ends the whole family),
revocation (RFC 7009), and a userinfo endpoint to use a token at.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from authlib.integrations.flask_oauth2 import (
    AuthorizationServer,
    ResourceProtector,
    current_token,
)
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, RefreshTokenGrant
from authlib.oauth2.rfc6750 import BearerTokenValidator
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc9207 import IssuerParameter
from flask import Flask, Response, jsonify, request

from local.demo.pages import HEADERS, consent_page, message_page
from local.demo.storage import Client, DemoStorage, Token

CODE_SECONDS = 300
ACCESS_TOKEN_SECONDS = 3600
AUTH_METHODS = ["client_secret_basic", "client_secret_post"]


@dataclass(frozen=True, slots=True)
class Code(AuthorizationCodeMixin):  # type: ignore[misc]
    """An authorization code, bound to its request (RFC 6749 §4.1.3, RFC 7636 §4.4)."""

    redirect_uri: str
    scope: str
    user: str
    code_challenge: str
    code_challenge_method: str
    expires_at: float

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope


def add_authorization_server(app: Flask, storage: DemoStorage, issuer: str) -> None:
    """Add the endpoints to an application."""
    app.config["OAUTH2_REFRESH_TOKEN_GENERATOR"] = True
    app.config["OAUTH2_TOKEN_EXPIRES_IN"] = {
        "authorization_code": ACCESS_TOKEN_SECONDS,
        "refresh_token": ACCESS_TOKEN_SECONDS,
    }
    server = AuthorizationServer(
        app, query_client=_client_of(storage), save_token=_token_keeper(storage)
    )
    server.register_grant(_code_grant(storage), [CodeChallenge(required=True)])
    server.register_grant(_refresh_grant(storage))
    server.register_endpoint(_revocation(storage))
    server.register_extension(_issuer(issuer))
    _add_routes(app, server)
    _add_userinfo(app, storage)


def _client_of(storage: DemoStorage) -> Callable[[str], Client | None]:
    return lambda client_id: storage.client if client_id == storage.client.client_id else None


def _token_keeper(storage: DemoStorage) -> Callable[[dict[str, Any], Any], None]:
    def keep(token: dict[str, Any], asked: Any) -> None:
        old: Token | None = getattr(asked, "refresh_token", None)
        storage.add_token(
            Token(
                access_token=token["access_token"],
                refresh_token=token["refresh_token"],
                scope=token.get("scope", ""),
                user=asked.user,
                family=old.family if old is not None else secrets.token_hex(8),
                expires_at=time.time() + token["expires_in"],
            )
        )

    return keep


def _code_grant(storage: DemoStorage) -> type[AuthorizationCodeGrant]:
    codes: dict[str, Code] = {}

    class Grant(AuthorizationCodeGrant):  # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS

        def save_authorization_code(self, code: str, asked: Any) -> None:
            data = asked.payload.data
            codes[code] = Code(
                redirect_uri=asked.payload.redirect_uri or "",
                scope=asked.payload.scope or "",
                user=asked.user,
                code_challenge=data.get("code_challenge", ""),
                code_challenge_method=data.get("code_challenge_method", ""),
                expires_at=time.time() + CODE_SECONDS,
            )

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            found = codes.pop(code, None)  # a code serves once
            return found if found is not None and found.expires_at > time.time() else None

        def delete_authorization_code(self, authorization_code: Code) -> None:
            """It is gone since it was looked up."""

        def authenticate_user(self, authorization_code: Code) -> str:
            return authorization_code.user

    return Grant


def _refresh_grant(storage: DemoStorage) -> type[RefreshTokenGrant]:
    class Grant(RefreshTokenGrant):  # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS
        INCLUDE_NEW_REFRESH_TOKEN = True

        def authenticate_refresh_token(self, refresh_token: str) -> Token | None:
            token = storage.find(lambda kept: kept.refresh_token == refresh_token)
            if token is None or token.is_gone:
                return None
            if token.is_used_up:
                storage.revoke(token.family)
                return None
            return token

        def authenticate_user(self, refresh_token: Token) -> str:
            return refresh_token.user

        def revoke_old_credential(self, refresh_token: Token) -> None:
            storage.use_up(refresh_token.refresh_token)

    return Grant


def _revocation(storage: DemoStorage) -> type[RevocationEndpoint]:
    class Endpoint(RevocationEndpoint):  # type: ignore[misc]
        CLIENT_AUTH_METHODS = AUTH_METHODS

        def query_token(self, token_string: str, token_type_hint: str | None) -> Token | None:
            return storage.find(
                lambda kept: token_string in {kept.access_token, kept.refresh_token}
            )

        def revoke_token(self, token: Token, asked: Any) -> None:
            storage.revoke(token.family)

    return Endpoint


def _issuer(issuer: str) -> IssuerParameter:
    class Issuer(IssuerParameter):  # type: ignore[misc]
        def get_issuer(self) -> str:
            return issuer

    return Issuer()


def _add_routes(app: Flask, server: AuthorizationServer) -> None:
    @app.route("/authorize", methods=["GET", "POST"])
    def authorize() -> Response:
        approved = request.form.get("decision") == "approve"
        user = request.form.get("user", "").strip()[:64] if approved else ""
        try:
            grant = server.get_consent_grant(end_user=user)
        except OAuth2Error as error:
            text = f"{error.error}: {error.get_error_description()}"
            return Response(message_page("This request cannot be used", text), 400, HEADERS)
        if request.method == "GET":
            scopes = (grant.request.payload.scope or "").split()
            return Response(consent_page("Carrick", scopes), 200, HEADERS)
        answer: Response = server.create_authorization_response(grant=grant, grant_user=user)
        return answer

    @app.post("/token")
    def token() -> Response:
        answer: Response = server.create_token_response()
        return answer

    @app.post("/revoke")
    def revoke() -> Response:
        answer: Response = server.create_endpoint_response("revocation")
        return answer


def _add_userinfo(app: Flask, storage: DemoStorage) -> None:
    class Validator(BearerTokenValidator):  # type: ignore[misc]
        def authenticate_token(self, token_string: str) -> Token | None:
            return storage.find(lambda kept: kept.access_token == token_string)

    protector = ResourceProtector()
    protector.register_token_validator(Validator())

    @app.get("/userinfo")
    @protector()  # type: ignore[untyped-decorator]
    def userinfo() -> Response:
        user = current_token.user
        return jsonify(sub=user, name=user.title(), email=f"{user}@example.com")
