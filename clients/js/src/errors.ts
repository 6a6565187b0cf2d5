/** Why no connection came of it. Those of the official client, and whatever code the server says. */
export type AuthErrorType =
  | "missing_auth_token"
  | "blocked_by_browser"
  | "invalid_host_url"
  | "missing_credentials"
  | "window_closed"
  | "connection_test_failed"
  | "missing_connect_session_token"
  | "connection_validation_failed"
  | "resource_capped"
  | "unknown_error"
  | "connect_ui_unavailable"
  | "network_error"
  | (string & {});

/** An authorization that ended without a connection. `type` is stable; `message` is for people. */
export class AuthError extends Error {
  readonly type: AuthErrorType;

  constructor(message: string, type: AuthErrorType) {
    super(message);
    this.name = "AuthError";
    this.type = type;
  }
}
