import { AuthError } from "./errors.js";
import type { ConnectUIEvent, ConnectUIOptions } from "./types.js";

const READY_WITHIN_MS = 10_000;

/** The Connect page in a frame over this page. It gets the session's token by message. */
export class ConnectUI {
  private frame: HTMLIFrameElement | undefined;
  private token: string | undefined;
  private isReady = false;
  private overflow = "";
  private deadline: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly page: URL,
    private readonly options: ConnectUIOptions,
  ) {
    this.token = options.sessionToken;
  }

  open(): this {
    if (this.frame) return this;
    const frame = document.createElement("iframe");
    frame.id = "connect-ui";
    frame.src = this.page.href;
    frame.title = "Connect";
    frame.allow = "clipboard-write";
    frame.style.cssText =
      "position:fixed;inset:0;width:100%;height:100%;border:0;z-index:9999;color-scheme:normal";
    this.frame = frame;
    this.isReady = false;
    this.overflow = document.body.style.overflow;
    document.body.style.overflow = "hidden";
    window.addEventListener("message", this.onMessage);
    this.deadline = setTimeout(() => this.giveUp(), READY_WITHIN_MS);
    document.body.append(frame);
    return this;
  }

  /** May come before or after the page is ready: open it at once, and get a session meanwhile. */
  setSessionToken(token: string): void {
    this.token = token;
    this.sendToken();
  }

  close(): void {
    if (!this.frame) return;
    clearTimeout(this.deadline);
    window.removeEventListener("message", this.onMessage);
    document.body.style.overflow = this.overflow;
    this.frame.remove();
    this.frame = undefined;
  }

  private readonly onMessage = ({ origin, source, data }: MessageEvent): void => {
    if (origin !== this.page.origin || source !== this.frame?.contentWindow || !data?.type) return;
    if (data.type === "ready") {
      clearTimeout(this.deadline);
      this.isReady = true;
      this.sendToken();
    }
    if (data.type === "close") this.close();
    this.options.onEvent?.(data as ConnectUIEvent);
  };

  private sendToken(): void {
    if (!this.isReady || !this.token) return;
    const message = { type: "session_token", sessionToken: this.token };
    this.frame?.contentWindow?.postMessage(message, this.page.origin);
  }

  /** A page that may not be framed here never says that it is ready. */
  private giveUp(): void {
    this.close();
    const { message, type } = new AuthError(
      "The Connect page did not open in a frame. Is this origin allowed to frame it?",
      "connect_ui_unavailable",
    );
    this.options.onEvent?.({ type: "error", payload: { errorType: type, errorMessage: message } });
    this.options.onEvent?.({ type: "close" });
  }
}
