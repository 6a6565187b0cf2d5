import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { Carrick } from "../src/index.js";
import { Broker, HOST, TOKEN } from "./broker.js";

let broker: Broker;
const carrick = () => new Carrick({ host: HOST, connectSessionToken: TOKEN });

beforeEach(() => {
  broker = new Broker();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const KEY = "canary-secret-key";

it.each([
  [{ apiKey: KEY, type: "API_KEY" }, "/api-auth/api-key", { apiKey: KEY }],
  [{ username: "ada" }, "/api-auth/basic", { username: "ada" }],
  [{ type: "TWO_STEP", pin: KEY }, "/auth/two-step", { type: "TWO_STEP", pin: KEY }],
  [{ client_id: "c", client_secret: KEY }, "/oauth2/auth", { client_id: "c", client_secret: KEY }],
  [{ client_id: "c", client_private_key: KEY }, "/oauth2/auth", { client_id: "c", client_private_key: KEY }],
  [{ type: "JWT", issuer: "i" }, "/auth/jwt", { type: "JWT", issuer: "i" }],
  [{ token_id: "t", token_secret: KEY }, "/auth/tba", { token_id: "t", token_secret: KEY }],
  [{ type: "AWS_SIGV4", role_arn: "r" }, "/auth/aws-sigv4", { role_arn: "r" }],
  [
    { username: "u", password: KEY, organization_id: "o", dev_key: "d" },
    "/auth/bill",
    { username: "u", password: KEY, organization_id: "o", dev_key: "d" },
  ],
  [
    { type: "SIGNATURE", username: "u", password: KEY },
    "/auth/signature",
    { type: "SIGNATURE", username: "u", password: KEY },
  ],
])("%j is sent to its form", async (credentials, path, body) => {
  await carrick().auth("api", { credentials, params: { region: "eu" } });
  const [asked] = broker.asked;
  expect([asked!.method, asked!.url.pathname]).toEqual(["POST", `${path}/api`]);
  expect(JSON.parse(asked!.body!)).toEqual(body);
  expect(asked!.url.search).not.toContain(KEY);
  expect(asked!.url.searchParams.get("params[region]")).toBe("eu");
});

it("what is public needs no body", async () => {
  await carrick().create("api");
  const [asked] = broker.asked;
  expect([asked!.url.pathname, asked!.body]).toEqual(["/auth/unauthenticated/api", undefined]);
});

it("what Carrick answers is the result", async () => {
  broker.answer = { connectionId: "c", providerConfigKey: "api", isPending: true, confirmCode: "x" };
  expect(await carrick().auth("api", { credentials: { apiKey: KEY } })).toEqual(broker.answer);
});

it("what Carrick refuses is a typed error", async () => {
  broker.refusal = { status: 400, code: "connection_test_failed", message: "Not accepted." };
  await expect(carrick().auth("api", { credentials: { apiKey: KEY } })).rejects.toMatchObject({
    type: "connection_test_failed",
    message: "Not accepted.",
  });
});

it("credentials that nothing takes are refused here", async () => {
  await expect(carrick().auth("api", { credentials: {} })).rejects.toMatchObject({
    type: "missing_credentials",
  });
  expect(broker.asked).toEqual([]);
});
