/** What the text in a room's composer is for, besides a new message. */

import type { Signal } from "@preact/signals";
import type { Message } from "../server/protocol.ts";

export type Composing =
  | { kind: "reply"; to: Message }
  | { kind: "edit"; of: Message; text: Signal<string> };
