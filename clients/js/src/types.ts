import type { AuthErrorType } from "./errors.js";

/** A connection that was made, or that waits for your backend to confirm it. */
export interface Connection {
  providerConfigKey: string;
  connectionId: string;
  /** There is no connection yet: your backend has to confirm it. */
  isPending?: boolean;
  /** What your backend confirms it with; good once, for ten minutes at most. */
  confirmCode?: string;
}

/** What happens while a person is at the provider. */
export type AuthEvent =
  | { type: "window_opened" }
  /** The window is gone, or the provider cut us off from it: the result may still come. */
  | { type: "window_closed" };

/** What a person filled in, under the names of the auth mode: `apiKey`, `username`, `password` … */
export type Credentials = Readonly<Record<string, unknown>>;

export interface AuthOptions {
  /** Connection config: values that the provider's addresses need, such as a subdomain. */
  params?: Readonly<Record<string, string>>;
  /** Further parameters of the authorization request; `undefined` takes one out. */
  authorization_params?: Readonly<Record<string, string | undefined>>;
  user_scope?: readonly string[];
  /** For providers without a redirect. */
  credentials?: Credentials;
  /** `redirect` leaves this page; the session needs a `return_url`, and that page `completeRedirect`. */
  mode?: "popup" | "redirect";
  /** Fail with `window_closed` when the window is gone and no result has come. */
  detectClosedAuthWindow?: boolean;
  /** Stops the waiting. */
  signal?: AbortSignal;
  onEvent?: (event: AuthEvent) => void;
}

/** What the Connect page says, word for word. */
export type ConnectUIEvent =
  | { type: "ready" }
  | { type: "connect"; payload: Connection }
  | { type: "close" }
  | { type: "error"; payload: { errorType: AuthErrorType; errorMessage: string } };

export interface ConnectUIOptions {
  onEvent?: (event: ConnectUIEvent) => void;
  sessionToken?: string;
  /** `redirect` leaves this page for the Connect page; the session needs a `return_url`. */
  mode?: "frame" | "redirect";
  lang?: string;
  themeOverride?: "light" | "dark" | "system";
  detectClosedAuthWindow?: boolean;
}

export interface CarrickOptions {
  /** Where Carrick is: `https://connect.example.com`. */
  host: string;
  connectSessionToken?: string;
  /** Where the Connect page is, if not at `/connect/` of the host. */
  connectUrl?: string;
  width?: number;
  height?: number;
}
