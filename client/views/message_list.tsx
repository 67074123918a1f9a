/**
 * The messages of a room. Only rows near the view are in the document. The view follows the bottom
 * only when the reader is there; otherwise the row that is being read stays where it is, whatever
 * comes above or below.
 */

import ArrowDown from "lucide/dist/esm/icons/arrow-down.mjs";
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { User } from "../../server/protocol.ts";
import { isLookedAt } from "../attention.ts";
import type { Room } from "../model.ts";
import { pane } from "../panes.ts";
import { firstNewOf, keyOfMessage, rowsOf, settingOf } from "../rows.ts";
import {
  type Anchor,
  anchorAt,
  Heights,
  topOf,
  type Window,
  windowAt,
  windowAtEnd,
} from "../window.ts";
import { Icon } from "./icon.tsx";
import { loadLater, whatIsLoaded } from "./load_later.ts";
import { MessageRow } from "./message.tsx";
import { actOnMessage } from "./message_keys.ts";
import { openMenu } from "./overlays.ts";

/** Pixels from the bottom that still count as being there. */
const BOTTOM = 48;
/** Pixels from an edge at which more history is asked for. */
const NEAR_EDGE = 800;

interface Props {
  room: Room;
  self: User;
  /** Stands before the first message of all. */
  beginning: ComponentChildren;
  /** The position that a permalink leads to. */
  target: number | undefined;
  onEdit: (id: string) => void;
}

export function MessageList({ room, self, beginning, target, onEdit }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const heights = useMemo(() => new Heights(), []);
  const view = useRef({ isFollowing: true, height: 0, width: 0 });
  const anchor = useRef<Anchor | undefined>(undefined);
  /** The anchor is where to go, not where the view is: until drawn, scrolling must not replace it. */
  const isJumping = useRef(false);
  const scrolled = useSignal(0);
  const isAtBottom = useSignal(true);
  const active = useSignal<string | undefined>(undefined);
  /** Very long messages that the reader asked for as a whole. */
  const whole = useSignal<ReadonlySet<string>>(new Set());
  /** One of them has just been closed. */
  const hasShrunk = useRef(false);

  const later = whatIsLoaded.value;
  const messages = room.messages.value;
  const outgoing = room.outgoing.value;
  const newer = room.newer.value;
  const notices = room.notices.value;
  const rows = useMemo(
    () => rowsOf(messages, outgoing, self, notices),
    [messages, outgoing, self, notices],
  );
  const leftOff = room.leftOff.value;
  const firstNew = useMemo(() => firstNewOf(messages, leftOff, self), [messages, leftOff, self]);
  const keys = useMemo(() => rows.map((row) => row.key), [rows]);
  const seen = useSeenCount(room, isAtBottom.value && !newer);
  const isReading = isAtBottom.value && !newer && isLookedAt.value && pane.value === "conversation";
  useEffect(() => {
    room.isReading = isReading;
    return () => {
      room.isReading = false;
    };
  }, [room, isReading]);

  // Read so that scrolling draws anew.
  scrolled.value;
  const isFollowing = view.current.isFollowing && !newer;
  // Without a row to hold, as while a permalink is looked up, the view rests at the end: the window
  // and the scroll position must agree, or the drawing would never come to an end.
  const held = !isFollowing && anchor.current && keys.includes(anchor.current.key)
    ? anchor.current
    : undefined;
  const window = drawnWindow(keys, heights, view.current.height, held);
  const drawn = rows.slice(window.start, window.end);

  const activeKey = active.value !== undefined && keys.includes(active.value)
    ? active.value
    : keys.at(-1);

  const follow = (isFollowing: boolean) => {
    view.current.isFollowing = isAtBottom.value = room.isFollowing = isFollowing;
  };

  /** Puts the view where it belongs after every drawing. */
  useLayoutEffect(() => {
    const element = scroller.current!;
    if (element.clientWidth !== view.current.width) {
      heights.clear();
      view.current.width = element.clientWidth;
    }
    const changed = measure(list.current!, heights);
    heights.keepOnly(keys);
    if (held) restore(element, held);
    else element.scrollTop = element.scrollHeight;
    isJumping.current = false;
    view.current.height = element.clientHeight;
    // What fits is all seen, what got shorter may end here, and there is no scrolling that could tell.
    const mayFollow = !isFollowing && !newer && !room.loading.peek() && keys.length > 0;
    if (mayFollow && (fits(element) || hasShrunk.current && isAtEnd(element))) follow(true);
    hasShrunk.current = false;
    if (!covers(list.current!, element, window, keys.length) || changed && held) {
      scrolled.value++;
    }
  });

  useEffect(() => {
    const observer = new ResizeObserver(() => scrolled.value++);
    observer.observe(scroller.current!);
    return () => observer.disconnect();
  }, []);

  useEffect(() =>
    later?.listenToHolding(scroller.current!, (target) => {
      const article = target.closest("article");
      const message = room.messages.peek().find((one) => keyOfMessage(one) === keyOf(article));
      if (article && message && !message.deleted) openMenu(room, message, self, article);
    }), [room, later]);

  useEffect(() => {
    if (target === undefined) return;
    follow(false);
    room.history().then((history) => history?.jumpTo(target)).then((isFound) => {
      const row = isFound &&
        rowsOf(room.messages.value, [], self).find((one) => one.kept!.seq === target);
      if (row) show(row.key);
      else toBottom();
    });
  }, [room, target]);

  /** Brings a row into view and makes it the active one. */
  const show = (key: string, focus = false) => {
    const all = rowsOf(room.messages.value, room.outgoing.value, self).map((row) => row.key);
    const index = all.indexOf(key);
    if (index < 0) return;
    const element = scroller.current!;
    active.value = key;
    const present = rowElement(list.current!, key);
    if (present) {
      present.scrollIntoView({ block: "nearest" });
    } else {
      follow(false);
      anchor.current = { key, offset: element.clientHeight / 3 };
      isJumping.current = true;
    }
    scrolled.value++;
    if (focus) {
      requestAnimationFrame(() =>
        rowElement(list.current!, key)?.querySelector<HTMLElement>("article")?.focus()
      );
    }
  };

  const showWhole = (key: string, isWhole: boolean) => {
    const offset = offsetOf(rowElement(list.current!, key)!, scroller.current!);
    // Its beginning stays under the eyes, or comes back there.
    anchor.current = { key, offset: isWhole ? offset : Math.max(0, offset) };
    follow(false);
    const others = [...whole.value].filter((other) => other !== key);
    hasShrunk.current = !isWhole;
    whole.value = new Set(isWhole ? [...others, key] : others);
  };

  const onScroll = () => {
    if (isJumping.current) return;
    const element = scroller.current!;
    // The view was resized, as by a growing composer. Nobody scrolled, and the drawing that follows
    // puts everything in its place.
    if (view.current.isFollowing && element.clientHeight !== view.current.height) return;
    const fromBottom = element.scrollHeight - element.scrollTop - element.clientHeight;
    follow(fromBottom <= BOTTOM && !room.newer.value);
    anchor.current = topRow(list.current!, element) ??
      anchorAt(keys, heights, -offsetOf(list.current!, element));
    if (element.scrollTop < NEAR_EDGE && room.older.value) {
      room.history().then((all) => all?.loadOlder());
    }
    if (fromBottom < NEAR_EDGE && room.newer.value) room.history().then((all) => all?.loadNewer());
    // Drawn anew only when the view nears the edge of what is drawn.
    if (!covers(list.current!, element, drawnNow.current, keys.length)) scrolled.value++;
  };
  const drawnNow = useRef(window);
  drawnNow.current = window;

  const toBottom = async () => {
    await room.jumpToEnd();
    follow(true);
    scrolled.value++;
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || !(event.target as HTMLElement).matches("article, .log")) return;
    // The one that has the focus, which may not be drawn as the active one yet.
    const key = keyOf(event.target) ?? activeKey ?? "";
    const row = rows.find((one) => one.key === key);
    if (row?.kept && actOnMessage(event, room, row.kept, self)) return;
    const index = keys.indexOf(key);
    const next = moves[event.key]?.(index, keys.length);
    if (next === undefined || keys[next] === undefined) return;
    event.preventDefault();
    show(keys[next]!, true);
  };

  const unseen = seen();
  return (
    <div class="log-frame">
      <div
        class="log"
        ref={scroller}
        role="log"
        aria-live="off"
        aria-label={`Messages in ${room.id}`}
        tabindex={keys.length === 0 ? 0 : -1}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
        onFocusIn={(event) => {
          active.value = keyOf(event.target) ?? active.value;
          loadLater();
        }}
        // Whoever points at a message may want to do something with it.
        onPointerEnter={loadLater}
      >
        {!room.older.value && !room.loading.value && beginning}
        <div
          class="rows"
          ref={list}
          style={{ paddingTop: px(window.above), paddingBottom: px(window.below) }}
        >
          {drawn.map((row, index) => (
            <MessageRow
              key={row.key}
              row={row}
              setting={settingOf(row, rows[window.start + index - 1], firstNew)}
              room={room}
              self={self}
              isActive={row.key === activeKey}
              isTarget={target !== undefined && row.kept?.seq === target}
              isWhole={whole.value.has(row.key)}
              onEdit={onEdit}
              onWhole={(isWhole) => showWhole(row.key, isWhole)}
            />
          ))}
        </div>
        {room.loading.value && rows.length === 0 && <Skeleton />}
      </div>
      {(!isAtBottom.value || newer) && (
        <button type="button" class="to-bottom" onClick={toBottom}>
          <Icon node={ArrowDown} size={16} />
          {unseen > 0 ? `${unseen} new ${unseen === 1 ? "message" : "messages"}` : "Latest"}
        </button>
      )}
      {later && <later.Announcer room={room} self={self} />}
    </div>
  );
}

const moves: Record<string, (index: number, count: number) => number> = {
  ArrowUp: (index) => index - 1,
  ArrowDown: (index) => index + 1,
  PageUp: (index) => Math.max(0, index - 10),
  PageDown: (index, count) => Math.min(count - 1, index + 10),
  Home: () => 0,
  End: (_, count) => count - 1,
};

/** Shown by the style sheet only after a moment, so that a quick answer brings no flicker. */
function Skeleton() {
  return (
    <div class="skeleton" aria-hidden="true">
      {[60, 42, 74, 35, 55].map((width) => (
        <div class="skeleton-row" key={width}>
          <span class="avatar" />
          <span class="line" style={{ width: `${width}%` }} />
        </div>
      ))}
    </div>
  );
}

/** How many messages came since the reader was last at the bottom. */
function useSeenCount(room: Room, isAtBottom: boolean) {
  const last = useRef<number | undefined>(undefined);
  return (): number => {
    const head = room.head.value;
    if (room.loading.value) return 0;
    if (isAtBottom || last.current === undefined) {
      last.current = head;
    }
    return Math.max(0, head - last.current);
  };
}

/** Around the anchor, or at the end where there is none. */
function drawnWindow(
  keys: readonly string[],
  heights: Heights,
  viewHeight: number,
  anchor: Anchor | undefined,
): Window {
  const height = viewHeight || 800;
  const top = anchor && topOf(keys, heights, anchor);
  return top === undefined
    ? windowAtEnd(keys, heights, height)
    : windowAt(keys, heights, top, height);
}

/** Notes the heights of the drawn rows; whether any was not as expected. */
function measure(list: HTMLElement, heights: Heights): boolean {
  let isChanged = false;
  for (const child of list.children as unknown as Iterable<HTMLElement>) {
    const { height } = child.getBoundingClientRect();
    const key = child.dataset.key!;
    if (Math.abs(heights.of(key) - height) >= 0.5) isChanged = true;
    // Also where it is nearly as expected: over many rows, parts of pixels add up, and the view drifts.
    heights.set(key, height);
  }
  return isChanged;
}

/** Whether what is drawn reaches over both edges of the view, or there is nothing more to draw. */
function covers(list: HTMLElement, scroller: HTMLElement, window: Window, count: number): boolean {
  const first = list.firstElementChild;
  const last = list.lastElementChild;
  if (!first || !last) return count === 0;
  const { top, bottom } = scroller.getBoundingClientRect();
  const reachesTop = window.start === 0 || first.getBoundingClientRect().top < top - 150;
  const reachesBottom = window.end >= count || last.getBoundingClientRect().bottom > bottom + 150;
  return reachesTop && reachesBottom;
}

function fits(scroller: HTMLElement): boolean {
  return scroller.scrollHeight <= scroller.clientHeight;
}

function isAtEnd(scroller: HTMLElement): boolean {
  return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 1;
}

/** Scrolls so that the anchor is where it was. */
function restore(scroller: HTMLElement, anchor: Anchor): void {
  const row = rowElement(scroller, anchor.key);
  if (!row) return;
  const move = offsetOf(row, scroller) - anchor.offset;
  if (Math.abs(move) >= 1) scroller.scrollTop += move;
}

/**
 * The drawn row at the top of the view, where it is now: expected heights change with every row that is
 * measured. The first whose beginning is seen, so that one above may grow; of a message that fills the
 * view, that one. Undefined where nothing is drawn there.
 */
function topRow(list: HTMLElement, scroller: HTMLElement): Anchor | undefined {
  let cut: Anchor | undefined;
  let isAbove = false;
  for (const row of list.children as unknown as Iterable<HTMLElement>) {
    const anchor = { key: row.dataset.key!, offset: offsetOf(row, scroller) };
    isAbove ||= anchor.offset <= 0;
    if (!isAbove) return undefined;
    if (anchor.offset >= 0) return cut && anchor.offset > scroller.clientHeight / 2 ? cut : anchor;
    if (anchor.offset + row.offsetHeight > 0) cut = anchor;
  }
  return cut;
}

/** How many pixels the top of an element is below that of the view. */
function offsetOf(element: HTMLElement, scroller: HTMLElement): number {
  return element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
}

function rowElement(within: HTMLElement, key: string): HTMLElement | undefined {
  return within.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`) ?? undefined;
}

/** The row that something is part of. */
function keyOf(target: EventTarget | null): string | undefined {
  return (target as Element | null)?.closest<HTMLElement>("[data-key]")?.dataset.key;
}

function px(pixels: number): string {
  return `${Math.round(pixels)}px`;
}
