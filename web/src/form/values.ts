// What a person has filled in: what shows of it, what is wrong with it, where it is sent.

import type { Api } from "../api";
import type { Connected, Defaults, Integration, Provider } from "../wire";
import type { Field } from "./fields";
import { fits } from "./formats";

export type Values = Readonly<Record<string, string>>;
export type Problem = "needed" | "misfit";

/** How a field is called in a form: two groups may have fields of one name. */
export function keyOf({ group, name }: Field): string {
  return `${group}.${name}`;
}

export function startingValues(fields: Field[]): Values {
  return Object.fromEntries(
    fields.map((field) => [keyOf(field), field.default_value ?? field.enum?.[0] ?? ""]),
  );
}

/** The fields that show with these values (`visible_when` names a field by its name alone). */
export function visibleFields(fields: Field[], values: Values): Field[] {
  const valueNamed = (name: string) => {
    const other = fields.find((field) => field.name === name);
    return other && values[keyOf(other)];
  };
  return fields.filter(
    ({ visible_when }) => !visible_when || valueNamed(visible_when.field) === visible_when.equals,
  );
}

export function problemWith(field: Field, value: string): Problem | undefined {
  const text = value.trim();
  if (text === "") return field.optional ? undefined : "needed";
  return fits(text, field.pattern, field.format) ? undefined : "misfit";
}

/** Where forms are sent that need no redirect, and the modes whose body says which it is. */
const POSTS: Record<string, string> = {
  API_KEY: "/api-auth/api-key",
  AWS_SIGV4: "/auth/aws-sigv4",
  BASIC: "/api-auth/basic",
  BILL: "/auth/bill",
  JWT: "/auth/jwt",
  NONE: "/auth/unauthenticated",
  OAUTH2_CC: "/oauth2/auth",
  SIGNATURE: "/auth/signature",
  TBA: "/auth/tba",
  TWO_STEP: "/auth/two-step",
};
const TYPED = new Set(["TWO_STEP", "SIGNATURE", "JWT"]);

/** The path of the form's endpoint; none where the person is sent to the provider. */
export function postPath(provider: Provider): string | undefined {
  if (provider.auth_mode === "OAUTH2" && provider.installation === "outbound") {
    return "/auth/oauth-outbound";
  }
  return POSTS[provider.auth_mode];
}

export interface Form {
  integration: Integration;
  provider: Provider;
  defaults: Defaults;
  fields: Field[];
  values: Values;
  externalId?: string;
}

/** The address that the browser goes to, or that the form is posted to. */
export function addressOf(form: Form, api: Api): URL {
  const path = postPath(form.provider);
  const address = api.address(path ?? "/oauth/connect", form.integration.unique_key);
  const set = (name: string, value: string) => value && address.searchParams.set(name, value);
  for (const [name, value] of given(form, "params")) set(`params[${name}]`, value);
  if (form.externalId) set("params[external_id]", form.externalId);
  if (path === undefined) {
    for (const [name, value] of given(form, "credentials")) set(`credentials[${name}]`, value);
  }
  return address;
}

/** What is posted. */
export function bodyOf(form: Form): Record<string, unknown> {
  const mode = form.provider.auth_mode;
  // BASIC always has both members, even empty ones.
  const filled = given(form, "credentials").filter(([, text]) => text || mode === "BASIC");
  const assertion = Object.fromEntries(given(form, "assertion").filter(([, text]) => text));
  return {
    ...(TYPED.has(mode) && { type: mode }),
    ...Object.fromEntries(filled),
    ...(Object.keys(assertion).length > 0 && { assertionOption: assertion }),
  };
}

function given(form: Form, group: Field["group"]): [string, string][] {
  return visibleFields(form.fields, form.values)
    .filter((field) => field.group === group)
    .map((field) => [field.name, (form.values[keyOf(field)] ?? "").trim()]);
}

export async function post(form: Form, api: Api): Promise<Connected> {
  const made = await api.submit(addressOf(form, api), bodyOf(form));
  return { ...made, isPending: false };
}
