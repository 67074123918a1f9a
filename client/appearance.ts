/** The chosen theme, applied to the page and remembered. `theme.ts` applies it at the next load. */

import { signal } from "@preact/signals";
import { read, write } from "./storage.ts";

export type Theme = "system" | "light" | "dark";

const KEY = "theme";

export const theme = signal<Theme>(parse(read(KEY)));

export function chooseTheme(choice: Theme): void {
  theme.value = choice;
  write(KEY, choice);
  if (choice === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
}

function parse(text: string | null): Theme {
  return text === "light" || text === "dark" ? text : "system";
}
