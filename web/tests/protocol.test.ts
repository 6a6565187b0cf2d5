import { describe, expect, it } from "vitest";
import { fromSession, fromSocket } from "../src/flow/outcome";
import { socketUrl } from "../src/flow/socket";
import { Parent, parentOrigins } from "../src/parent";
import type { Result } from "../src/wire";

const ENDED = { integration_id: "a", ended_at: "2026-01-01T00:00:00.000+00:00" };
const SUCCESS: Result = { status: "success", connection_id: "1", ...ENDED };
const ERROR: Result = { status: "error", error_type: "callback_err", ...ENDED };

describe("the end is told once, and is this attempt's", () => {
  it("by the session, when it says something new", () => {
    expect(fromSession(undefined, undefined, "a")).toBeUndefined();
    expect(fromSession(ERROR, ERROR, "a")).toBeUndefined();
    expect(fromSession(SUCCESS, ERROR, "a")).toEqual({
      kind: "connected",
      connected: { providerConfigKey: "a", connectionId: "1", isPending: false },
    });
    expect(fromSession(ERROR, undefined, "a")).toMatchObject({ type: "callback_err" });
    // The same connection, renewed once more.
    const before = { ...SUCCESS, ended_at: "2025-12-31T23:59:59.000+00:00" };
    expect(fromSession(SUCCESS, before, "a")).toMatchObject({ kind: "connected" });
  });

  it("with what waits to be confirmed", () => {
    expect(fromSession({ ...SUCCESS, status: "unconfirmed" }, undefined, "a")).toMatchObject({
      connected: { connectionId: "1", isPending: true },
    });
  });

  it("not by another tab's integration", () => {
    expect(fromSession(SUCCESS, undefined, "b")).toBeUndefined();
    expect(fromSession(ERROR, undefined, "b")).toBeUndefined();
  });

  it("by the socket", () => {
    expect(fromSocket({ message_type: "connection_ack", ws_client_id: "x" })).toBeUndefined();
    expect(
      fromSocket({
        message_type: "success",
        provider_config_key: "a",
        connection_id: "1",
        is_pending: true,
      }),
    ).toEqual({
      kind: "connected",
      connected: { providerConfigKey: "a", connectionId: "1", isPending: true },
    });
    expect(fromSocket({ message_type: "error", error_type: "t", error_desc: "d" })).toEqual({
      kind: "failed",
      type: "t",
      message: "d",
    });
  });
});

describe("where the socket is", () => {
  it.each([
    ["/", "https://h.example/api", "wss://h.example/"],
    ["/live", "http://localhost:8400", "ws://localhost:8400/live"],
    ["wss://ws.example/socket", "https://h.example", "wss://ws.example/socket"],
    [undefined, "https://h.example", "wss://h.example/"],
  ])("%s at %s", (path, base, expected) => {
    expect(socketUrl(path, base)).toBe(expected);
  });
});

describe("the embedding page", () => {
  function world() {
    const posted: [unknown, string][] = [];
    let take = (_: object) => {};
    const parent = { postMessage: (data: unknown, origin: string) => posted.push([data, origin]) };
    const window = {
      parent,
      addEventListener: (_: string, listener: (event: object) => void) => {
        take = listener;
      },
    };
    return { posted, parent, window: window as unknown as Window, send: (e: object) => take(e) };
  }

  it("is where the browser says, else where it came from, else one of the list", () => {
    expect(parentOrigins("https://a.example", "https://b.example/x", [])).toEqual([
      "https://a.example",
    ]);
    expect(parentOrigins("", "https://b.example/x", ["https://c.example"])).toEqual([
      "https://b.example",
    ]);
    expect(parentOrigins("", "", ["https://c.example", "http://localhost:*"])).toEqual([
      "https://c.example",
    ]);
  });

  it("alone is listened to, and alone is spoken to", () => {
    const { posted, parent, window, send } = world();
    const page = new Parent(window, ["https://a.example", "https://b.example"]);
    const tokens: string[] = [];
    page.listen({ onToken: (token) => tokens.push(token), onSettings: () => {} });
    const data = { type: "session_token", sessionToken: "t" };
    send({ source: {}, origin: "https://a.example", data });
    send({ source: parent, origin: "https://evil.example", data });
    send({ source: parent, origin: "https://b.example", data: null });
    expect(tokens).toEqual([]);
    send({ source: parent, origin: "https://b.example", data });
    expect(tokens).toEqual(["t"]);
    page.post({ type: "ready" });
    expect(posted).toEqual([[{ type: "ready" }, "https://b.example"]]);
  });

  it("is never spoken to as anybody", () => {
    const { posted, window } = world();
    new Parent(window, []).post({ type: "ready" });
    expect(posted).toEqual([]);
  });
});
