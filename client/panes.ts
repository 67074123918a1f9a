/** What is shown beside the conversation; on a narrow screen, in its place. */

import { signal } from "@preact/signals";

/** On a narrow screen one pane is seen at a time. */
export const pane = signal<"rooms" | "conversation">("conversation");

export const isPeopleOpen = signal(false);

/** Whether there is room for one pane only; the style sheet draws the line at the same width. */
export const isNarrow = matchMedia("(width < 720px)");

/** Whether the people panel takes the place of the conversation; the style sheet draws the same line. */
export const isPanelInPlace = matchMedia("(width < 960px)");

/** A screen that grows wide shows all panes again; call once. */
export function followWidth(): void {
  isNarrow.addEventListener("change", ({ matches }) => {
    if (!matches) pane.value = "conversation";
  });
}
