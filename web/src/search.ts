// Finding an integration by what somebody types.

import type { Integration } from "./wire";

/** Small letters without accents: "Zürich" is found by "zur". */
export function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Those whose name, key or provider holds every word; names that begin with it come first. */
export function search(integrations: Integration[], query: string): Integration[] {
  const words = folded(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return integrations;
  const texts = integrations.map((one) => ({
    one,
    name: folded(one.display_name),
    all: folded(`${one.display_name} ${one.unique_key} ${one.provider}`),
  }));
  const found = texts.filter(({ all }) => words.every((word) => all.includes(word)));
  const first = words[0] as string;
  const rank = ({ name }: { name: string }) => (name.startsWith(first) ? 0 : 1);
  return found.sort((a, b) => rank(a) - rank(b)).map(({ one }) => one);
}
