import { useEffect, useState } from "preact/hooks";
import { Api, type ApiError } from "../api";
import type { Say } from "../i18n/messages";
import type { Opening } from "../opening";
import type { Parent } from "../parent";
import { applyTheme } from "../theme";
import type { Connected, Integration, Provider, Session, Settings } from "../wire";
import { ConnectForm } from "./ConnectForm";
import { Frame } from "./Frame";
import { Picker } from "./Picker";
import { Notice } from "./Screen";
import type { Ending } from "./useConnecting";

const TOKEN_WITHIN_MS = 10_000;

interface Props {
  base: string;
  language: string;
  opening: Opening;
  parent: Parent | undefined;
  say: Say;
}

interface Known {
  api: Api;
  session: Session;
  integrations: Integration[];
}

interface Chosen {
  integration: Integration;
  provider: Provider;
}

type Screen =
  | { kind: "loading" }
  | { kind: "expired" | "direct" | "nothing" | "foreign" | "list" }
  | { kind: "wrong"; message: string }
  | { kind: "form"; chosen: Chosen }
  | { kind: "connected"; name: string }
  | { kind: "failed"; message: string; chosen: Chosen };

/** The page: which screen shows, and what the embedding page is told. */
export function App({ base, language, opening, parent, say }: Props) {
  const [screen, show] = useState<Screen>({ kind: "loading" });
  const [known, setKnown] = useState<Known>();
  const [settings, setSettings] = useState<Settings>();
  const [isDirty, setDirty] = useState(false);

  const fail = (error: unknown) => {
    const { status, message } = error as ApiError;
    show(status === 401 ? { kind: "expired" } : { kind: "wrong", message: message ?? "" });
  };

  async function begin(token: string): Promise<void> {
    const api = new Api(base, token, language);
    try {
      const [session, integrations] = await Promise.all([api.session(), api.integrations()]);
      setSettings(session.connectUISettings);
      const allowed = session.allowed_origins ?? [];
      if (parent && allowed.length > 0 && !allowed.includes(parent.origin)) {
        return show({ kind: "foreign" });
      }
      const now = { api, session, integrations };
      setKnown(now);
      const wanted = integrations.find((one) => one.unique_key === opening.integration);
      if (wanted && integrations.length > 1) return await choose(wanted, now);
      await first(now);
    } catch (error) {
      fail(error);
    }
  }

  async function first(now: Known): Promise<void> {
    const [only] = now.integrations;
    if (!only) return show({ kind: "nothing" });
    if (now.integrations.length === 1) return await choose(only, now);
    show({ kind: "list" });
  }

  async function choose(integration: Integration, now: Known): Promise<void> {
    const provider = await now.api.provider(integration.provider);
    show({ kind: "form", chosen: { integration, provider } });
  }

  function pick(integration: Integration): void {
    if (!known) return;
    // So that the browser's own way back leads to the list. An embedded page leaves it alone.
    if (!parent) {
      history.pushState({ token: opening.token, integration: integration.unique_key }, "");
    }
    choose(integration, known).catch(fail);
  }

  function back(): void {
    setDirty(false);
    if (!parent && history.state?.integration) history.back();
    else show({ kind: "list" });
  }

  function connected(name: string, made: Connected): void {
    setDirty(false);
    parent?.post({ type: "connect", payload: made });
    show({ kind: "connected", name });
  }

  function ended(ending: Ending, chosen: Chosen): void {
    if (ending.kind === "expired") {
      show(ending);
      return;
    }
    const payload = { errorType: ending.type, errorMessage: ending.message };
    parent?.post({ type: "error", payload });
    if (ending.kind === "failed") show({ kind: "failed", message: ending.message, chosen });
  }

  useEffect(() => {
    parent?.listen({ onToken: begin, onSettings: (new_) => opening.preview && setSettings(new_) });
    if (opening.token) begin(opening.token);
    else if (!parent) show({ kind: "direct" });
    parent?.post({ type: "ready" });
    const waiting = setTimeout(
      () => show((now) => (parent && now.kind === "loading" && !known ? { kind: "direct" } : now)),
      TOKEN_WITHIN_MS,
    );
    return () => clearTimeout(waiting);
  }, []);

  useEffect(() => {
    const go = () => known && showEntry(known);
    window.addEventListener("popstate", go);
    return () => window.removeEventListener("popstate", go);
  }, [known]);

  function showEntry(now: Known): void {
    setDirty(false);
    const key = history.state?.integration;
    const integration = now.integrations.find((one) => one.unique_key === key);
    (integration ? choose(integration, now) : first(now)).catch(fail);
  }

  useEffect(() => applyTheme(document.body, settings, opening.theme), [settings]);

  const close = () => parent?.post({ type: "close" });
  return (
    <Frame
      isBusy={screen.kind === "loading"}
      isDirty={isDirty}
      settings={settings}
      say={say}
      onClose={parent && close}
    >
      {content()}
    </Frame>
  );

  function content() {
    switch (screen.kind) {
      case "loading":
        return (
          <p class="quiet" role="status">
            {say("loading")}
          </p>
        );
      case "list":
        return <Picker integrations={known?.integrations ?? []} say={say} onPick={pick} />;
      case "form":
        return form(screen.chosen);
      case "connected":
        return (
          <Notice
            title={say("connected")}
            text={parent ? say("connectedText", { name: screen.name }) : say("canClose")}
            mark="✓"
            good
          >
            {parent && (
              <button type="button" class="primary" onClick={close}>
                {say("finish")}
              </button>
            )}
          </Notice>
        );
      case "failed":
        return (
          <Notice title={say("failed")} text={screen.message || say("wrongText")} mark="!">
            <button
              type="button"
              class="primary"
              onClick={() => show({ kind: "form", chosen: screen.chosen })}
            >
              {say("tryAgain")}
            </button>
          </Notice>
        );
      case "wrong":
        return (
          <Notice title={say("wrong")} text={screen.message || say("wrongText")} mark="!">
            <button type="button" class="primary" onClick={() => location.reload()}>
              {say("tryAgain")}
            </button>
          </Notice>
        );
      default:
        return <Notice title={say(screen.kind)} text={say(`${screen.kind}Text`)} />;
    }
  }

  function form(chosen: Chosen) {
    if (!known) return null;
    const { integration, provider } = chosen;
    const defaults = known.session.integrations_config_defaults?.[integration.unique_key] ?? NONE;
    return (
      <ConnectForm
        key={integration.unique_key}
        api={known.api}
        session={known.session}
        integration={integration}
        provider={provider}
        defaults={defaults}
        byPopup={parent !== undefined}
        detectClosedWindow={opening.detectClosedWindow}
        say={say}
        onBack={known.integrations.length > 1 ? back : undefined}
        onDirty={setDirty}
        onConnected={(made) => connected(integration.display_name, made)}
        onEnding={(ending) => ended(ending, chosen)}
      />
    );
  }
}

const NONE = {};
