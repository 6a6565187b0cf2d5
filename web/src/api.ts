// Calls to the API that serves this page. Nothing else is ever asked.

import type { Integration, Provider, Session } from "./wire";

/** A refusal. `status` is 0 where no answer came; `type` is the API's code. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly type: string,
    message: string,
  ) {
    super(message);
  }
}

/** The API, with one session's token. `base` ends without a slash. */
export class Api {
  constructor(
    readonly base: string,
    readonly token: string,
    private readonly language: string,
  ) {}

  session(): Promise<Session> {
    return this.get("/connect/session");
  }

  integrations(): Promise<Integration[]> {
    return this.get("/integrations");
  }

  provider(name: string): Promise<Provider> {
    return this.get(`/providers/${encodeURIComponent(name)}`);
  }

  /** The address of a start or of a form, with the session in its query (contract §4.4). */
  address(path: string, integration: string): URL {
    const address = new URL(`${this.base}${path}/${encodeURIComponent(integration)}`);
    address.searchParams.set("connect_session_token", this.token);
    return address;
  }

  /** Send a form. No body where there is nothing in it. */
  submit(address: URL, body: object): Promise<{ connectionId: string; providerConfigKey: string }> {
    const headers = { "content-type": "application/json" };
    const text = Object.keys(body).length > 0 ? { body: JSON.stringify(body), headers } : {};
    return this.ask(address, { method: "POST", ...text });
  }

  private async get<Data>(path: string): Promise<Data> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.token}` };
    if (this.language) headers["accept-language"] = this.language;
    const answer = await this.ask<{ data: Data }>(this.base + path, { headers });
    return answer.data;
  }

  private async ask<Body>(address: string | URL, options: RequestInit): Promise<Body> {
    let answer: Response;
    try {
      answer = await fetch(address, options);
    } catch {
      throw new ApiError(0, "unreachable", "");
    }
    const body = await answer.json().catch(() => ({}));
    if (answer.ok) return body as Body;
    const { code, message } = body.error ?? {};
    throw new ApiError(answer.status, code ?? "unknown_error", message ?? "");
  }
}

/** The API's base: this page is `/connect` or `/connect/` below it. */
export function apiBase(location: Location): string {
  return location.origin + location.pathname.replace(/\/connect\/?$/, "");
}
