import { describe, expect, it } from "vitest";
import { fits } from "../src/form/formats";

describe("a value is checked by the catalog's named formats", () => {
  it.each([
    ["acme", "^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$", undefined, true],
    ["acme.evil", "^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$", undefined, false],
    ["shop.example.com", undefined, "hostname", true],
    ["https://shop.example.com", undefined, "hostname", false],
    ["https://api.example.com/v2", undefined, "uri", true],
    ["javascript:alert(1)", undefined, "uri", false],
    ["ada@example.com", undefined, "email", true],
    ["ada", undefined, "email", false],
    ["anything", undefined, undefined, true],
  ])("%s with %s %s", (value, pattern, format, expected) => {
    expect(fits(value, pattern, format)).toBe(expected);
  });

  it("compiles no pattern that is not on the list", () => {
    expect(fits("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "^(a+)+$", undefined)).toBe(true);
  });

  it("leaves a format that it does not know to the API", () => {
    expect(fits("x", undefined, "ipv9")).toBe(true);
  });
});
