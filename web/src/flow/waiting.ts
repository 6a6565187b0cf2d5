// Waiting for an authorization that goes on in another window.
//
// Who answers first counts: the WebSocket, the last page of the flow (by message), or the session
// (asked again and again). A provider's page may cut the other window off from this one, so neither
// a message nor `closed` can be relied on: a window that seems closed is not taken for an end.

import type { Api } from "../api";
import type { Result } from "../wire";
import { fromSession, type Outcome } from "./outcome";
import type { ResultSocket } from "./socket";

const ASK_EVERY_MS = 2_000;
const LOOK_EVERY_MS = 400;

export interface Attempt {
  api: Api;
  integration: string;
  /** What the session said when this began. */
  before: Promise<Result | undefined>;
  socket: ResultSocket | undefined;
  popup: Window | null;
}

export interface Waiter {
  onOutcome(outcome: Outcome): void;
  /** The window is gone, or cut off. Told once. */
  onClosed(): void;
  /** The session has ended, or nobody answers. */
  onError(error: unknown): void;
}

/** Wait until there is an outcome. Returns what stops it. */
export function waitForOutcome(attempt: Attempt, waiter: Waiter): () => void {
  const stopped = new AbortController();
  const { signal } = stopped;
  const timers: number[] = [];
  const stop = () => {
    stopped.abort();
    timers.forEach(clearInterval);
  };
  const end = (outcome: Outcome) => {
    if (signal.aborted) return;
    stop();
    waiter.onOutcome(outcome);
  };
  const ask = async () => {
    try {
      const before = await attempt.before;
      const { result } = await attempt.api.session();
      const outcome = fromSession(result, before, attempt.integration);
      if (outcome) end(outcome);
    } catch (error) {
      if (signal.aborted || !isFinal(error)) return;
      stop();
      waiter.onError(error);
    }
  };

  attempt.socket?.tell(end);
  listen(attempt, signal, end, ask);
  timers.push(window.setInterval(ask, ASK_EVERY_MS));
  if (attempt.popup) {
    const look = window.setInterval(async () => {
      if (!attempt.popup?.closed) return;
      clearInterval(look);
      await ask();
      if (!signal.aborted) waiter.onClosed();
    }, LOOK_EVERY_MS);
    timers.push(look);
  }
  return stop;
}

/** The last page of a flow is the API's, so of this page's origin; it is answered so that it closes. */
function listen(
  attempt: Attempt,
  signal: AbortSignal,
  end: (outcome: Outcome) => void,
  ask: () => void,
): void {
  const take = (event: MessageEvent) => {
    if (event.origin !== location.origin) return;
    const { type, payload } = event.data ?? {};
    if (type !== "nango_oauth_callback_success" && type !== "nango_oauth_callback_error") return;
    // A link opens its window without leaving a handle of it here.
    if (attempt.popup && event.source !== attempt.popup) return;
    (event.source as Window | null)?.postMessage(
      { type: "nango_oauth_callback_ack" },
      event.origin,
    );
    if (type === "nango_oauth_callback_success") return ask();
    end({ kind: "failed", type: payload?.errorType ?? "", message: payload?.message ?? "" });
  };
  window.addEventListener("message", take, { signal });
  // Timers sleep in the background: whoever comes back is answered at once.
  document.addEventListener("visibilitychange", ask, { signal });
  window.addEventListener("focus", ask, { signal });
}

function isFinal(error: unknown): boolean {
  return (error as { status?: number }).status === 401;
}
