import { Api } from "./api.js";
import { ConnectUI } from "./connect-ui.js";
import { AuthError } from "./errors.js";
import { formOf } from "./forms.js";
import { ResultSocket } from "./socket.js";
import type { AuthOptions, CarrickOptions, Connection, ConnectUIOptions } from "./types.js";
import { result } from "./waiting.js";

/** Connects accounts from a web page, with a connect session that your backend has made. */
export class Carrick {
  private readonly base: string;

  /** @throws {AuthError} `invalid_host_url` */
  constructor(private readonly options: CarrickOptions) {
    this.base = options.host.replace(/\/+$/, "");
    if (!/^https?:$/.test(urlOf(this.base).protocol)) throw invalidHost();
  }

  /**
   * Connect an account: in a popup, by leaving this page, or with what a person filled in. A popup
   * opens only if this is called in the handler of a click, before anything is awaited.
   *
   * @throws {AuthError} if no connection comes of it.
   */
  async auth(providerConfigKey: string, options: AuthOptions = {}): Promise<Connection> {
    const api = this.api("missing_auth_token");
    if (options.credentials) {
      const [path, body] = formOf(options.credentials);
      return api.submit(path, providerConfigKey, options, body);
    }
    if (options.mode === "redirect") {
      location.assign(api.address("/oauth/connect", providerConfigKey, options));
      return new Promise(() => {});
    }
    return this.byPopup(api, providerConfigKey, options);
  }

  /** Connect what needs neither a redirect nor credentials, or has the latter in the options. */
  async create(providerConfigKey: string, options: AuthOptions = {}): Promise<Connection> {
    if (options.credentials) return this.auth(providerConfigKey, options);
    const api = this.api("missing_auth_token");
    return api.submit("/auth/unauthenticated", providerConfigKey, options);
  }

  /** Renew a connection: what it may be is in the session. */
  async reconnect(providerConfigKey: string, options: AuthOptions = {}): Promise<Connection> {
    this.api("missing_connect_session_token");
    return this.auth(providerConfigKey, options);
  }

  /** Let a person pick what to connect, on the Connect page. */
  openConnectUI(options: ConnectUIOptions = {}): ConnectUI {
    const page = urlOf(this.options.connectUrl ?? `${this.base}/connect/`);
    const sessionToken = options.sessionToken ?? this.options.connectSessionToken;
    const query = page.searchParams;
    if (options.lang) query.set("lang", options.lang);
    if (options.themeOverride) query.set("theme", options.themeOverride);
    if (options.detectClosedAuthWindow) query.set("detectClosedAuthWindow", "true");
    if (options.mode === "redirect") {
      query.set("session_token", sessionToken ?? this.api("missing_auth_token").token);
      location.assign(page);
    }
    query.set("apiURL", this.base);
    const frame = new ConnectUI(page, sessionToken ? { ...options, sessionToken } : options);
    return options.mode === "redirect" ? frame : frame.open();
  }

  private async byPopup(api: Api, key: string, options: AuthOptions): Promise<Connection> {
    const { width = 500, height = 600 } = this.options;
    const left = screenX + (outerWidth - width) / 2;
    const top = screenY + (outerHeight - height) / 2;
    const features = `popup,width=${width},height=${height},left=${left},top=${top}`;
    // Before anything is awaited: a browser opens no window later than the click.
    const popup = open("", "_blank", features);
    if (!popup) throw new AuthError("The browser opened no window.", "blocked_by_browser");
    options.onEvent?.({ type: "window_opened" });
    let socket: ResultSocket | undefined;
    try {
      const session = await api.session();
      socket = await ResultSocket.open(session.websocketsPath ?? "/", this.base);
      const address = new URL(api.address("/oauth/connect", key, options));
      if (socket.name) address.searchParams.set("ws_client_id", socket.name);
      popup.location.replace(address);
      return await result({ api, key, popup, socket, before: session.result, options });
    } finally {
      socket?.close();
      popup.close();
    }
  }

  private api(otherwise: string): Api {
    const token = this.options.connectSessionToken;
    if (!token) throw new AuthError("There is no connect session token.", otherwise);
    return new Api(this.base, token);
  }
}

function urlOf(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw invalidHost();
  }
}

function invalidHost(): AuthError {
  return new AuthError("The host is no URL.", "invalid_host_url");
}
