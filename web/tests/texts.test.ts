import { describe, expect, it } from "vitest";
import en from "../src/i18n/en";
import { LANGUAGES, languageOf, load } from "../src/i18n/messages";
import { search } from "../src/search";
import { accentProperties, contrast, parseColor } from "../src/theme";
import type { Integration } from "../src/wire";

const holes = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

describe("every language says everything", () => {
  it.each(LANGUAGES.filter((language) => language !== "en"))("%s", async (language) => {
    const texts = (await import(`../src/i18n/${language}.ts`)).default;
    expect(Object.keys(texts)).toEqual(Object.keys(en));
    for (const [key, text] of Object.entries(en)) {
      expect(holes(texts[key]), key).toEqual(holes(text));
      expect(texts[key].trim(), key).not.toBe("");
    }
    const own = Object.keys(en).filter((key) => texts[key] !== en[key as keyof typeof en]);
    expect(own.length).toBeGreaterThan(Object.keys(en).length * 0.9);
  });

  it("puts values where they belong, as text", async () => {
    const say = await load("en");
    expect(say("connectName", { name: "{all} <b>" })).toBe("Connect {all} <b>");
  });

  it.each([
    [["pt-BR", "en"], "pt"],
    [["nl", "fr-CA"], "fr"],
    [["nl"], "en"],
    [[], "en"],
    [["", "JA"], "ja"],
  ])("%o is %s", (wanted, language) => {
    expect(languageOf(wanted)).toBe(language);
  });
});

describe("search", () => {
  const named = (display_name: string, provider = "p"): Integration => ({
    unique_key: display_name.toLowerCase(),
    provider,
    display_name,
  });
  const all = [named("My Zoho"), named("Zürich Re"), named("Zoho CRM", "zoho-crm"), named("Box")];

  it.each([
    ["", ["My Zoho", "Zürich Re", "Zoho CRM", "Box"]],
    ["zoho", ["Zoho CRM", "My Zoho"]],
    ["ZUR", ["Zürich Re"]],
    ["crm zoho", ["Zoho CRM"]],
    ["none", []],
  ])("%o", (query, found) => {
    expect(search(all, query).map((one) => one.display_name)).toEqual(found);
  });
});

describe("an accent colour", () => {
  it.each(["#00B2E3", "#ffffff", "#000000", "#ff0", "#7f7f7f"])("%s can be read", (color) => {
    for (const mode of ["light", "dark"] as const) {
      const properties = accentProperties(color, mode);
      const rgb = (name: string) => {
        const parts = properties[`--${name}-${mode}`]?.match(/\d+/g)?.map(Number) ?? [];
        return parts as [number, number, number];
      };
      expect(contrast(rgb("accent"), rgb("on-accent"))).toBeGreaterThanOrEqual(4.5);
      const card = mode === "light" ? [255, 255, 255] : [24, 27, 33];
      const ground = card as [number, number, number];
      expect(contrast(rgb("accent-text"), ground)).toBeGreaterThanOrEqual(4.45);
    }
  });

  it("that is none changes nothing", () => {
    expect(parseColor("url(x)")).toBeUndefined();
    expect(accentProperties("red;", "light")).toEqual({});
  });
});
