import { describe, expect, it } from "vitest";
import { Api } from "../src/api";
import { fieldsOf, hasLines, madeFor } from "../src/form/fields";
import {
  addressOf,
  bodyOf,
  type Form,
  keyOf,
  postPath,
  problemWith,
  startingValues,
  visibleFields,
} from "../src/form/values";
import type { Defaults, Integration, Provider } from "../src/wire";

const INTEGRATION: Integration = { unique_key: "key", provider: "p", display_name: "P" };
const API = new Api("https://api.example", "nango_connect_session_t", "");

function provider(auth_mode: string, more: Partial<Provider> = {}): Provider {
  return { name: "p", auth_mode, ...more };
}

function names(of: Provider, defaults: Defaults = {}, integration = INTEGRATION): string[] {
  return fieldsOf(integration, of, defaults).map(keyOf);
}

function form(of: Provider, filled: Record<string, string>, defaults: Defaults = {}): Form {
  const fields = fieldsOf(INTEGRATION, of, defaults);
  const values = { ...startingValues(fields), ...filled };
  return { integration: INTEGRATION, provider: of, defaults, fields, values };
}

describe("each auth mode asks for what it needs", () => {
  it.each([
    ["API_KEY", ["credentials.apiKey"]],
    ["BASIC", ["credentials.username", "credentials.password"]],
    ["SIGNATURE", ["credentials.username", "credentials.password"]],
    ["OAUTH2_CC", ["credentials.client_id", "credentials.client_secret"]],
    [
      "TBA",
      [
        "credentials.token_id",
        "credentials.token_secret",
        "credentials.oauth_client_id_override",
        "credentials.oauth_client_secret_override",
      ],
    ],
    [
      "BILL",
      [
        "credentials.username",
        "credentials.password",
        "credentials.organization_id",
        "credentials.dev_key",
      ],
    ],
    ["AWS_SIGV4", ["credentials.role_arn"]],
    ["OAUTH2", []],
    ["OAUTH1", []],
    ["NONE", []],
  ])("%s", (mode, expected) => {
    expect(names(provider(mode))).toEqual(expected);
  });

  it("asks for a certificate where the provider requires one", () => {
    expect(names(provider("OAUTH2_CC", { require_client_certificate: true }))).toContain(
      "credentials.client_certificate",
    );
  });

  it("asks for what signs once apart from what is kept", () => {
    const two = provider("TWO_STEP", {
      credentials: { clientId: {} },
      assertion_option: { privateKey: { secret: true } },
    });
    expect(names(two)).toEqual(["credentials.clientId", "assertion.privateKey"]);
    const filled = { "credentials.clientId": "id", "assertion.privateKey": "pem" };
    expect(bodyOf(form(two, filled))).toEqual({
      type: "TWO_STEP",
      clientId: "id",
      assertionOption: { privateKey: "pem" },
    });
  });

  it("needs an input of TWO_STEP that the customer may set and has not", () => {
    const inputs = { a: { optional: true }, b: { optional: true } };
    const two = provider("TWO_STEP", {
      credentials: inputs,
      integration_config: { ...inputs, theirs: {} },
    });
    const told = { ...INTEGRATION, preconfigured_credentials: ["b", "theirs"] };
    expect(names(two, {}, told)).toEqual(["credentials.a"]);
    expect(fieldsOf(told, two, {})[0]?.optional).toBe(false);
  });
});

describe("nobody is asked for what is known", () => {
  const of = provider("API_KEY", {
    connection_config: { region: {}, tenant: {}, id: { automated: true }, old: { hidden: true } },
  });

  it("by the session, the integration, or the provider itself", () => {
    expect(names(of)).toEqual(["params.region", "params.tenant", "credentials.apiKey"]);
    const known = { ...INTEGRATION, preconfigured_credentials: ["apiKey"] };
    const defaults = { connection_config: { region: "eu" } };
    expect(names(of, defaults, known)).toEqual(["params.tenant"]);
  });

  it("nor for the external id of AWS, which the page makes up unless the session has one", () => {
    const aws = provider("AWS_SIGV4", { connection_config: { external_id: {}, region: {} } });
    expect(names(aws)).toEqual(["params.region", "credentials.role_arn"]);
    expect(madeFor(aws, {})).toBe("external_id");
    expect(madeFor(aws, { connection_config: { external_id: "theirs" } })).toBeUndefined();
  });

  it("but for a client of one's own where the session presets the empty text", () => {
    const oauth = provider("OAUTH2");
    expect(names(oauth, { connection_config: { oauth_client_id_override: "" } })).toEqual([
      "credentials.oauth_client_id_override",
    ]);
    expect(names(oauth, { connection_config: { oauth_client_id_override: "x" } })).toEqual([]);
  });
});

describe("the entry says how a field looks", () => {
  it("in its order, connection config first", () => {
    const of = provider("API_KEY", {
      credentials: { apiKey: { order: 1 } },
      connection_config: { later: {}, first: { order: 1 } },
    });
    expect(names(of)).toEqual(["params.first", "credentials.apiKey", "params.later"]);
  });

  it("shows a field when another has its value", () => {
    const of = provider("OAUTH2", {
      connection_config: {
        kind: { enum: ["cloud", "server"] },
        host: { visible_when: { field: "kind", equals: "server" } },
      },
    });
    const fields = fieldsOf(INTEGRATION, of, {});
    const values = startingValues(fields);
    expect(visibleFields(fields, values)).toHaveLength(1);
    expect(visibleFields(fields, { ...values, "params.kind": "server" })).toHaveLength(2);
  });

  it("takes the integration's name for its key", () => {
    const labelled = { ...INTEGRATION, credentials_label: { apiKey: "Secret" } };
    expect(fieldsOf(labelled, provider("API_KEY"), {})[0]?.title).toBe("Secret");
  });

  it("gives keys in PEM several lines, and keys of one word one", () => {
    const pem = { name: "privateKey", group: "credentials" as const };
    expect(hasLines(pem)).toBe(true);
    expect(hasLines({ ...pem, pattern: "^[!-~]+$" })).toBe(false);
    expect(hasLines({ ...pem, name: "password" })).toBe(false);
  });

  it.each([
    [{}, " ", "needed"],
    [{ optional: true }, "", undefined],
    [{ pattern: "^[0-9]+$" }, " 12 ", undefined],
    [{ pattern: "^[0-9]+$" }, "x", "misfit"],
  ])("%o with %o", (field, value, problem) => {
    expect(problemWith({ ...field, name: "n", group: "params" }, value)).toBe(problem);
  });
});

describe("what is sent", () => {
  it("goes to the mode's endpoint, with connection config in the query", () => {
    const of = provider("BASIC", { connection_config: { sub: {}, empty: { optional: true } } });
    const filled = form(of, { "params.sub": " acme ", "credentials.username": "u" });
    expect(addressOf(filled, API).href).toBe(
      "https://api.example/api-auth/basic/key" +
        "?connect_session_token=nango_connect_session_t&params%5Bsub%5D=acme",
    );
    expect(bodyOf(filled)).toEqual({ username: "u", password: "" });
  });

  it("begins at the provider for the modes that redirect", () => {
    const filled = form(provider("OAUTH2"), {});
    expect(addressOf(filled, API).pathname).toBe("/oauth/connect/key");
  });

  it.each([
    ["API_KEY", "/api-auth/api-key"],
    ["BASIC", "/api-auth/basic"],
    ["OAUTH2_CC", "/oauth2/auth"],
    ["TBA", "/auth/tba"],
    ["BILL", "/auth/bill"],
    ["JWT", "/auth/jwt"],
    ["SIGNATURE", "/auth/signature"],
    ["AWS_SIGV4", "/auth/aws-sigv4"],
    ["TWO_STEP", "/auth/two-step"],
    ["NONE", "/auth/unauthenticated"],
    ["OAUTH2", undefined],
    ["OAUTH1", undefined],
    ["APP", undefined],
    ["CUSTOM", undefined],
    ["MCP_OAUTH2", undefined],
    ["INSTALL_PLUGIN", undefined],
  ])("%s", (mode, path) => {
    expect(postPath(provider(mode))).toBe(path);
  });

  it("is posted for an installation that begins at the provider", () => {
    expect(postPath(provider("OAUTH2", { installation: "outbound" }))).toBe("/auth/oauth-outbound");
  });

  it("names the AWS external id", () => {
    const filled = { ...form(provider("AWS_SIGV4"), {}), externalId: "e" };
    expect(addressOf(filled, API).searchParams.get("params[external_id]")).toBe("e");
  });

  it("leaves out what does not show", () => {
    const of = provider("OAUTH2", {
      connection_config: {
        kind: { enum: ["cloud", "server"] },
        host: { visible_when: { field: "kind", equals: "server" } },
      },
    });
    const address = addressOf(form(of, { "params.host": "h.example" }), API);
    expect([...address.searchParams.keys()]).toEqual(["connect_session_token", "params[kind]"]);
  });
});
