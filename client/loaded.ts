/**
 * The part of a room's history that is loaded: one stretch without holes, bounded, that either reaches
 * the live end and grows with it, or lies in the past.
 */

import { batch, type ReadonlySignal, signal } from "@preact/signals";
import { type Cursor, type Message, parseCursor, type SettingEvent } from "../server/protocol.ts";
import { type ChangeEvent, folded } from "./fold.ts";
import type { HistoryPage, HistoryPlace } from "./history.ts";

/** Most messages held. */
const HELD_MOST = 2_000;
/** Most notices held. */
const NOTICES_MOST = 1_000;
/** How many stay when the bound is met at the live end: not cut anew with every frame. */
const HELD_AFTER = 1_000;
/** Milliseconds without another try after a page could not be had: scrolling asks at every move. */
const PAUSE = 2_000;

export class Loaded {
  readonly #messages = signal<readonly Message[]>([]);
  readonly #notices = signal<readonly SettingEvent[]>([]);
  readonly #older = signal(false);
  readonly #newer = signal(false);
  /** Whether the reader is at the bottom: then the oldest may go when there are too many. */
  isFollowing = true;
  /** The page on its way. */
  #loading: Promise<void> | undefined;
  /** What came live while a page was on its way. */
  #meanwhile: readonly Message[] = [];
  /** What happened to the room itself while a page was on its way. */
  #noticesMeanwhile: readonly SettingEvent[] = [];
  /** More came than is held. */
  #isMeanwhileCut = false;
  /** What was done with messages while a page was on its way: it may stand as of before. */
  #changesMeanwhile: ChangeEvent[] = [];
  /** Counts what makes a page on its way worthless. */
  #generation = 0;
  #pausedUntil = 0;

  /** `read` fetches a page of the room, `cursorAt` names a position in it. */
  constructor(
    private readonly read: (place: HistoryPlace) => Promise<HistoryPage>,
    private readonly cursorAt: (seq: number) => Cursor,
  ) {}

  /** Oldest first. */
  get messages(): ReadonlySignal<readonly Message[]> {
    return this.#messages;
  }

  /** What happened to the room itself between the first message, or the beginning, and the last, or now. */
  get notices(): ReadonlySignal<readonly SettingEvent[]> {
    return this.#notices;
  }

  /** There is more before the first message. */
  get older(): ReadonlySignal<boolean> {
    return this.#older;
  }

  /** There is more after the last message: the reader looks at the past. */
  get newer(): ReadonlySignal<boolean> {
    return this.#newer;
  }

  /** The message at a position, where it is loaded. */
  at(seq: number): Message | undefined {
    return this.#messages.value.find((message) => message.seq === seq);
  }

  /** Begins anew with the latest messages. */
  reset(
    messages: readonly Message[],
    older: boolean,
    notices: readonly SettingEvent[] = [],
  ): void {
    this.#generation++;
    this.#messages.value = messages;
    this.#older.value = older;
    this.#newer.value = false;
    this.#notices.value = notices;
  }

  /** Takes what happened live to the room itself. */
  noticed(notice: SettingEvent): void {
    if (this.#loading) {
      this.#noticesMeanwhile = [...this.#noticesMeanwhile, notice].slice(-NOTICES_MOST);
    }
    if (!this.#newer.value) this.#notice([...this.#notices.value, notice]);
  }

  /** Takes what came live, in order and without holes. */
  append(fresh: readonly Message[]): void {
    if (this.#loading) this.#note(fresh);
    if (this.#newer.value) return;
    const last = this.#messages.value.at(-1)?.seq ?? 0;
    // A page may have been ahead of the live events.
    const all = [...this.#messages.value, ...fresh.filter(({ seq }) => seq > last)];
    if (all.length <= HELD_MOST) {
      this.#messages.value = all;
    } else if (this.isFollowing) {
      this.#messages.value = all.slice(-HELD_AFTER);
      this.#older.value = true;
      this.#notice(this.#notices.value);
    } else {
      // Taking away what is being read would be worse than not showing what is far below.
      this.#newer.value = true;
      this.#notice(this.#notices.value);
    }
  }

  /** Does with a message what came live; one that is not loaded will come as it stands then. */
  change(event: ChangeEvent): void {
    if (this.#loading) this.#changesMeanwhile.push(event);
    this.#messages.value = changed(this.#messages.value, event);
    this.#meanwhile = changed(this.#meanwhile, event);
  }

  /** Loads what came before the first message. */
  async loadOlder(): Promise<void> {
    const first = this.#messages.value[0];
    if (!first || !this.#older.value || this.#isPaused) return;
    await this.#load({ before: this.cursorAt(first.seq) }, ({ messages, notices, older }) => {
      // Messages that fell out meanwhile would leave a hole.
      if (this.#messages.value[0] !== first) return;
      const all = [...messages, ...this.#messages.value];
      this.#messages.value = all.slice(0, HELD_MOST);
      this.#older.value = older;
      if (all.length > HELD_MOST) this.#newer.value = true;
      this.#notice([...notices, ...this.#notices.value]);
    });
  }

  /** Loads what came after the last message, up to the live end. */
  async loadNewer(): Promise<void> {
    const last = this.#messages.value.at(-1);
    if (!last || !this.#newer.value || this.#isPaused) return;
    await this.#load({ after: this.cursorAt(last.seq) }, (page) => {
      if (this.#messages.value.at(-1) === last) {
        const notices = [...this.#notices.value, ...page.notices];
        this.#land([...this.#messages.value, ...page.messages], notices, this.#older.value, page);
      }
    });
  }

  /** Shows another place. Resolves to whether it could be had and has messages. */
  async show(place: HistoryPlace): Promise<boolean> {
    while (this.#loading) await this.#loading;
    let isShown = false;
    await this.#load(place, (page) => {
      isShown = page.messages.length > 0;
      if (isShown) this.#land(page.messages, page.notices, page.older, page);
    });
    return isShown;
  }

  #note(fresh: readonly Message[]): void {
    const all = [...this.#meanwhile, ...fresh];
    this.#isMeanwhileCut ||= all.length > HELD_MOST;
    this.#meanwhile = all.slice(-HELD_MOST);
  }

  get #isPaused(): boolean {
    return this.#loading !== undefined || Date.now() < this.#pausedUntil;
  }

  /** Shows messages that end with those of a page; what came live meanwhile joins on. */
  #land(
    messages: readonly Message[],
    notices: readonly SettingEvent[],
    older: boolean,
    page: HistoryPage,
  ): void {
    const last = messages.at(-1)?.seq ?? 0;
    // What is said is kept before it is shown, so a page has all that came before it was asked for.
    const reachesEnd = !page.newer && !this.#isMeanwhileCut;
    const tail = reachesEnd ? this.#meanwhile.filter(({ seq }) => seq > last) : [];
    const all = [...messages, ...tail];
    this.#messages.value = all.slice(-HELD_MOST);
    this.#older.value = older || all.length > HELD_MOST;
    this.#newer.value = !reachesEnd;
    this.#notice(reachesEnd ? [...notices, ...this.#noticesMeanwhile] : notices);
  }

  /** Keeps those of what happened to the room that belong to what is loaded, each once. */
  #notice(notices: readonly SettingEvent[]): void {
    const { value: messages } = this.#messages;
    const first = this.#older.value ? messages[0]?.seq ?? 0 : 0;
    const last = this.#newer.value ? messages.at(-1)?.seq ?? 0 : Infinity;
    const bySeq = new Map(notices.map((notice) => [notice.seq, notice]));
    this.#notices.value = [...bySeq.values()]
      .filter(({ seq }) => seq > first && seq < last)
      .sort((one, other) => one.seq - other.seq).slice(-NOTICES_MOST);
  }

  /** One page at a time. Where it cannot be had now, what is loaded stays. */
  async #load(place: HistoryPlace, apply: (page: HistoryPage) => void): Promise<void> {
    const generation = this.#generation;
    const loading = this.read(place).then(
      (page) => {
        if (generation === this.#generation) batch(() => apply(this.#brought(page)));
      },
      () => {
        // The connection's own state tells the reader.
        this.#pausedUntil = Date.now() + PAUSE;
      },
    ).finally(() => {
      this.#loading = undefined;
      this.#meanwhile = [];
      this.#noticesMeanwhile = [];
      this.#isMeanwhileCut = false;
      this.#changesMeanwhile = [];
    });
    this.#loading = loading;
    await loading;
  }

  /** A page with what was done since it was read. */
  #brought(page: HistoryPage): HistoryPage {
    const head = parseCursor(page.cursor)?.seq ?? 0;
    let messages: readonly Message[] = page.messages;
    for (const event of this.#changesMeanwhile) {
      if (event.seq > head) messages = changed(messages, event);
    }
    return { ...page, messages: [...messages] };
  }
}

/** The messages after an event about one of them; the same array where it is not among them. */
function changed(messages: readonly Message[], event: ChangeEvent): readonly Message[] {
  const index = messages.findIndex(({ seq }) => seq === event.target);
  const message = messages[index];
  return message ? messages.with(index, folded(message, event)) : messages;
}
