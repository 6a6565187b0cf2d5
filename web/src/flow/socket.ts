// The WebSocket on which the API tells how an authorization ended (contract §4.3).

import { fromSocket, type Outcome } from "./outcome";

/** Where the API's WebSocket is: `path` is a path of the API's host, or a whole URL. */
export function socketUrl(path: string | undefined, base: string): string {
  const url = new URL(path ?? "/", base);
  url.protocol = url.protocol.replace("http", "ws");
  return url.href;
}

/**
 * A connection that was told its name, for the start to take along. One that cannot be made is no
 * error: there are two more ways to learn of the end.
 */
export class ResultSocket {
  private readonly socket: WebSocket | undefined;
  private told: (outcome: Outcome) => void = () => {};
  name = "";

  constructor(url: string) {
    try {
      this.socket = new WebSocket(url);
    } catch {
      return;
    }
    this.socket.addEventListener("message", (event) => this.take(String(event.data)));
  }

  tell(told: (outcome: Outcome) => void): void {
    this.told = told;
  }

  close(): void {
    this.socket?.close();
  }

  private take(text: string): void {
    const message = membersOf(text);
    if (message.message_type === "connection_ack") this.name = String(message.ws_client_id ?? "");
    const outcome = fromSocket(message);
    if (outcome) this.told(outcome);
  }
}

function membersOf(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
