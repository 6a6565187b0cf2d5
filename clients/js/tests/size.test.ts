// @vitest-environment node
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

import { build } from "vite";
import { expect, it } from "vitest";

const { version: _, ...manifest } = JSON.parse(readFileSync("package.json", "utf8"));

it("what a page loads is at most 5 KB, and all of it is ours", async () => {
  const built = await build({ logLevel: "silent", build: { write: false } });
  const [{ output }] = built as unknown as [{ output: { type: string; code: string; imports: string[] }[] }];
  const chunks = output.filter(({ type }) => type === "chunk");
  expect(chunks.length).toBe(1);
  expect(chunks[0]!.imports).toEqual([]);
  expect(gzipSync(chunks[0]!.code, { level: 9 }).length).toBeLessThanOrEqual(5 * 1024);
  expect(manifest.dependencies).toBeUndefined();
});
