// What the page says, in the language of whoever reads it.

import en, { type Messages } from "./en";

export const LANGUAGES = ["en", "de", "es", "fr", "ja", "pt"] as const;
export type Language = (typeof LANGUAGES)[number];
export type Say = (key: keyof Messages, values?: Record<string, string>) => string;

const LOADERS: Record<Exclude<Language, "en">, () => Promise<{ default: Messages }>> = {
  de: () => import("./de"),
  es: () => import("./es"),
  fr: () => import("./fr"),
  ja: () => import("./ja"),
  pt: () => import("./pt"),
};

/** The first language wanted that there is, by its main part: `pt-BR` is `pt`. */
export function languageOf(wanted: readonly string[]): Language {
  const known = wanted
    .map((tag) => tag.toLowerCase().split("-")[0])
    .find((tag) => (LANGUAGES as readonly string[]).includes(tag ?? ""));
  return (known as Language) ?? "en";
}

/** The texts of a language; English ones if they cannot be had. */
export async function load(language: Language): Promise<Say> {
  const messages =
    language === "en"
      ? en
      : await LOADERS[language]().then(
          (m) => m.default,
          () => en,
        );
  return (key, values = {}) =>
    messages[key].replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
}
