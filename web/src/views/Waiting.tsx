import type { Say } from "../i18n/messages";
import { Heading, monogram } from "./Screen";

export interface WaitingState {
  phase: "open" | "blocked" | "closed";
  address: string;
  again(): void;
  cancel(): void;
}

/** While the person is at the provider, in another window. */
export function Waiting({
  phase,
  address,
  again,
  cancel,
  name,
  say,
}: WaitingState & { name: string; say: Say }) {
  const isBlocked = phase === "blocked";
  return (
    <div class="notice">
      <Heading text={say("waiting")} mark={monogram(name)} />
      <p class="quiet">{say(isBlocked ? "blocked" : "waitingText", { name })}</p>
      <p class="quiet" role="status">
        {phase === "closed" && say("seemsClosed")}
      </p>
      <div class="actions">
        {isBlocked ? (
          // A link is no popup: no browser blocks it. The opener stays, to be told of the end.
          <a class="primary" href={address} target="_blank" rel="noopener opener">
            {say("openLink", { name })}
            <span class="unseen"> ({say("opensWindow")})</span>
          </a>
        ) : (
          <button
            type="button"
            class={phase === "closed" ? "primary" : "secondary"}
            onClick={again}
          >
            {say("openAgain")}
          </button>
        )}
        <button type="button" class="back" onClick={cancel}>
          {say("cancel")}
        </button>
      </div>
    </div>
  );
}
