import { AuthError } from "./errors.js";
import type { AuthOptions, Connection } from "./types.js";

/** How the session's last authorization ended. */
export interface Result {
  status: "success" | "unconfirmed" | "error";
  integration_id?: string;
  connection_id?: string;
  error_type?: string;
  error_description?: string;
  /** Tells two ends apart that are the same otherwise. */
  ended_at: string;
}

export interface Session {
  websocketsPath?: string;
  result?: Result;
}

/** The HTTP endpoints that a connect session may use. */
export class Api {
  constructor(
    readonly base: string,
    readonly token: string,
  ) {}

  /** The session; its token travels in a header. */
  async session(): Promise<Session> {
    const headers = { authorization: `Bearer ${this.token}` };
    return (await this.ask<{ data: Session }>(`${this.base}/connect/session`, { headers })).data;
  }

  /** Sends what a person filled in: a connection without a redirect. */
  submit(path: string, key: string, options: AuthOptions, body?: object): Promise<Connection> {
    const json = { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const init = { method: "POST", ...(body && Object.keys(body).length > 0 ? json : {}) };
    return this.ask<Connection>(this.address(path, key, options), init);
  }

  /** An address that a browser goes to, or a form is sent to: there the token is in the query. */
  address(path: string, key: string, options: AuthOptions): string {
    const url = new URL(`${this.base}${path}/${encodeURIComponent(key)}`);
    const query = url.searchParams;
    query.set("connect_session_token", this.token);
    for (const [name, value] of Object.entries(options.params ?? {})) {
      query.set(`params[${name}]`, value);
    }
    for (const [name, value] of Object.entries(options.authorization_params ?? {})) {
      query.set(`authorization_params[${name}]`, `${value}`);
    }
    if (options.user_scope?.length) query.set("user_scope", options.user_scope.join(","));
    return url.href;
  }

  private async ask<T>(url: string, init: RequestInit): Promise<T> {
    let answer: Response;
    try {
      answer = await fetch(url, { ...init, referrerPolicy: "no-referrer", credentials: "omit" });
    } catch {
      throw new AuthError(
        "Carrick did not answer this page. Does the session allow its origin?",
        "network_error",
      );
    }
    const body = await answer.json().catch(() => undefined);
    if (answer.ok && body) return body;
    const { message, code } = body?.error ?? {};
    throw new AuthError(message ?? `Carrick answered ${answer.status}.`, code ?? "unknown_error");
  }
}
