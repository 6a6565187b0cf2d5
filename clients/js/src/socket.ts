import { AuthError } from "./errors.js";
import type { Connection } from "./types.js";

const NAMED_WITHIN_MS = 1_500;

/** A socket on which Carrick tells the result. Without one, the result comes by other ways. */
export class ResultSocket {
  /** What Carrick calls this browser; empty until it has said so. */
  name = "";
  onResult: (result: Connection | AuthError) => void = () => {};
  private socket: WebSocket | undefined;

  /** Connects, and waits a moment for the name: a start that does not know it is told nothing. */
  static async open(path: string, base: string): Promise<ResultSocket> {
    const made = new ResultSocket();
    await new Promise<void>((named) => {
      setTimeout(named, NAMED_WITHIN_MS);
      try {
        const url = new URL(path, base);
        url.protocol = url.protocol.replace("http", "ws");
        made.socket = new WebSocket(url);
      } catch {
        return named();
      }
      made.socket.onerror = () => named();
      made.socket.onmessage = ({ data }) => made.take(JSON.parse(data), named);
    });
    return made;
  }

  close(): void {
    this.socket?.close();
  }

  private take(message: Record<string, string | boolean>, named: () => void): void {
    if (message.message_type === "connection_ack") {
      this.name = `${message.ws_client_id}`;
      named();
    } else if (message.message_type === "error") {
      this.onResult(new AuthError(`${message.error_desc}`, `${message.error_type}`));
    } else if (message.message_type === "success") {
      this.onResult({
        providerConfigKey: `${message.provider_config_key}`,
        connectionId: `${message.connection_id}`,
        ...(message.is_pending ? { isPending: true } : {}),
      });
    }
  }
}
