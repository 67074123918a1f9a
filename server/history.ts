/** What was said in a room: a page of it, or what came after a position. */

import type { Access } from "./access.ts";
import { lengthOf, lengthOfMessage } from "./event_sizes.ts";
import type { Identity } from "./identity.ts";
import { withOwnReactions } from "./own_reactions.ts";
import {
  type Cursor,
  formatCursor,
  type JoinedEvent,
  type Limits,
  parseCursor,
} from "./protocol.ts";
import type { Page, PagePlace, Store } from "./store.ts";

/** Messages in the page that a join without a cursor brings. */
const JOIN_PAGE = 50;
/** Events in one part of a replay; the client asks for the next one, so a slow one sets the pace. */
const REPLAY_PART = 500;
/** Characters of text in one part of a replay. */
const REPLAY_CHARACTERS = 256 * 1024;
/** Characters in the page that a join brings: long messages make it a shorter one. */
const JOIN_CHARACTERS = 512 * 1024;

/** What was missed after a position, or a fresh page and why. */
export type CatchUp = Pick<
  JoinedEvent,
  "cursor" | "events" | "more" | "messages" | "older" | "notices" | "reset"
>;

/** Whose page it is: it tells them what is their own. */
type Reader = Pick<Identity, "user">;

export class History {
  constructor(
    private readonly store: Store,
    private readonly access: Access,
    private readonly limits: Limits,
  ) {}

  /** Names the history that cursors belong to. */
  get epoch(): string {
    return this.store.epoch;
  }

  /** What came after a cursor, or the last page where there is no cursor or it cannot be followed. */
  async catchUp(
    who: Reader,
    room: string,
    since: Cursor | undefined,
  ): Promise<CatchUp> {
    const position = since === undefined ? undefined : parseCursor(since);
    if (!position) return await this.#freshPage(who, room);
    if (position.epoch !== this.epoch) {
      return { ...await this.#freshPage(who, room), reset: "epoch" };
    }
    const { events, head } = await this.store.since(room, position.seq, REPLAY_PART);
    // A position that the log has not reached was never given out by this history.
    if (position.seq > head) return { ...await this.#freshPage(who, room), reset: "epoch" };
    if (head - position.seq > this.limits.replayEvents) {
      return { ...await this.#freshPage(who, room), reset: "cap" };
    }
    const part = events.slice(0, countWithin(events, REPLAY_CHARACTERS, lengthOf));
    const reached = part.at(-1)?.seq ?? position.seq;
    const cursor = formatCursor(this.epoch, reached);
    return reached < head ? { cursor, events: part, more: true } : { cursor, events: part };
  }

  /** A page of a room's messages. */
  async page(who: Identity, room: string, place: PagePlace, limit: number): Promise<Page> {
    await this.access.permit(who, "read", room);
    const page = await this.store.page(room, place, Math.min(limit, this.limits.pageMessages));
    const messages = await withOwnReactions(this.store, who, room, page.messages);
    return { ...page, messages: [...messages] };
  }

  async #freshPage(who: Reader, room: string): Promise<CatchUp> {
    const page = await this.store.page(room, { at: "end" }, JOIN_PAGE);
    const count = countWithin(page.messages.toReversed(), JOIN_CHARACTERS, lengthOfMessage);
    const last = page.messages.slice(page.messages.length - count);
    const isCut = count < page.messages.length;
    const notices = isCut ? page.notices.filter(({ seq }) => seq > last[0]!.seq) : page.notices;
    return {
      cursor: formatCursor(this.epoch, page.head),
      messages: [...await withOwnReactions(this.store, who, room, last)],
      older: page.older || isCut,
      ...(notices.length > 0 && { notices }),
    };
  }
}

/** How many of the first items have at most so many characters together; at least one. */
function countWithin<Item>(
  items: readonly Item[],
  characters: number,
  lengthOf: (item: Item) => number,
): number {
  let sum = 0;
  for (let count = 0; count < items.length; count++) {
    sum += lengthOf(items[count]!);
    if (sum > characters && count > 0) return count;
  }
  return items.length;
}
