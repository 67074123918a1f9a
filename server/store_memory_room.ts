/** One room in memory: its log, and how its messages, settings and members stand after it. */

import {
  isPublicRoom,
  LIMITS,
  type LogEvent,
  type Message,
  type Reaction,
  type RoomKind,
  type RoomSettings,
  type SettingEvent,
  type User,
} from "./protocol.ts";
import {
  type Draft,
  type MemberDraft,
  type MemberRecord,
  NOTICES_MOST,
  type OwnReaction,
  type Page,
  type PagePlace,
  type ReactDraft,
  type RoomRecord,
} from "./store.ts";
import {
  areNamed,
  blanked,
  changedSettings,
  cutOf,
  deletedBy,
  eventOf,
  firstSince,
  gone,
  isOneTooMany,
  notFound,
  roomExists,
  stretchOf,
  tooManyEdits,
  tooManyReactions,
} from "./store_rules.ts";

/** What is handed out is never changed afterwards: a message that changes is another object. */
export class MemoryRoom {
  /** The event with `seq` stands at `seq - 1`. */
  readonly events: LogEvent[] = [];
  /** By position. */
  readonly messages: Message[] = [];
  /** User id → membership and the invite they came by. */
  readonly members = new Map<string, MemberRecord & Pick<MemberDraft, "invite">>();
  /** What happened to the room itself, by position. */
  readonly #notices: SettingEvent[] = [];
  #kind: RoomKind;
  #settings: RoomSettings = {};
  /** Positions of pinned messages, in the order of pinning. */
  readonly #pins = new Set<number>();
  /** Position of a message → emoji → user id → who. */
  readonly #reactions = new Map<number, Map<string, Map<string, User>>>();
  /** Position of a message → the positions of its edits. */
  readonly #edits = new Map<number, number[]>();

  constructor(readonly id: string) {
    this.#kind = isPublicRoom(id) ? "public" : "private";
  }

  get head(): number {
    return this.events.length;
  }

  get kind(): RoomKind {
    return this.#kind;
  }

  get record(): RoomRecord {
    const { id, head } = this;
    const people = [...this.members.values()]
      .map(({ user, role }) => ({ user, role }))
      .sort((a, b) => a.user.id < b.user.id ? -1 : 1);
    return {
      room: id,
      kind: this.#kind,
      settings: this.#settings,
      head,
      timestamp: this.events.at(-1)?.timestamp ?? 0,
      ...(this.#kind === "direct" ? { people } : {}),
    };
  }

  /** Appends what may be appended; else throws a `Refusal` and nothing has changed. */
  append(draft: Draft, now: number): LogEvent {
    this.#check(draft);
    const timestamp = Math.max(now, this.events.at(-1)?.timestamp ?? 0);
    const count = draft.type === "react" ? this.#countAfter(draft) : 0;
    const event = eventOf(draft, this.head + 1, timestamp, count);
    this.events.push(event);
    this.#apply(event, draft);
    return event;
  }

  page(place: PagePlace, limit: number): Page {
    const cut = cutOf(
      place,
      limit,
      this.head,
      (timestamp) => firstSince(timestamp, this.head, (seq) => this.events[seq - 1]!.timestamp),
    );
    const middle = this.#indexOf(cut.seq);
    const from = Math.max(middle - cut.before, 0);
    const to = Math.min(middle + cut.from, this.messages.length);
    const page = { messages: this.messages.slice(from, to), head: this.head, older: from > 0 };
    const stretch = stretchOf(place, page, this.messages[to]?.seq);
    const notices = this.#notices
      .filter(({ seq }) => seq > stretch.after && seq < stretch.before).slice(-NOTICES_MOST);
    return { ...page, notices, newer: to < this.messages.length };
  }

  message(seq: number): Message | undefined {
    const message = this.messages[this.#indexOf(seq)];
    return message?.seq === seq ? message : undefined;
  }

  /** The last pinned first. */
  pins(): Message[] {
    return [...this.#pins].reverse().map((seq) => this.message(seq)!);
  }

  reactors(seq: number, emoji: string): User[] {
    return [...this.#reactions.get(seq)?.get(emoji)?.values() ?? []];
  }

  /** The emoji that somebody has put on the messages from one position to another. */
  reacted(userId: string, first: number, last: number): OwnReaction[] {
    return this.messages.slice(this.#indexOf(first), this.#indexOf(last + 1)).flatMap(({ seq }) =>
      [...this.#reactions.get(seq) ?? []]
        .filter(([, people]) => people.has(userId)).map(([emoji]) => ({ seq, emoji }))
    );
  }

  /** The index of the first message at or after a position. */
  #indexOf(seq: number): number {
    let low = 0;
    let high = this.messages.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.messages[middle]!.seq < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #check(draft: Draft): void {
    if (draft.type === "room" && draft.created !== undefined && this.head > 0) throw roomExists();
    if (!("target" in draft)) return;
    const message = this.message(draft.target);
    if (!message) throw notFound();
    if (message.deleted) throw gone();
    if (draft.type === "react" && isOneTooMany(draft, message.reactions)) {
      throw tooManyReactions();
    }
    const edits = this.#edits.get(draft.target)?.length ?? 0;
    if (draft.type === "edit" && edits >= LIMITS.editsPerMessage) throw tooManyEdits();
  }

  #apply(event: LogEvent, draft: Draft): void {
    switch (event.type) {
      case "chat":
        this.messages.push(event);
        return;
      case "edit": {
        const { seq, target, message, mentions, timestamp } = event;
        const { mentions: _, ...rest } = this.message(target)!;
        const stands = { ...rest, message, edited: timestamp };
        this.#replace(mentions ? { ...stands, mentions } : stands);
        const edits = this.#edits.get(target) ?? [];
        edits.push(seq);
        this.#edits.set(target, edits);
        return;
      }
      case "delete":
        return this.#delete(event.target, event.user);
      case "react":
        return this.#react(event.target, event.emoji, event.user, event.on);
      case "pin": {
        const { target, on } = event;
        const { pinned: _, ...rest } = this.message(target)!;
        this.#replace(on ? { ...rest, pinned: true } : rest);
        if (on) this.#pins.add(target);
        else this.#pins.delete(target);
        return;
      }
      case "room":
        this.#notices.push(event);
        this.#kind = event.created ?? this.#kind;
        this.#settings = changedSettings(this.#settings, event.settings);
        for (const { user, role } of event.members ?? []) {
          this.members.set(user.id, { user, role, since: event.timestamp });
        }
        return;
      case "member": {
        const { member, role, timestamp } = event;
        this.#notices.push(event);
        if (role === null) {
          this.members.delete(member.id);
          return;
        }
        const known = this.members.get(member.id);
        const invite = (draft as MemberDraft).invite ?? known?.invite;
        const record = { user: member, role, since: timestamp };
        this.members.set(member.id, invite === undefined ? record : { ...record, invite });
      }
    }
  }

  #delete(target: number, by: User): void {
    const message = this.message(target)!;
    for (const seq of [target, ...this.#edits.get(target) ?? []]) {
      const event = this.events[seq - 1]!;
      if (event.type === "chat" || event.type === "edit") this.events[seq - 1] = blanked(event);
    }
    this.#edits.delete(target);
    this.#reactions.delete(target);
    this.#pins.delete(target);
    this.#replace(deletedBy(by, message));
  }

  /** How many people have an emoji on a message once one more has put it there, or taken it off. */
  #countAfter({ target, emoji, on, user }: ReactDraft): number {
    const people = this.#reactions.get(target)?.get(emoji);
    return (people?.size ?? 0) + Number(on) - Number(people?.has(user.id) ?? false);
  }

  #react(target: number, emoji: string, user: User, on: boolean): void {
    const ofMessage = this.#reactions.get(target) ?? new Map<string, Map<string, User>>();
    const people = ofMessage.get(emoji) ?? new Map<string, User>();
    if (!on) people.delete(user.id);
    else if (!people.has(user.id)) people.set(user.id, user);
    if (people.size > 0) ofMessage.set(emoji, people);
    else ofMessage.delete(emoji);
    this.#reactions.set(target, ofMessage);
    const { reactions: _, ...rest } = this.message(target)!;
    const counts = [...ofMessage].map(([emoji, people]) => ({ emoji, count: people.size }));
    const reactions: Reaction[] = areNamed(counts)
      ? counts.map((each) => ({ ...each, people: [...ofMessage.get(each.emoji)!.values()] }))
      : counts;
    this.#replace(reactions.length > 0 ? { ...rest, reactions } : rest);
  }

  #replace(message: Message): void {
    this.messages[this.#indexOf(message.seq)] = message;
  }
}
