// A broker and a browser as far as the client can tell: answers, sockets, windows, all scripted.
import { vi } from "vitest";

import type { Result } from "../src/api.js";

export const HOST = "https://connect.example.com";
export const TOKEN = "nango_connect_session_canary-secret";

export class FakeSocket {
  static last: FakeSocket | undefined;
  onmessage: (event: { data: string }) => void = () => {};
  onerror: () => void = () => {};
  isClosed = false;

  constructor(readonly url: URL | string) {
    FakeSocket.last = this;
    queueMicrotask(() => this.say({ message_type: "connection_ack", ws_client_id: "ws_1" }));
  }

  say(message: object): void {
    this.onmessage({ data: JSON.stringify(message) });
  }

  close(): void {
    this.isClosed = true;
  }
}

export class FakeWindow {
  closed = false;
  address = "";
  posted: unknown[] = [];
  location = { replace: (url: URL) => (this.address = url.href) };

  close(): void {
    this.closed = true;
  }

  postMessage(message: unknown, origin: string): void {
    this.posted.push([message, origin]);
  }
}

export interface Asked {
  url: URL;
  method: string;
  headers: Headers;
  body: string | undefined;
}

/** Scripted by its members; `asked` is every request. */
export class Broker {
  asked: Asked[] = [];
  result: Result | undefined;
  refusal: { status: number; code: string; message: string } | undefined;
  isUnreachable = false;
  answer: object = { connectionId: "c-1", providerConfigKey: "github" };
  popup: FakeWindow | null = new FakeWindow();

  constructor() {
    vi.useFakeTimers();
    vi.stubGlobal("fetch", (url: string, init: RequestInit) => this.respond(url, init));
    vi.stubGlobal("WebSocket", FakeSocket);
    vi.stubGlobal("open", () => this.popup);
    FakeSocket.last = undefined;
  }

  /** The last page of the popup says something to this page. */
  say(data: object, origin = HOST, source: unknown = this.popup): void {
    window.dispatchEvent(Object.assign(new Event("message"), { data, origin, source }));
  }

  private async respond(url: string, init: RequestInit): Promise<Response> {
    if (this.isUnreachable) throw new TypeError("Failed to fetch");
    const { method = "GET", headers, body } = init;
    const asked = { url: new URL(url), method, headers: new Headers(headers) };
    this.asked.push({ ...asked, body: body as string | undefined });
    if (this.refusal) {
      const { status, ...error } = this.refusal;
      return new Response(JSON.stringify({ error }), { status });
    }
    const session = { data: { websocketsPath: "/socket", result: this.result } };
    return new Response(JSON.stringify(method === "GET" ? session : this.answer));
  }
}
