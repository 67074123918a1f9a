/**
 * The rest of a room's history: pages before and after what is loaded, and places far from it. Loaded
 * when somebody asks for them.
 */

import { batch, type ReadonlySignal } from "@preact/signals";
import { type Cursor, type Message, parseCursor, type SettingEvent } from "../server/protocol.ts";
import type { ChangeEvent } from "./fold.ts";
import type { HistoryPage, HistoryPlace } from "./history.ts";
import { changed, HELD_MOST, type LiveWatcher, type Loaded, NOTICES_MOST } from "./loaded.ts";

/** Milliseconds without another try after a page could not be had: scrolling asks at every move. */
const PAUSE = 2_000;

/** What paging needs of its room. */
export interface PagingPorts {
  /** Fetches a page of the room. */
  read(place: HistoryPlace): Promise<HistoryPage>;
  /** Names a position; undefined as long as the room could not be entered. */
  cursorAt(seq: number): Cursor | undefined;
  /** It is not known yet whether the room can be entered. */
  loading: ReadonlySignal<boolean>;
}

export class Paging implements LiveWatcher {
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
  #pausedUntil = 0;

  constructor(private readonly loaded: Loaded, private readonly ports: PagingPorts) {}

  /** Loads what came before the first message. */
  async loadOlder(): Promise<void> {
    const { messages, notices, older, newer } = this.loaded;
    const first = messages.value[0];
    if (!first || !older.value || this.#isPaused) return;
    await this.#load({ before: this.ports.cursorAt(first.seq)! }, (page) => {
      // Messages that fell out meanwhile would leave a hole.
      if (messages.value[0] !== first) return;
      const all = [...page.messages, ...messages.value];
      this.loaded.show(all.slice(0, HELD_MOST), {
        older: page.older,
        newer: newer.value || all.length > HELD_MOST,
        notices: [...page.notices, ...notices.value],
      });
    });
  }

  /** Loads what came after the last message, up to the live end. */
  async loadNewer(): Promise<void> {
    const { messages, notices, older, newer } = this.loaded;
    const last = messages.value.at(-1);
    if (!last || !newer.value || this.#isPaused) return;
    await this.#load({ after: this.ports.cursorAt(last.seq)! }, (page) => {
      if (messages.value.at(-1) === last) {
        this.#land(
          [...messages.value, ...page.messages],
          [...notices.value, ...page.notices],
          older.value,
          page,
        );
      }
    });
  }

  /** Shows the message at a position. Resolves to whether it is there. */
  async jumpTo(seq: number): Promise<boolean> {
    if (!await this.#isJoined()) return false;
    if (!this.loaded.at(seq)) await this.show({ around: this.ports.cursorAt(seq)! });
    return this.loaded.at(seq) !== undefined;
  }

  /** Shows the first messages since a moment, in milliseconds. Resolves to the first one's position. */
  async jumpToTime(timestamp: number): Promise<number | undefined> {
    if (!await this.#isJoined()) return undefined;
    if (!await this.show({ time: timestamp })) await this.jumpToEnd();
    const messages = this.loaded.messages.value;
    return (messages.find((message) => message.timestamp >= timestamp) ?? messages.at(-1))?.seq;
  }

  /** Shows the latest messages. */
  async jumpToEnd(): Promise<void> {
    if (this.loaded.newer.value) await this.show({});
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

  appended(fresh: readonly Message[]): void {
    const all = [...this.#meanwhile, ...fresh];
    this.#isMeanwhileCut ||= all.length > HELD_MOST;
    this.#meanwhile = all.slice(-HELD_MOST);
  }

  changed(event: ChangeEvent): void {
    this.#changesMeanwhile.push(event);
    this.#meanwhile = changed(this.#meanwhile, event);
  }

  noticed(notice: SettingEvent): void {
    this.#noticesMeanwhile = [...this.#noticesMeanwhile, notice].slice(-NOTICES_MOST);
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
    this.loaded.show(all.slice(-HELD_MOST), {
      older: older || all.length > HELD_MOST,
      newer: !reachesEnd,
      notices: reachesEnd ? [...notices, ...this.#noticesMeanwhile] : notices,
    });
  }

  /** One page at a time. Where it cannot be had now, what is loaded stays. */
  async #load(place: HistoryPlace, apply: (page: HistoryPage) => void): Promise<void> {
    const { generation } = this.loaded;
    this.loaded.watcher = this;
    const loading = this.ports.read(place).then(
      (page) => {
        if (generation === this.loaded.generation) batch(() => apply(this.#brought(page)));
      },
      () => {
        // The connection's own state tells the reader.
        this.#pausedUntil = Date.now() + PAUSE;
      },
    ).finally(() => {
      this.loaded.watcher = this.#loading = undefined;
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

  /** Resolves when it is known whether the room can be entered. */
  async #isJoined(): Promise<boolean> {
    const { loading, cursorAt } = this.ports;
    if (loading.value) {
      await new Promise<void>((resolve) => {
        const stop = loading.subscribe((isLoading) => {
          if (isLoading) return;
          resolve();
          queueMicrotask(() => stop());
        });
      });
    }
    return cursorAt(0) !== undefined;
  }
}
