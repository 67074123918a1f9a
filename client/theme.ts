/**
 * The chosen theme. A cookie tells it to the server, so that the page arrives in it: no script has to
 * run before the first paint.
 */

import { signal } from "@preact/signals";
import { THEME_COOKIE } from "../server/protocol.ts";
import { onChanged, read, write } from "./storage.ts";

export type Theme = "system" | "light" | "dark";

const KEY = "theme";
/** Seconds for which the cookie lasts; every visit begins them anew. */
const LASTS = 365 * 24 * 60 * 60;

export const theme = signal<Theme>(parse(read(KEY) ?? document.documentElement.dataset.theme));

export function chooseTheme(choice: Theme): void {
  write(KEY, choice);
  apply(choice);
}

/** Keeps to what was chosen here, also in another tab; call once. */
export function followTheme(): void {
  apply(theme.value);
  onChanged(KEY, (value) => apply(parse(value)));
}

function apply(choice: Theme): void {
  theme.value = choice;
  const isChosen = choice !== "system";
  const { documentElement } = document;
  if (isChosen) documentElement.dataset.theme = choice;
  else delete documentElement.dataset.theme;
  // The browser's own bars have a colour for each scheme.
  for (const bar of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    const scheme = bar.dataset.scheme!;
    if (!isChosen) bar.media = `(prefers-color-scheme: ${scheme})`;
    else bar.media = scheme === choice ? "all" : "not all";
  }
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${THEME_COOKIE}=${choice}; path=/; samesite=lax${secure}; max-age=${
    isChosen ? LASTS : 0
  }`;
}

function parse(text: string | null | undefined): Theme {
  return text === "light" || text === "dark" ? text : "system";
}
