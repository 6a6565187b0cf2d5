import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { completeRedirect } from "../src/index.js";
import { hearReturn } from "../src/returning.js";

const CODE = "canary-secret-code";

function at(query: string): void {
  history.replaceState(null, "", `/connected${query}`);
}

beforeEach(() => {
  vi.stubGlobal("close", vi.fn());
});
afterEach(() => vi.unstubAllGlobals());

it("comes from nowhere", async () => {
  at("?tab=2");
  expect(await completeRedirect()).toBeUndefined();
  expect(location.search).toBe("?tab=2");
});

it("a connection is told, and taken out of the address", async () => {
  at("?tab=2&provider_config_key=github&connection_id=c-1#top");
  const connection = await completeRedirect();
  expect(connection).toEqual({ providerConfigKey: "github", connectionId: "c-1" });
  expect(location.search + location.hash).toBe("?tab=2#top");
});

it("what confirms it is told", async () => {
  at(`?provider_config_key=github&connection_id=c-1&confirm_code=${CODE}`);
  expect(await completeRedirect()).toMatchObject({ isPending: true, confirmCode: CODE });
  expect(location.href).not.toContain(CODE);
});

it("a failure is a typed error", async () => {
  at("?provider_config_key=github&error=callback_err");
  await expect(completeRedirect()).rejects.toMatchObject({ type: "callback_err" });
});

it("a page that waits hears it, and the popup closes itself", async () => {
  at(`?provider_config_key=github&connection_id=c-1&confirm_code=${CODE}`);
  const waiting = new AbortController();
  const heard = new Promise((take) => hearReturn("github", take, waiting.signal));
  const other = vi.fn();
  hearReturn("slack", other, waiting.signal);

  expect(await completeRedirect()).toBeUndefined();
  expect(close).toHaveBeenCalledOnce();
  expect(await heard).toMatchObject({ connectionId: "c-1", confirmCode: CODE });
  expect(other).not.toHaveBeenCalled();
  waiting.abort();
});
