// Colours: the settings' accent, made readable on the page's own.

import type { Settings, Theme } from "./wire";

type Rgb = [number, number, number];
type Mode = "light" | "dark";

const CARD: Record<Mode, Rgb> = { light: [255, 255, 255], dark: [24, 27, 33] };
const INK: Record<Mode, Rgb> = { light: [22, 25, 31], dark: [236, 238, 242] };
const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
const TEXT = 4.5;

export function parseColor(text: string): Rgb | undefined {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i
    .exec(text)
    ?.slice(1)
    .map((digit) => digit + digit);
  const pairs = short ?? /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text)?.slice(1);
  return pairs?.map((pair) => Number.parseInt(pair, 16)) as Rgb | undefined;
}

/** Contrast of two colours (WCAG 2.2, 1.4.3): 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [
    number,
    number,
  ];
  return (light + 0.05) / (dark + 0.05);
}

/** The colour, or the nearest one towards `ink` that can be read on `ground`. */
export function readable(color: Rgb, ground: Rgb, ink: Rgb): Rgb {
  for (let part = 0; part <= 1; part += 0.05) {
    const mixed = mix(color, ink, part);
    if (contrast(mixed, ground) >= TEXT) return mixed;
  }
  return ink;
}

/** The custom properties of the style sheet for one mode, by name. */
export function accentProperties(primary: string, mode: Mode): Record<string, string> {
  const color = parseColor(primary);
  if (!color) return {};
  const on = contrast(color, WHITE) >= TEXT ? WHITE : BLACK;
  return {
    [`--accent-${mode}`]: css(color),
    [`--on-accent-${mode}`]: css(on),
    [`--accent-text-${mode}`]: css(readable(color, CARD[mode], INK[mode])),
  };
}

/** Dress the page. `wanted`, from the address, wins over the settings. */
export function applyTheme(
  root: HTMLElement,
  settings: Settings | undefined,
  wanted?: Theme,
): void {
  const theme = wanted ?? settings?.defaultTheme ?? "system";
  root.style.colorScheme = theme === "system" ? "light dark" : theme;
  for (const mode of ["light", "dark"] as const) {
    const properties = accentProperties(settings?.theme[mode].primary ?? "", mode);
    for (const [name, value] of Object.entries(properties)) root.style.setProperty(name, value);
  }
}

function css(color: Rgb): string {
  return `rgb(${color.map(Math.round).join(" ")})`;
}

function mix(from: Rgb, to: Rgb, part: number): Rgb {
  return from.map((value, i) => value + ((to[i] as number) - value) * part) as Rgb;
}

function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
