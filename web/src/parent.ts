// The page that embeds this one (contract §3.3).
//
// API Gateway's answer names who may frame the page, and the browser keeps to it: whoever embeds it
// is on that list. Messages go to the embedding page's own origin and nowhere else, and hold no
// token. What comes is taken from that window and that origin only.

import type { Settings } from "./wire";

export type Outgoing =
  | { type: "ready" }
  | { type: "close" }
  | {
      type: "connect";
      payload: { providerConfigKey: string; connectionId: string; isPending: boolean };
    }
  | { type: "error"; payload: { errorType: string; errorMessage: string } };

export interface Listener {
  onToken(token: string): void;
  onSettings(settings: Settings): void;
}

/** Where the embedding page may be from: what the browser says, or else all that may embed. */
export function parentOrigins(ancestor: string, referrer: string, listed: string[]): string[] {
  if (ancestor) return [ancestor];
  if (referrer) return [new URL(referrer).origin];
  return listed.filter((origin) => !origin.includes("*"));
}

/** The embedding page. `origin` is empty until it has spoken or the browser has told it. */
export class Parent {
  private origins: string[];

  constructor(
    private readonly window: Window,
    origins: string[],
  ) {
    this.origins = origins;
  }

  get origin(): string {
    return this.origins.length === 1 ? (this.origins[0] as string) : "";
  }

  post(message: Outgoing): void {
    for (const origin of this.origins) this.window.parent.postMessage(message, origin);
  }

  listen(listener: Listener): void {
    this.window.addEventListener("message", (event) => {
      if (event.source !== this.window.parent || !this.origins.includes(event.origin)) return;
      const { type, sessionToken, payload } = event.data ?? {};
      if (type === "session_token" && typeof sessionToken === "string") {
        this.origins = [event.origin];
        listener.onToken(sessionToken);
      }
      if (type === "settings_changed" && payload) listener.onSettings(payload);
    });
  }
}
