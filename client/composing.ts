/** What the text in a room's composer is for, besides a new message. */

import type { Signal } from "@preact/signals";
import type { Message } from "../server/protocol.ts";

export type Composing =
  | { kind: "reply"; to: Message }
  /** `before` is the text as it was taken in. */
  | { kind: "edit"; of: Message; before: string; text: Signal<string> };
