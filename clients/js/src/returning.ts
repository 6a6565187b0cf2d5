import { AuthError } from "./errors.js";
import type { Connection } from "./types.js";

const CHANNEL = "carrick";
const HEARD_WITHIN_MS = 300;
const PARAMETERS = ["provider_config_key", "connection_id", "confirm_code", "error"];

interface Told {
  type: "returned" | "heard";
  key: string;
  connection?: Connection;
  error?: string;
}

/**
 * Call it on the page of the session's `return_url`: how the authorization ended that the browser
 * comes back from. `undefined` if it comes from nowhere, or if another page of yours waits for it
 * (then this is its popup, which closes itself). Takes the parameters out of the address.
 *
 * Anybody can make up an address: believe it when your backend has confirmed or read the connection.
 *
 * @throws {AuthError} if there is no connection.
 */
export async function completeRedirect(): Promise<Connection | undefined> {
  const url = new URL(location.href);
  const [key, id, code, error] = PARAMETERS.map((name) => url.searchParams.get(name) ?? "");
  if (!key || !(id || error)) return undefined;
  for (const name of PARAMETERS) url.searchParams.delete(name);
  history.replaceState(history.state, "", url);
  const connection = id ? connectionOf(key, id, code) : undefined;
  if (await isHeard({ type: "returned", key, ...(connection ? { connection } : { error: error! }) })) {
    close();
    return undefined;
  }
  if (connection) return connection;
  throw failureOf(error!);
}

/** Hears a popup of ours that came back to a page of this origin, cut off from its opener. */
export function hearReturn(
  key: string,
  take: (result: Connection | AuthError) => void,
  signal: AbortSignal,
): void {
  const channel = new BroadcastChannel(CHANNEL);
  signal.addEventListener("abort", () => channel.close());
  channel.onmessage = ({ data }: MessageEvent<Told>) => {
    if (data.type !== "returned" || data.key !== key) return;
    channel.postMessage({ type: "heard", key });
    take(data.connection ?? failureOf(data.error ?? ""));
  };
}

function connectionOf(key: string, id: string, code: string | undefined): Connection {
  const connection = { providerConfigKey: key, connectionId: id };
  return code ? { ...connection, isPending: true, confirmCode: code } : connection;
}

function failureOf(type: string): AuthError {
  return new AuthError("The connection was not made.", type || "unknown_error");
}

function isHeard(told: Told): Promise<boolean> {
  return new Promise((resolve) => {
    const channel = new BroadcastChannel(CHANNEL);
    const end = (heard: boolean) => {
      channel.close();
      resolve(heard);
    };
    channel.onmessage = ({ data }: MessageEvent<Told>) => {
      if (data.type === "heard" && data.key === told.key) end(true);
    };
    setTimeout(end, HEARD_WITHIN_MS, false);
    channel.postMessage(told);
  });
}
