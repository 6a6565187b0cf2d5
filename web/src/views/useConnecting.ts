import { useEffect, useRef, useState } from "preact/hooks";
import type { ApiError } from "../api";
import type { Outcome } from "../flow/outcome";
import { ResultSocket, socketUrl } from "../flow/socket";
import { waitForOutcome } from "../flow/waiting";
import { addressOf, type Form, post, postPath } from "../form/values";
import type { FormProps } from "./ConnectForm";
import type { WaitingState } from "./Waiting";

/** An end without a connection: the session's, the provider's, or the window's. */
export type Ending =
  | { kind: "expired" }
  | { kind: "failed"; type: string; message: string }
  | { kind: "refused"; type: string; message: string };

const WINDOW = "popup,width=600,height=760";

interface Connecting {
  isBusy: boolean;
  /** What the API said of the form; empty if nothing is wrong. */
  refusal: string;
  waiting: WaitingState | undefined;
  begin(form: Form): void;
}

/**
 * From the button to the end: a form is posted; a person is sent to the provider in this tab, or,
 * where this page is embedded and must stay, in another window.
 */
export function useConnecting(props: FormProps): Connecting {
  const { api, session, integration, provider, byPopup, say } = props;
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState("");
  const [waiting, setWaiting] = useState<WaitingState>();
  const socket = useRef<ResultSocket | undefined>(undefined);
  const stop = useRef(() => {});
  const usesPopup = byPopup && postPath(provider) === undefined;

  useEffect(() => {
    // Before the button is pressed, so that the start can name it at once.
    if (usesPopup) socket.current = new ResultSocket(socketUrl(session.websocketsPath, api.base));
    // A browser that comes back to this page as it was must find the button alive.
    const wake = () => setBusy(false);
    window.addEventListener("pageshow", wake);
    return () => {
      window.removeEventListener("pageshow", wake);
      stop.current();
      socket.current?.close();
    };
  }, []);

  async function send(form: Form): Promise<void> {
    setBusy(true);
    setRefusal("");
    try {
      props.onConnected(await post(form, api));
    } catch (error) {
      const { status, type, message } = error as ApiError;
      if (status === 401) return props.onEnding({ kind: "expired" });
      setRefusal(message || say("wrongText"));
      setBusy(false);
      props.onEnding({ kind: "refused", type, message });
    }
  }

  function openWindow(address: URL): void {
    const name = socket.current?.name;
    if (name) address.searchParams.set("ws_client_id", name);
    const popup = window.open(address, "_blank", WINDOW);
    const again = () => openWindow(address);
    setWaiting({ phase: popup ? "open" : "blocked", address: address.href, again, cancel });
    stop.current();
    const before = api.session().then(
      (now) => now.result,
      () => session.result,
    );
    const attempt = {
      api,
      integration: integration.unique_key,
      before,
      socket: socket.current,
      popup,
    };
    stop.current = waitForOutcome(attempt, {
      onOutcome: end,
      onClosed: closed,
      onError: () => props.onEnding({ kind: "expired" }),
    });
  }

  function end(outcome: Outcome): void {
    if (outcome.kind === "connected") props.onConnected(outcome.connected);
    else props.onEnding(outcome);
  }

  function closed(): void {
    if (!props.detectClosedWindow) {
      setWaiting((before) => before && { ...before, phase: "closed" });
      return;
    }
    cancel();
    setRefusal(say("closed"));
    props.onEnding({ kind: "refused", type: "window_closed", message: say("closed") });
  }

  function cancel(): void {
    stop.current();
    setWaiting(undefined);
  }

  function begin(form: Form): void {
    if (postPath(provider) !== undefined) {
      send(form);
    } else if (usesPopup) {
      setRefusal("");
      openWindow(addressOf(form, api));
    } else {
      setBusy(true);
      location.assign(addressOf(form, api));
    }
  }

  return { isBusy, refusal, waiting, begin };
}
