// The patterns that a form checks: those of the catalog's named formats, and no other.
//
// A pattern that is not on the list is not compiled: the API checks every value anyway. Each of
// them reads its input once. `tests/web/` compares the list with `carrick/catalog/formats.py`.

export const PATTERNS: readonly string[] = [
  "^[!-~]+$",
  "^[A-Za-z0-9_-]+$",
  "^[0-9]+$",
  "^[0-9A-Fa-f]+$",
  "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
  "^v?[0-9]+(?:[.-][0-9]+){0,3}$",
  "^[a-z0-9]+(?:-[a-z0-9]+){0,4}$",
  "^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$",
  "^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$",
  "^[A-Za-z0-9]([A-Za-z0-9.-]{0,188}[A-Za-z0-9])?$",
  "^[0-9]{1,5}$",
];

/** Nango's names of formats that are no pattern (contract §12.4). */
export const NAMED: Readonly<Record<string, RegExp>> = {
  email: /^[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@[A-Za-z0-9.-]{3,189}$/,
  hostname: /^[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,20}$/,
  uri: /^https:\/\/[A-Za-z0-9._~:/-]+$/,
  uuid: /^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$/,
};

const COMPILED = new Map(PATTERNS.map((pattern) => [pattern, new RegExp(pattern)]));

/** Whether a value fits. What this page does not know, it does not refuse. */
export function fits(
  value: string,
  pattern: string | undefined,
  format: string | undefined,
): boolean {
  const rule = (pattern && COMPILED.get(pattern)) || (format && NAMED[format]);
  return !rule || rule.test(value);
}
