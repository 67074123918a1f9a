/** The chosen theme, remembered. `theme.ts` puts it on the page, now and at the next load. */

import { signal } from "@preact/signals";
import { read, write } from "./storage.ts";

export type Theme = "system" | "light" | "dark";

const KEY = "theme";

export const theme = signal<Theme>(parse(read(KEY)));

export function chooseTheme(choice: Theme): void {
  theme.value = choice;
  write(KEY, choice);
  dispatchEvent(new CustomEvent("theme", { detail: choice }));
}

function parse(text: string | null): Theme {
  return text === "light" || text === "dark" ? text : "system";
}
