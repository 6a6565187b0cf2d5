import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Say } from "../i18n/messages";
import type { Settings } from "../wire";

const PRODUCT = "Carrick";

interface Props {
  isBusy: boolean;
  isDirty: boolean;
  settings: Settings | undefined;
  say: Say;
  onClose: (() => void) | undefined;
  children: ComponentChildren;
}

/** The card around every screen. Embedded, it closes: by button, Escape, or a press beside it. */
export function Frame({ isBusy, isDirty, settings, say, onClose, children }: Props) {
  const question = useRef<HTMLDialogElement>(null);
  const close = () => (isDirty ? question.current?.showModal() : onClose?.());

  useEffect(() => {
    if (!onClose) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || question.current?.open) return;
      event.preventDefault(); // or the same key would close the question
      close();
    };
    const onPress = (event: MouseEvent) => {
      if (event.target === document.body || event.target === document.documentElement) close();
    };
    document.addEventListener("keydown", onKey);
    document.addEventListener("mousedown", onPress);
    return () => {
      document.removeEventListener("keydown", onKey);
      document.removeEventListener("mousedown", onPress);
    };
  });

  const logo = settings?.logo?.startsWith("data:image/") ? settings.logo : undefined;
  return (
    <>
      <main aria-busy={isBusy}>
        {onClose && (
          <button type="button" class="close" aria-label={say("close")} onClick={close}>
            <span aria-hidden="true">×</span>
          </button>
        )}
        {logo && <img class="logo" src={logo} alt={settings?.applicationName ?? ""} />}
        {children}
      </main>
      {settings?.showWatermark && (
        <footer class="quiet">{say("watermark", { product: PRODUCT })}</footer>
      )}
      {onClose && (
        <dialog ref={question} aria-labelledby="question">
          <h2 id="question">{say("discard")}</h2>
          <div class="actions">
            <button type="button" class="primary" onClick={onClose}>
              {say("discardYes")}
            </button>
            <button type="button" class="secondary" onClick={() => question.current?.close()}>
              {say("discardNo")}
            </button>
          </div>
        </dialog>
      )}
    </>
  );
}
