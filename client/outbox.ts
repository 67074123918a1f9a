/**
 * What one says, and does with messages, until it is acknowledged. In each room it goes out in order:
 * one frame at a time, the next when the one before is settled. The ids make every retry safe, also
 * from two tabs at once.
 */

import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { type ErrorEvent, LIMITS, type ServerEvent } from "../server/protocol.ts";
import { byteLength } from "../server/protocol_parse.ts";
import { backoff } from "./backoff.ts";
import { commandOf, type OutboxStore, type Outgoing, type RoomCommand } from "./outbox_store.ts";
import { isPassing } from "./refusal.ts";

/** Most messages in one frame. */
const FRAME = 50;
/** Most bytes in one frame: half of what is allowed, unless one message alone has more. */
const FRAME_BYTES = LIMITS.frameBytes / 2;
/** How often a refusal is taken for passing. */
const ATTEMPTS = 8;
/** Milliseconds after which a frame without an answer is sent again. */
const PATIENCE = 30_000;

export class Outbox {
  readonly #rooms = new Map<string, Signal<readonly Outgoing[]>>();
  /** Ids under way, by room. */
  readonly #flights = new Map<string, Set<string>>();
  readonly #attempts = new Map<string, number>();
  /** By room: the end of a wait, or of the patience with a frame. */
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #isOpen = false;
  #lastAt = 0;

  /** `send` hands commands to the connection. */
  constructor(
    private readonly userId: string,
    private readonly store: OutboxStore,
    private readonly send: (commands: readonly RoomCommand[]) => void,
  ) {}

  /** Brings back what an earlier page did not get to send. Returns the rooms that have some. */
  restore(): string[] {
    const kept = this.store.all(this.userId);
    for (const outgoing of kept) {
      this.#lastAt = Math.max(this.#lastAt, outgoing.at);
      const room = this.#room(outgoing.room);
      if (room.value.some(({ id }) => id === outgoing.id)) continue;
      room.value = [...room.value, outgoing].sort((one, other) => one.at - other.at);
    }
    for (const room of this.#rooms.keys()) this.#fly(room);
    return [...new Set(kept.map(({ room }) => room))];
  }

  /** What is on its way in a room, in the order of writing. */
  in(room: string): ReadonlySignal<readonly Outgoing[]> {
    return this.#room(room);
  }

  /** How many messages are not sent yet, in all rooms. */
  get size(): number {
    return [...this.#rooms.values()].reduce((sum, room) => sum + room.value.length, 0);
  }

  add(written: Outgoing): void {
    // No two at the same moment, so that the order survives a reload.
    this.#lastAt = Math.max(written.at, this.#lastAt + 1);
    const outgoing = { ...written, at: this.#lastAt };
    const room = this.#room(outgoing.room);
    room.value = [...room.value, outgoing];
    this.store.put(this.userId, outgoing);
    this.#fly(outgoing.room);
  }

  /** Takes a message out, sent or given up; its text where it was there. */
  remove(room: string, id: string): string | undefined {
    const list = this.#room(room);
    const found = list.value.find((one) => one.id === id);
    if (!found) return undefined;
    list.value = list.value.filter((one) => one !== found);
    this.#attempts.delete(id);
    this.store.remove(this.userId, id);
    this.#settle(room, id);
    return found.message;
  }

  /** What was said in a room that is not open any more is done all the same. */
  acknowledge(events: readonly ServerEvent[]): void {
    for (const event of events) {
      if (event.type === "chat" || "target" in event) this.remove(event.room, event.id);
    }
  }

  /** Tries a failed message again, behind those that were written before it. */
  retry(room: string, id: string): void {
    this.#attempts.delete(id);
    this.#change(room, id, { state: "pending" });
    this.#fly(room);
  }

  /** A post was refused. Whether the refusal was of one of ours. */
  refused(refusal: ErrorEvent): boolean {
    const { code, id, room, message, retryAfter } = refusal;
    if (id === undefined || room === undefined) return false;
    const found = this.#room(room).value.find((one) => one.id === id);
    if (!found) return false;
    // Not refused itself: it stays in its place and goes again.
    if (code === "not_carried_out") {
      this.#settle(room, id);
      return true;
    }
    const attempt = this.#attempts.get(id) ?? 0;
    const retryable = isPassing(refusal);
    if (retryable && attempt < ATTEMPTS) {
      this.#attempts.set(id, attempt + 1);
      this.#wait(room, retryAfter ?? 200 + backoff(attempt));
    } else {
      this.#attempts.delete(id);
      this.#change(room, id, { state: "failed", reason: message, retryable });
      this.#settle(room, id);
    }
    return true;
  }

  /** The connection stands: everything pending goes out. */
  opened(): void {
    this.#isOpen = true;
    for (const room of this.#rooms.keys()) this.#fly(room);
  }

  /** The connection is gone: what was under way may not have arrived, and goes again later. */
  closed(): void {
    this.#isOpen = false;
    this.#flights.clear();
    this.#clearTimers();
  }

  close(): void {
    this.closed();
    this.#rooms.clear();
  }

  /** Takes everything out, for another user's outbox. */
  takeAll(): Outgoing[] {
    const all = [...this.#rooms.values()].flatMap((room) => room.value);
    for (const { room, id } of all) this.remove(room, id);
    return all;
  }

  /** Deletes everything, also what other tabs have not sent. */
  discardAll(): void {
    this.takeAll();
    for (const { id } of this.store.all(this.userId)) this.store.remove(this.userId, id);
  }

  #room(room: string): Signal<readonly Outgoing[]> {
    let list = this.#rooms.get(room);
    if (!list) this.#rooms.set(room, list = signal([]));
    return list;
  }

  /** Sends what is pending, unless something of the room is still under way. */
  #fly(room: string): void {
    if (!this.#isOpen || this.#flights.has(room)) return;
    const commands = nextFrame(this.#room(room).value);
    if (commands.length === 0) return;
    this.#flights.set(room, new Set(commands.map(({ id }) => id)));
    this.#wait(room, PATIENCE);
    this.send(commands);
  }

  /** A message is no longer under way; when none is, the next ones go. */
  #settle(room: string, id: string): void {
    const flight = this.#flights.get(room);
    flight?.delete(id);
    if (!flight || flight.size === 0) this.#next(room);
  }

  /** Keeps the room's turn for so long, so that nothing overtakes; then everything pending goes. */
  #wait(room: string, milliseconds: number): void {
    clearTimeout(this.#timers.get(room));
    this.#timers.set(room, setTimeout(() => this.#next(room), milliseconds));
  }

  #next(room: string): void {
    clearTimeout(this.#timers.get(room));
    this.#timers.delete(room);
    this.#flights.delete(room);
    this.#fly(room);
  }

  #change(room: string, id: string, change: Partial<Outgoing>): void {
    const list = this.#room(room);
    list.value = list.value.map((one) => {
      if (one.id !== id) return one;
      const { reason: _reason, retryable: _retryable, ...rest } = one;
      const changed: Outgoing = { ...rest, ...change };
      this.store.put(this.userId, changed);
      return changed;
    });
  }

  #clearTimers(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}

/** The first pending messages, as many as a frame takes. */
function nextFrame(outgoing: readonly Outgoing[]): RoomCommand[] {
  const commands: RoomCommand[] = [];
  let bytes = 0;
  for (const one of outgoing) {
    if (one.state !== "pending") continue;
    const command = commandOf(one);
    bytes += byteLength(JSON.stringify(command));
    if (commands.length === FRAME || commands.length > 0 && bytes > FRAME_BYTES) break;
    commands.push(command);
  }
  return commands;
}
