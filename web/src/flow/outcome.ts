// How an authorization ended, in the words of each of those who may tell of it.

import type { Connected, Result } from "../wire";

export type Outcome =
  | { kind: "connected"; connected: Connected }
  | { kind: "failed"; type: string; message: string };

type Members = Record<string, unknown>;

/** From the WebSocket (contract §4.3); nothing for a message that tells of no end. */
export function fromSocket(message: Members): Outcome | undefined {
  const text = (name: string) => String(message[name] ?? "");
  if (message.message_type === "success") {
    const connected = {
      providerConfigKey: text("provider_config_key"),
      connectionId: text("connection_id"),
      isPending: message.is_pending === true,
    };
    return { kind: "connected", connected };
  }
  if (message.message_type !== "error") return undefined;
  return { kind: "failed", type: text("error_type"), message: text("error_desc") };
}

/**
 * From the session. `before` is what it said when the authorization began: an earlier attempt's
 * end is not this one's. Another integration's is another tab's.
 */
export function fromSession(
  now: Result | undefined,
  before: Result | undefined,
  integration: string,
): Outcome | undefined {
  if (!now || JSON.stringify(now) === JSON.stringify(before)) return undefined;
  if ((now.integration_id ?? integration) !== integration) return undefined;
  if (now.status === "error") {
    return { kind: "failed", type: now.error_type ?? "", message: now.error_description ?? "" };
  }
  const connectionId = now.connection_id ?? "";
  return {
    kind: "connected",
    connected: { providerConfigKey: integration, connectionId, isPending: false },
  };
}
