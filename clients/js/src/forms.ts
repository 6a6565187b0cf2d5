import { AuthError } from "./errors.js";
import type { Credentials } from "./types.js";

type Form = readonly [path: string, body: object];

/** Where credentials go, and as what. The order is that of the official client. */
export function formOf(credentials: Credentials): Form {
  const has = (...names: string[]) => names.every((name) => credentials[name] !== undefined);
  const only = (...names: string[]) =>
    Object.fromEntries(names.filter((name) => has(name)).map((name) => [name, credentials[name]]));
  const { type } = credentials;

  if (type === "TWO_STEP") return ["/auth/two-step", credentials];
  if (type === "SIGNATURE" && has("username", "password")) {
    return ["/auth/signature", only("type", "username", "password")];
  }
  if (type === "AWS_SIGV4" && has("role_arn")) return ["/auth/aws-sigv4", only("role_arn", "region")];
  const bill = ["username", "password", "organization_id", "dev_key"];
  if (has(...bill)) return ["/auth/bill", only(...bill)];
  if (has("apiKey")) return ["/api-auth/api-key", only("apiKey")];
  if (has("username") || has("password")) return ["/api-auth/basic", only("username", "password")];
  if (has("privateKey") || type === "JWT") return ["/auth/jwt", credentials];
  if (has("token_id", "token_secret")) {
    const own = ["oauth_client_id_override", "oauth_client_secret_override"];
    return ["/auth/tba", only("token_id", "token_secret", ...own)];
  }
  if (has("client_id") && (has("client_secret") || has("client_private_key"))) {
    const names = ["client_id", "client_secret", "client_certificate", "client_private_key"];
    return ["/oauth2/auth", only(...names)];
  }
  throw new AuthError("No way to connect takes these credentials.", "missing_credentials");
}
