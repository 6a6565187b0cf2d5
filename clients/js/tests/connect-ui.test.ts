import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { Carrick, type ConnectUIEvent } from "../src/index.js";

const HOST = "https://connect.example.com";
const TOKEN = "nango_connect_session_canary-secret";

const frame = () => document.querySelector<HTMLIFrameElement>("#connect-ui");
let events: ConnectUIEvent[];
let posted: unknown[];

function say(data: object, origin = HOST, source: unknown = frame()?.contentWindow): void {
  window.dispatchEvent(Object.assign(new Event("message"), { data, origin, source }));
}

function opened(token: string | undefined = TOKEN) {
  const carrick = new Carrick({ host: HOST });
  const options = { onEvent: (event: ConnectUIEvent) => events.push(event), lang: "de" };
  const ui = carrick.openConnectUI(token ? { ...options, sessionToken: token } : options);
  const inner = { postMessage: (message: object, origin: string) => posted.push([message, origin]) };
  Object.defineProperty(frame()!, "contentWindow", { value: inner });
  return ui;
}

beforeEach(() => {
  vi.useFakeTimers();
  events = [];
  posted = [];
  document.body.style.overflow = "scroll";
});
afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

const SENT = [{ type: "session_token", sessionToken: TOKEN }, HOST];

it("the token goes to the page when it is ready, and is not in its address", () => {
  opened();
  expect(frame()!.src).toBe(`${HOST}/connect/?lang=de&apiURL=${encodeURIComponent(HOST)}`);
  expect(posted).toEqual([]);
  say({ type: "ready" });
  expect(posted).toEqual([SENT]);
});

it("the token may come later", () => {
  const ui = opened("");
  say({ type: "ready" });
  expect(posted).toEqual([]);
  ui.setSessionToken(TOKEN);
  expect(posted).toEqual([SENT]);
});

it("events are told word for word, those of the page alone", () => {
  opened();
  const connect = { type: "connect", payload: { providerConfigKey: "a", connectionId: "b" } };
  say(connect, "https://evil.example");
  say(connect, HOST, window);
  expect(events).toEqual([]);
  say(connect);
  expect(events).toEqual([connect]);
});

it("closing takes the frame away and lets the page scroll again", () => {
  opened();
  expect(document.body.style.overflow).toBe("hidden");
  say({ type: "close" });
  expect([frame(), document.body.style.overflow]).toEqual([null, "scroll"]);
  expect(events).toEqual([{ type: "close" }]);
});

it("a page that may not be framed is given up", () => {
  opened();
  vi.advanceTimersByTime(10_000);
  expect(frame()).toBeNull();
  expect(events).toMatchObject([
    { type: "error", payload: { errorType: "connect_ui_unavailable" } },
    { type: "close" },
  ]);
});
