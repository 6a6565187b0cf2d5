// How the page was opened: what its address says, and who opened it.

import type { Theme } from "./wire";

/** `token` is empty where somebody else is to tell it, or where there is none. */
export interface Opening {
  token: string;
  integration: string;
  language: string;
  theme: Theme | undefined;
  detectClosedWindow: boolean;
  embedded: boolean;
  preview: boolean;
}

/** What this entry of the tab's history keeps, where only this page can read it. */
export interface Kept {
  token?: string;
  integration?: string;
}

const THEMES = ["light", "dark", "system"];

/**
 * Read the address, and take it away: the session token is in it, and addresses end in histories.
 * The token stays with this entry of the history, so that reloading works, and coming back does.
 */
export function readOpening(window: Window): Opening {
  const { location, history } = window;
  const query = new URLSearchParams(location.search);
  const kept: Kept = history.state ?? {};
  const token = query.get("session_token") ?? kept.token ?? "";
  const opening: Opening = {
    token,
    integration: kept.integration ?? "",
    language: query.get("lang") ?? "",
    theme: themeOf(query.get("theme")),
    detectClosedWindow: query.get("detectClosedAuthWindow") === "true",
    embedded: window.parent !== window,
    preview: query.get("preview") === "true",
  };
  query.delete("session_token");
  const rest = query.size > 0 ? `?${query}` : "";
  history.replaceState({ ...kept, token }, "", location.pathname + rest);
  return opening;
}

function themeOf(value: string | null): Theme | undefined {
  return value !== null && THEMES.includes(value) ? (value as Theme) : undefined;
}
