/** What is shown beside the conversation; on a narrow screen, in its place. */

import { signal } from "@preact/signals";

/** On a narrow screen one pane is seen at a time. */
export const pane = signal<"rooms" | "conversation">("conversation");

export const isPeopleOpen = signal(false);
