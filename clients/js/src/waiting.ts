import type { Api, Result } from "./api.js";
import { AuthError } from "./errors.js";
import { hearReturn } from "./returning.js";
import type { ResultSocket } from "./socket.js";
import type { AuthOptions, Connection } from "./types.js";

const FIRST_LOOK_MS = 1_000;
const LAST_PAUSE_MS = 5_000;
const WINDOW_LOOK_MS = 400;
/** How long a code may come after the news that there is one: they take different ways. */
const CODE_WITHIN_MS = 5_000;
/** Looks after the window was closed before `detectClosedAuthWindow` gives up. */
const LAST_LOOKS = 2;

export interface Awaited {
  api: Api;
  key: string;
  popup: Window;
  socket: ResultSocket;
  /** The session's result before this authorization began. */
  before: Result | undefined;
  options: AuthOptions;
}

/**
 * The result, by whatever tells it first: the socket, a message of the last page, a page of ours
 * that the popup came back to, or asking. A window that looks closed proves nothing: a provider's
 * Cross-Origin-Opener-Policy looks the same.
 */
export function result({ api, key, popup, socket, before, options }: Awaited): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const ended = new AbortController();
    const { signal } = ended;
    let pause = FIRST_LOOK_MS;
    let next: ReturnType<typeof setTimeout> | undefined;
    let news: ReturnType<typeof setTimeout> | undefined;
    let confirmCode: string | undefined;
    let isTold = false;
    let isClosed = false;
    let looksLeft = LAST_LOOKS;

    const end = (outcome: Connection | AuthError) => {
      if (signal.aborted) return;
      ended.abort();
      [next, news].forEach(clearTimeout);
      clearInterval(watch);
      if (outcome instanceof AuthError) reject(outcome);
      else resolve(outcome);
    };
    const take = (outcome: Connection | AuthError) => {
      if (outcome instanceof AuthError || !outcome.isPending) return end(outcome);
      const code = outcome.confirmCode ?? confirmCode;
      if (code) return end({ ...outcome, confirmCode: code });
      news ??= setTimeout(end, CODE_WITHIN_MS, outcome);
    };
    const look = async () => {
      clearTimeout(next);
      try {
        const told = (await api.session()).result;
        const isNew = isTold || JSON.stringify(told) !== JSON.stringify(before);
        if (told && isNew && (told.integration_id ?? key) === key) take(outcomeOf(told, key));
        else if (isClosed && options.detectClosedAuthWindow && looksLeft-- <= 0) {
          end(new AuthError("The window was closed.", "window_closed"));
        }
      } catch (error) {
        // The session has ended. Anything else may pass.
        if ((error as AuthError).type === "unknown_connect_session_token") end(error as AuthError);
      }
      if (signal.aborted) return;
      clearTimeout(next);
      next = setTimeout(look, pause);
      pause = Math.min(pause * 1.3, LAST_PAUSE_MS);
    };
    const watch = setInterval(() => {
      if (isClosed || !popup.closed) return;
      isClosed = true;
      options.onEvent?.({ type: "window_closed" });
      pause = FIRST_LOOK_MS;
      look();
    }, WINDOW_LOOK_MS);

    const onMessage = ({ origin, source, data }: MessageEvent) => {
      if (origin !== new URL(api.base).origin || (source && source !== popup)) return;
      if (data?.type === "nango_oauth_callback_error") {
        const { message, errorType } = data.payload ?? {};
        // Its type is always the same: asking gives the real one, if a flow had begun.
        look().then(() => end(new AuthError(message, errorType)));
      } else if (data?.type === "nango_oauth_callback_success") {
        isTold = true;
        confirmCode = data.confirmCode;
        look();
      } else return;
      (source as Window | null)?.postMessage({ type: "nango_oauth_callback_ack" }, origin);
    };
    window.addEventListener("message", onMessage, { signal });
    window.addEventListener("focus", look, { signal });
    options.signal?.addEventListener("abort", () => end(stopped()), { signal });
    hearReturn(key, take, signal);
    socket.onResult = take;
    next = setTimeout(look, pause);
    if (options.signal?.aborted) end(stopped());
  });
}

function outcomeOf(told: Result, key: string): Connection | AuthError {
  if (told.status === "error") {
    return new AuthError(told.error_description ?? "", told.error_type ?? "unknown_error");
  }
  const connection = { providerConfigKey: key, connectionId: told.connection_id ?? "" };
  return told.status === "unconfirmed" ? { ...connection, isPending: true } : connection;
}

function stopped(): AuthError {
  return new AuthError("The waiting was stopped.", "window_closed");
}
