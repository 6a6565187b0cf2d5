// The fields of a form, from the provider's schema and what is known already (contract §3.6).

import type { Defaults, InputField, Inputs, Integration, Provider } from "../wire";

/** Where a value is sent: connection config, credentials, or what signs once and is not kept. */
export type Group = "params" | "credentials" | "assertion";

export interface Field extends InputField {
  name: string;
  group: Group;
}

const SECRET = { secret: true };

/** What a mode asks for whatever the entry says. The API's entries state these with their texts. */
const OF_MODE: Record<string, Inputs> = {
  API_KEY: { apiKey: { title: "API key", ...SECRET } },
  BASIC: { username: { title: "Username" }, password: { title: "Password", ...SECRET } },
  SIGNATURE: { username: { title: "Username" }, password: { title: "Password", ...SECRET } },
  OAUTH2_CC: {
    client_id: { title: "Client ID" },
    client_secret: { title: "Client secret", ...SECRET },
  },
  TBA: {
    token_id: { title: "Token ID" },
    token_secret: { title: "Token secret", ...SECRET },
    oauth_client_id_override: { title: "Consumer key", optional: true },
    oauth_client_secret_override: { title: "Consumer secret", optional: true, ...SECRET },
  },
  BILL: {
    username: { title: "Username" },
    password: { title: "Password", ...SECRET },
    organization_id: { title: "Organization ID" },
    dev_key: { title: "Developer key", ...SECRET },
  },
  AWS_SIGV4: { role_arn: { title: "Role ARN" } },
};

const CERTIFICATE: Inputs = {
  client_certificate: { title: "Client certificate", ...SECRET },
  client_private_key: { title: "Client private key", ...SECRET },
};

/** A client of the person's own: asked for only where the session presets the empty text. */
const OVERRIDES: Inputs = {
  oauth_client_id_override: { title: "Client ID" },
  oauth_client_secret_override: { title: "Client secret", ...SECRET },
  oauth_refresh_token_override: { title: "Refresh token", optional: true, ...SECRET },
};

/** The fields that a person fills in, in their order. */
export function fieldsOf(
  integration: Integration,
  provider: Provider,
  defaults: Defaults,
): Field[] {
  const known = new Set(integration.preconfigured_credentials);
  const presets = defaults.connection_config ?? {};
  const isAsked = ({ name, group, ...field }: Field) =>
    !field.automated &&
    !field.hidden &&
    !(group === "params" && name === madeFor(provider, defaults)) &&
    !(group === "params" ? presets[name] : group === "credentials" && known.has(name));
  const all = [
    ...grouped(provider.connection_config, "params"),
    ...grouped(credentials(integration, provider, presets), "credentials"),
    ...grouped(provider.assertion_option, "assertion"),
  ];
  return all.filter(isAsked).sort((a, b) => (a.order ?? 99) - (b.order ?? 99));
}

/** The parameter that this page makes up itself: it is shown, to be copied, and not asked for. */
export function madeFor(provider: Provider, defaults: Defaults): string | undefined {
  const isPreset = defaults.connection_config?.external_id;
  return provider.auth_mode === "AWS_SIGV4" && !isPreset ? "external_id" : undefined;
}

/** Titles of what the application presets and does not fit: nobody can correct it here. */
export function presetFields(provider: Provider, defaults: Defaults): [Field, string][] {
  const presets = defaults.connection_config ?? {};
  return grouped(provider.connection_config, "params")
    .filter(({ name }) => presets[name])
    .map((field) => [field, presets[field.name] as string]);
}

function credentials(
  integration: Integration,
  provider: Provider,
  presets: Record<string, string>,
): Inputs {
  const mode = provider.auth_mode;
  const fields: Inputs = { ...OF_MODE[mode] };
  if (mode === "OAUTH2_CC") Object.assign(fields, clientAuthentication(provider));
  for (const [name, field] of Object.entries(provider.credentials ?? {})) {
    fields[name] = { ...fields[name], ...field };
  }
  if (mode === "TWO_STEP") {
    // Who has none of the customer's needs one of their own.
    for (const [name, field] of Object.entries(provider.integration_config ?? {})) {
      if (fields[name]) fields[name] = { ...field, optional: false };
    }
  }
  if (mode === "OAUTH2") {
    for (const [name, field] of Object.entries(OVERRIDES)) {
      if (presets[name] === "") fields[name] = field;
    }
  }
  const label = integration.credentials_label?.apiKey;
  if (label && fields.apiKey) fields.apiKey = { ...fields.apiKey, title: label };
  return fields;
}

function clientAuthentication(provider: Provider): Inputs {
  const byKey = provider.token_request_auth_method === "private_key_jwt";
  const secret = { title: "Client secret", secret: true, ...(byKey && { optional: true }) };
  return { client_secret: secret, ...(provider.require_client_certificate && CERTIFICATE) };
}

function grouped(inputs: Inputs | undefined, group: Group): Field[] {
  return Object.entries(inputs ?? {}).map(([name, field]) => ({ ...field, name, group }));
}

const LINES = /(private_?key|certificate|pem)$/i;

/** Whether a value may have several lines, as a key in PEM has. */
export function hasLines({ name, pattern, format }: Field): boolean {
  return !pattern && !format && LINES.test(name);
}
