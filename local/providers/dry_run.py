"""Plays the whole flow of one entry in this process, by the functions that the deployed ones call.

Authorize or submit, token, lookups, connection, refresh, a request to the API, revocation. What an
end user, an integration and the provider would say is made up (``samples``, ``scripted_provider``);
nothing is stored, and nothing is sent.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, cast

from carrick import clock
from carrick.catalog.endpoints import templates
from carrick.catalog.schema import Provider
from carrick.domain import revocation
from carrick.domain.api_requests import api_parts, compose
from carrick.domain.authorized import blank, holding
from carrick.domain.client_registration import with_client
from carrick.domain.form_connections import assertion_option, supplied
from carrick.domain.lookups import looked_up
from carrick.domain.modes.contract import Obtained, Tools
from carrick.domain.modes.redirect import Arrival, Departure
from carrick.domain.modes.redirects import REDIRECTS
from carrick.domain.modes.registry import mode_of
from carrick.domain.modes.verification import verify
from carrick.domain.proxy.target import target_of
from carrick.domain.vault import Vault
from carrick.errors import CarrickError
from carrick.models.confirmation import Granted
from carrick.models.connection import Connection
from carrick.models.credentials import Credentials
from carrick.models.http import OutboundRequest
from carrick.models.integration import CustomSecrets
from carrick.models.revocation import REVOCABLE
from carrick.oauth.pkce import code_challenge
from carrick.queues.revocations import ReceivedRevocation
from carrick.transport.client import Transport
from local.providers.made_up import (
    BASE_URL,
    KEY,
    REDIRECT_URI,
    STATE,
    callback_of,
    config_of,
    flow_of,
    secrets_of,
    setting_of,
)
from local.providers.record import Played, Record, StoppedError, facts_of, without_logs
from local.providers.samples import filled_in
from local.providers.stand_in import EVENT_ID, StandIn
from local.scripted_provider import ScriptedProvider


def play(entry: Provider) -> Played:
    """The flow of an entry, as far as it goes."""
    run = _Run(entry)
    with without_logs(), suppress(StoppedError):
        run.whole()
    return run.record.played


class _Run:
    def __init__(self, entry: Provider) -> None:
        self.entry = entry
        moment = clock.now()
        self.now: clock.Clock = lambda: moment
        self.provider = ScriptedProvider(entry, now=self.now)
        self.redirect = REDIRECTS.get(entry.auth_mode)
        self.setting = setting_of(entry, now=moment)
        self.record = Record(entry, self.provider)
        self.record.note(secrets_of(self.setting))

    def whole(self) -> None:
        with self.record.stage("connection_config"):
            self.setting = replace(self.setting, config=config_of(self.entry))
        obtained = self.by_redirect() if self.redirect else self.by_form()
        obtained = self.looked_up(obtained)
        connection = self.stored(obtained)
        credentials = self.refreshed(obtained.credentials, connection)
        self.call(credentials)
        self.revoked(credentials)

    def by_redirect(self) -> Obtained:
        """Away and back again."""
        assert self.redirect is not None
        if self.entry.installation == "outbound":
            fact = "the flow begins with a webhook of the provider's, which is not played"
            self.record.tell("A person installs it at the provider", fact)
            raise StoppedError
        self.registered()
        setting = self.setting
        self.record.tell("A person fills in", *facts_of(setting.config))
        flow = flow_of(setting, now=self.now())
        if not self.redirect.sends_redirect_uri:
            flow = replace(flow, redirect_uri="")
        if not self.redirect.begins_with_secret(self.entry):
            setting = replace(setting, client_secret="", secrets=CustomSecrets())
        with self.record.stage("authorization_url, authorization_params"):
            away = self.redirect.begin(Departure(flow, setting, STATE, {}), self.tools())
        self.record.took("Asked before the browser leaves")
        self.record.send_browser(away.url)
        config = {**flow.connection_config, **away.config}
        flow = replace(flow, connection_config=config)
        self.setting = replace(self.setting, config=config)
        if verifier := away.secrets.code_verifier:
            self.record.note(
                {verifier: "code_verifier", code_challenge(verifier): "code_challenge"}
            )
        callback = callback_of(self.entry, away)
        self.record.tell("The browser comes back with", *facts_of(callback))
        with self.record.stage("token_url, token_params, token_response"):
            arrival = Arrival(flow, self.setting, away.secrets, callback)
            return self.redirect.finish(arrival, self.tools())

    def by_form(self) -> Obtained:
        """What a person filled in."""
        with self.record.stage("credentials"):
            option = assertion_option(self.entry, filled_in(self.entry, "assertion_option"))
            self.setting = replace(self.setting, assertion_option=option)
            filled = filled_in(self.entry, "credentials")
            submitted = supplied(self.entry, filled, self.setting)
        inputs = {**self.setting.config, **submitted, **option}
        self.record.tell("A person fills in", *facts_of(inputs))
        with self.record.stage("token_url, token_params, token_response, api.verification"):
            return mode_of(self.entry.auth_mode).obtain(submitted, self.setting, self.tools())

    def registered(self) -> None:
        """A client of Carrick's own, where the mode makes one."""
        if self.entry.auth_mode != "MCP_OAUTH2":
            return
        setting, registration = self.setting, self.entry.registration
        if registration is None or registration.method == "static":
            return
        unregistered = replace(setting.integration, client_id="")
        with self.record.stage("registration, registration_url"):
            made = with_client(
                unregistered,
                self.entry,
                REDIRECT_URI,
                base_url=BASE_URL,
                vault=cast("Vault", StandIn(self.entry)),
                tools=self.tools(),
            )
        self.record.took("When the integration is made")
        secret = made.sealed_client_secret.decode()
        self.setting = replace(setting, integration=made, client_secret=secret)

    def looked_up(self, obtained: Obtained) -> Obtained:
        """With what the calls after authorization find; ends the part of the requests so far."""
        self.record.took("When connecting, the provider receives", self._verifying(obtained))
        with self.record.stage("post_connection"):
            found = looked_up(obtained, self.setting, self.tools())
        self.record.took("After authorization, the provider receives")
        known = {**found.said, **self.setting.config}
        for number, lookup in enumerate(self.entry.post_connection, start=1):
            for name in lookup.sets:
                if name not in known:
                    self.record.problem(f"post_connection.{number}", f"{name} cannot be looked up")
        return found

    def stored(self, obtained: Obtained) -> Connection:
        """The connection as it would be."""
        entry, now = self.entry, self.now()
        credentials = obtained.credentials
        mode = mode_of(entry.auth_mode)
        granted = Granted(
            b"",
            mode.is_renewable(credentials, entry),
            credentials.expires_at,
            obtained.said,
            obtained.granted_scopes,
            obtained.account_id,
        )
        connection = holding(blank(KEY, now=now), granted, entry, issued_at=now, now=now)
        config = {**obtained.said, **self.setting.config}
        facts = [f"connection config: {fact}" for fact in facts_of(config)]
        facts += [f"credentials, sealed: {', '.join(credentials.values) or 'none'}"]
        facts += [f"account: {obtained.account_id}"] if obtained.account_id else []
        facts += [_lifetime(connection, now)]
        self.record.tell("The connection that is stored", *facts)
        self.setting = replace(self.setting, config=_texts(config), assertion_option={})
        return connection

    def refreshed(self, credentials: Credentials, connection: Connection) -> Credentials:
        """Renewed once, where that can be done."""
        if not connection.refreshable:
            return credentials
        mode = mode_of(self.entry.auth_mode)
        with self.record.stage("refresh_url, refresh_params, token_url"):
            renewed = mode.renew(credentials, self.setting, self.tools())
        self.record.took("To refresh, the provider receives")
        return renewed.credentials

    def call(self, credentials: Credentials) -> None:
        """A request for ``things``, as the proxy composes it."""
        api = self.entry.api
        if not api.base_url and "baseUrl" not in self.entry.integration_config:
            fact = "api.base_url is not stated: no request can be passed on"
            self.record.tell("A request through the proxy", fact)
            return
        with self.record.stage("api.base_url, api.headers, api.query"):
            parts = api_parts(credentials, self.setting, now=self.now())
            target = target_of(
                "things", "", parts, override="", policy="listed", allow_loopback=False
            )
            self.tools().transport.send(compose(OutboundRequest("GET", target.url), parts))
        self.record.took("A request through the proxy")
        unsent = {
            "api.headers": [name for name in api.headers if name.lower() not in parts.headers],
            "api.query": [name for name in api.query if name not in parts.query],
        }
        for key, names in unsent.items():
            for name in names:
                self.record.problem(f"{key}.{name}", "it is not sent: nothing gives its value")

    def revoked(self, credentials: Credentials) -> None:
        """What the provider is told when the connection is deleted."""
        is_stated = self.entry.deletion is not None or templates(self.entry, "revocation")
        if not is_stated or self.entry.auth_mode not in REVOCABLE:
            fact = "the provider is not told: neither revocation_url nor deletion is stated"
            if is_stated:
                fact = f"the provider is not told: credentials of {self.entry.auth_mode} stay"
            self.record.tell("When the connection is deleted", fact)
            return
        held = cast("Any", StandIn(self.entry, self.setting, credentials))
        dependencies = revocation.Dependencies(held, held, held, held, self.transport, self.now)
        done = revocation.process(ReceivedRevocation(EVENT_ID, 1, ""), dependencies)
        self.record.took("When the connection is deleted")
        if not done:
            self.record.problem("revocation_url, deletion", "the tokens cannot be revoked")

    @property
    def transport(self) -> Transport:
        return cast("Transport", self.provider)

    def tools(self) -> Tools:
        return Tools.of(self.setting, self.transport, self.now)

    def _verifying(self, obtained: Obtained) -> set[tuple[str, str]]:
        """Method and URL of the calls by which these credentials would be verified."""
        aside = ScriptedProvider(self.entry, now=self.now)
        setting = replace(self.setting, config=_texts({**obtained.said, **self.setting.config}))
        try:
            tools = Tools.of(setting, cast("Transport", aside), self.now)
            verify(obtained.credentials, setting, tools)
        except CarrickError:  # the mode does not verify, or it has failed already
            return set()
        return {(request.method, request.url) for request in aside.received}


def _lifetime(connection: Connection, now: float) -> str:
    if connection.expires_at is None:
        ends = "the credentials do not end"
    else:
        ends = f"the token ends after {round(connection.expires_at - now)} seconds"
    due = connection.refresh.refresh_at
    if not connection.refreshable or due is None:
        return f"{ends}; it is not refreshed"
    return f"{ends}; in use it is refreshed after {round(due - now)}"


def _texts(config: Mapping[str, object]) -> dict[str, str]:
    return {name: value for name, value in config.items() if isinstance(value, str)}
