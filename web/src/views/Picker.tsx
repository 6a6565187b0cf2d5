import { useMemo, useState } from "preact/hooks";
import type { Say } from "../i18n/messages";
import { search } from "../search";
import type { Integration } from "../wire";
import { Heading, monogram } from "./Screen";

const SEARCH_FROM = 8;

interface Props {
  integrations: Integration[];
  say: Say;
  onPick(integration: Integration): void;
}

/** The list of what can be connected, with a search where it is long. */
export function Picker({ integrations, say, onPick }: Props) {
  const [query, setQuery] = useState("");
  const found = useMemo(() => search(integrations, query), [integrations, query]);
  return (
    <>
      <Heading text={say("choose")} />
      {integrations.length >= SEARCH_FROM && (
        <div class="search">
          <input
            type="search"
            aria-label={say("search")}
            placeholder={say("search")}
            autocomplete="off"
            value={query}
            onInput={(event) => setQuery(event.currentTarget.value)}
          />
          <p class="unseen" role="status">
            {query && say("found", { count: String(found.length) })}
          </p>
        </div>
      )}
      {found.length === 0 && <p class="quiet">{say("noMatch", { query })}</p>}
      <ul class="list">
        {found.map((integration) => (
          <li key={integration.unique_key}>
            <button type="button" onClick={() => onPick(integration)}>
              <span class="mark" aria-hidden="true">
                {monogram(integration.display_name)}
              </span>
              {integration.display_name}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
