import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { AuthError, Carrick, type AuthEvent, type Connection } from "../src/index.js";
import { Broker, FakeSocket, HOST, TOKEN } from "./broker.js";

const MADE = { providerConfigKey: "github", connectionId: "c-1" };
const SUCCESS = { type: "nango_oauth_callback_success" };
const RECORDED = {
  status: "success",
  integration_id: "github",
  connection_id: "c-1",
  ended_at: "2026-01-01T00:00:00.000+00:00",
} as const;
const FAILED = {
  status: "error",
  integration_id: "github",
  ended_at: "2026-01-01T00:00:00.000+00:00",
} as const;
const UNCONFIRMED = { ...RECORDED, status: "unconfirmed" } as const;

let broker: Broker;
const carrick = () => new Carrick({ host: `${HOST}/`, connectSessionToken: TOKEN });

/** How it ended, once it has; `undefined` while it is open. */
function watched(promise: Promise<Connection>) {
  const seen: { outcome?: Connection | AuthError } = {};
  promise.then(
    (connection) => (seen.outcome = connection),
    (error) => (seen.outcome = error),
  );
  return seen;
}

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

beforeEach(() => {
  broker = new Broker();
});
afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("a popup", () => {
  it("goes to the start with the session, the socket's name and what was given", async () => {
    watched(
      carrick().auth("a b", {
        params: { subdomain: "acme" },
        authorization_params: { prompt: "consent", access_type: undefined },
        user_scope: ["one", "two"],
      }),
    );
    await pass(0);
    const url = new URL(broker.popup!.address);
    expect(`${url.origin}${url.pathname}`).toBe(`${HOST}/oauth/connect/a%20b`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      connect_session_token: TOKEN,
      "params[subdomain]": "acme",
      "authorization_params[prompt]": "consent",
      "authorization_params[access_type]": "undefined",
      user_scope: "one,two",
      ws_client_id: "ws_1",
    });
    expect(`${FakeSocket.last!.url}`).toBe("wss://connect.example.com/socket");
  });

  it("that the browser does not open is said so, and nothing is asked", async () => {
    broker.popup = null;
    await expect(carrick().auth("github")).rejects.toMatchObject({ type: "blocked_by_browser" });
    expect(broker.asked).toEqual([]);
  });

  it("is not opened for a session that has ended", async () => {
    broker.refusal = { status: 401, code: "unknown_connect_session_token", message: "It ended." };
    const failure = await carrick().auth("github").catch((error) => error);
    expect(failure).toBeInstanceOf(AuthError);
    expect(failure).toMatchObject({ type: "unknown_connect_session_token", message: "It ended." });
    expect(broker.popup!.closed).toBe(true);
  });

  it("is not opened where Carrick cannot be asked", async () => {
    broker.isUnreachable = true;
    await expect(carrick().auth("github")).rejects.toMatchObject({ type: "network_error" });
  });
});

describe("the result", () => {
  it("comes by the socket", async () => {
    const seen = watched(carrick().auth("github"));
    await pass(0);
    FakeSocket.last!.say({
      message_type: "success",
      provider_config_key: "github",
      connection_id: "c-1",
      is_pending: false,
    });
    await pass(0);
    expect(seen.outcome).toEqual(MADE);
    expect([broker.popup!.closed, FakeSocket.last!.isClosed]).toEqual([true, true]);
  });

  it("comes by asking, where nothing else works", async () => {
    const silent = class {
      close() {}
    };
    vi.stubGlobal("WebSocket", silent);
    const seen = watched(carrick().auth("github"));
    await pass(2_000);
    expect(broker.popup!.address).not.toContain("ws_client_id");
    broker.result = RECORDED;
    await pass(2_000);
    expect(seen.outcome).toEqual(MADE);
  });

  it("comes by the popup's message, which is answered", async () => {
    const seen = watched(carrick().auth("github"));
    await pass(0);
    broker.result = RECORDED;
    broker.say(SUCCESS);
    await pass(0);
    expect(seen.outcome).toEqual(MADE);
    expect(broker.popup!.posted).toEqual([[{ type: "nango_oauth_callback_ack" }, HOST]]);
  });

  it("does not come from another origin or window", async () => {
    const seen = watched(carrick().auth("github"));
    await pass(0);
    broker.say({ ...SUCCESS, confirmCode: "x" }, "https://evil.example");
    broker.say({ type: "nango_oauth_callback_error", payload: {} }, HOST, {});
    await pass(500);
    expect(seen.outcome).toBeUndefined();
    expect(broker.popup!.posted).toEqual([]);
  });

  it("is not the one of an authorization before, even of the same connection", async () => {
    broker.result = { ...RECORDED, ended_at: "2025-12-31T23:59:59.000+00:00" };
    const seen = watched(carrick().auth("github"));
    await pass(5_000);
    expect(seen.outcome).toBeUndefined();
    broker.result = RECORDED;
    await pass(5_000);
    expect(seen.outcome).toEqual(MADE);
  });

  it.each([
    ["the socket", () => FakeSocket.last!.say({ message_type: "error", error_type: "state_err", error_desc: "No." })],
    ["asking", () => (broker.result = { ...FAILED, error_type: "state_err", error_description: "No." })],
  ])("is a typed error by %s", async (_, tell) => {
    const seen = watched(carrick().auth("github"));
    await pass(0);
    tell();
    await pass(2_000);
    expect(seen.outcome).toBeInstanceOf(AuthError);
    expect(seen.outcome).toMatchObject({ type: "state_err", message: "No." });
  });

  it("of a start that failed comes by the popup's message", async () => {
    broker.result = { ...RECORDED, connection_id: "c-0" };
    const seen = watched(carrick().auth("github"));
    await pass(0);
    const payload = { message: "No client.", errorType: "connection_validation_failed" };
    broker.say({ type: "nango_oauth_callback_error", payload });
    await pass(0);
    expect(seen.outcome).toMatchObject({ type: "connection_validation_failed" });
  });
});

describe("a window that looks closed", () => {
  it("is no failure: a provider can cut us off from it", async () => {
    const events: AuthEvent[] = [];
    const onEvent = (event: AuthEvent) => events.push(event);
    const seen = watched(carrick().auth("github", { onEvent }));
    await pass(0);
    broker.popup!.closed = true;
    await pass(60_000);
    expect(seen.outcome).toBeUndefined();
    expect(events).toEqual([{ type: "window_opened" }, { type: "window_closed" }]);
    broker.result = RECORDED;
    await pass(5_000);
    expect(seen.outcome).toEqual(MADE);
  });

  it("is one if the page wants that, after it was asked once more", async () => {
    const seen = watched(carrick().auth("github", { detectClosedAuthWindow: true }));
    await pass(0);
    broker.popup!.closed = true;
    await pass(500);
    expect(seen.outcome).toBeUndefined();
    await pass(10_000);
    expect(seen.outcome).toMatchObject({ type: "window_closed" });
  });

  it("ends the waiting when the session does", async () => {
    const seen = watched(carrick().auth("github"));
    await pass(0);
    broker.refusal = { status: 401, code: "unknown_connect_session_token", message: "It ended." };
    await pass(5_000);
    expect(seen.outcome).toMatchObject({ type: "unknown_connect_session_token" });
  });

  it("ends the waiting when the page says so", async () => {
    const stop = new AbortController();
    const seen = watched(carrick().auth("github", { signal: stop.signal }));
    await pass(0);
    stop.abort();
    await pass(0);
    expect(seen.outcome).toMatchObject({ type: "window_closed" });
    const asked = broker.asked.length;
    await pass(60_000);
    expect(broker.asked.length).toBe(asked);
  });
});

describe("a connection that waits to be confirmed", () => {
  it("brings the code of the popup's message", async () => {
    const seen = watched(carrick().auth("github"));
    await pass(0);
    broker.result = UNCONFIRMED;
    broker.say({ ...SUCCESS, confirmCode: "code" });
    await pass(0);
    expect(seen.outcome).toEqual({ ...MADE, isPending: true, confirmCode: "code" });
  });

  it("is not over when the news arrives before the code", async () => {
    const seen = watched(carrick().auth("github"));
    await pass(0);
    broker.result = UNCONFIRMED;
    await pass(3_000);
    expect(seen.outcome).toBeUndefined();
    broker.say({ ...SUCCESS, confirmCode: "code" });
    await pass(0);
    expect(seen.outcome).toMatchObject({ confirmCode: "code" });
  });

  it("is pending without a code if none comes", async () => {
    const seen = watched(carrick().auth("github"));
    await pass(0);
    broker.result = UNCONFIRMED;
    await pass(20_000);
    expect(seen.outcome).toEqual({ ...MADE, isPending: true });
  });
});

describe("what can be told at once", () => {
  it.each(["no url", "ftp://connect.example.com", ""])("%j is no host", (host) => {
    expect(() => new Carrick({ host })).toThrow(
      expect.objectContaining({ type: "invalid_host_url" }),
    );
  });

  it("a session's token is missing", async () => {
    const without = new Carrick({ host: HOST });
    await expect(without.auth("github")).rejects.toMatchObject({ type: "missing_auth_token" });
    await expect(without.create("github")).rejects.toMatchObject({ type: "missing_auth_token" });
    await expect(without.reconnect("github")).rejects.toMatchObject({
      type: "missing_connect_session_token",
    });
  });
});
