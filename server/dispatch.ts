/** One connection's frames → commands → the domain, in order. The one catch that makes error events. */

import type { Domain } from "./domain.ts";
import { asRefusal } from "./errors.ts";
import type { Log } from "./log.ts";
import type { Change } from "./messages.ts";
import type { Peer } from "./peer.ts";
import type { PersonalPeer } from "./personal.ts";
import {
  type ChatCommand,
  CLOSE,
  type DirectCommand,
  type ErrorEvent,
  Refusal,
  type ServerEvent,
} from "./protocol.ts";
import { say } from "./say.ts";
import type { Appended } from "./store.ts";
import { parseCommand, parseFrame } from "./protocol_parse.ts";

/** A connection that speaks `parlor.v1`. */
export interface Client extends Peer, PersonalPeer {
  /** About how many characters of messages were said in its rooms since each of them was opened here. */
  readonly heard: number;
  /** Goes on with a newer token of the same user. */
  renew(token: string): Promise<void>;
  /** Sends events to this connection alone. */
  send(events: readonly ServerEvent[]): void;
}

/**
 * Carries out the commands of one connection in the order in which they came. Simple posts do not wait
 * for each other's commit: the store keeps the order of its calls, so one connection fills a whole
 * transaction. Everything else, and every array, is finished before the next frame begins.
 */
export class Dispatch {
  #waiting = 0;
  readonly #onSettled: (() => void)[] = [];
  #ended = false;
  /** The frame under way that later ones wait for. */
  #last: Promise<void> | undefined;

  constructor(
    private readonly client: Client,
    private readonly domain: Domain,
    private readonly log: Log,
  ) {}

  /** Holds every command until something is done. */
  after(done: Promise<void>): void {
    this.#queue(done);
  }

  /** Takes one text frame. Never throws. */
  receive(text: string): void {
    let values: unknown[];
    try {
      values = parseFrame(text, this.domain.limiter.sizes);
    } catch (error) {
      this.#refuse(error, undefined);
      return;
    }
    if (this.#waiting + values.length > this.domain.limiter.sizes.commandsWaiting) {
      this.client.close(CLOSE.flooding);
      return;
    }
    this.#waiting += values.length;
    if (this.#last) {
      this.#queue(this.#last.then(() => this.#carryOut(values)));
    } else {
      const underWay = this.#carryOut(values);
      if (underWay) this.#queue(underWay);
    }
  }

  /** Resolves when everything that was taken is done. */
  async settled(): Promise<void> {
    while (this.#waiting > 0) await new Promise<void>((resolve) => this.#onSettled.push(resolve));
  }

  /** The connection has ended: what it said before is still kept, but it enters no more rooms. */
  end(): void {
    this.#ended = true;
  }

  #queue(underWay: Promise<void>): void {
    this.#last = underWay;
    underWay.then(() => {
      if (this.#last === underWay) this.#last = undefined;
    });
  }

  /** Resolves when the next frame may begin; undefined says at once. */
  #carryOut(values: unknown[]): Promise<void> | undefined {
    const done = this.#inOrder(values);
    return values.length === 1 && isQuickPost(values[0]) ? undefined : done;
  }

  /** Strictly one after the other; a refused post stops the rest, as what follows may build on it. */
  async #inOrder(values: unknown[]): Promise<void> {
    let stopped = false;
    for (const value of values) {
      try {
        if (stopped) {
          throw new Refusal("not_carried_out", "An earlier command of the same frame was refused.");
        }
        await this.#run(value);
      } catch (refusal) {
        this.#refuse(refusal, value);
        stopped ||= isPost(value);
      }
      this.#done();
    }
  }

  #done(): void {
    if (--this.#waiting > 0) return;
    for (const resolve of this.#onSettled.splice(0)) resolve();
  }

  /** Throws or rejects with what is refused. */
  #run(value: unknown): Promise<unknown> | void {
    const { client, domain } = this;
    const command = parseCommand(value, domain.limiter.sizes);
    switch (command.type) {
      case "chat":
        return this.#post(command);
      case "edit":
      case "delete":
      case "react":
      case "pin":
        return this.#change(command);
      case "read": {
        const { room, upTo, unread } = command;
        return domain.lists.read(client.identity, room, upTo, unread ?? false);
      }
      case "watch":
        // Nobody would end it: the connection was forgotten when it ended.
        if (this.#ended) return;
        return domain.people.watch(client, command.people);
      case "away":
        return domain.people.setAway(client, command.away);
      case "join":
        if (this.#ended) return;
        return domain.attendance.join(
          client,
          client.identity,
          command.room,
          command.since,
          (joined) => client.send([joined]),
        );
      case "leave":
        return domain.attendance.leave(client, client.identity.user, command.room);
      case "typing":
        return domain.chat.typing(client.identity, command.room);
      case "token":
        return client.renew(command.token);
    }
  }

  /** The author's own copy is the acknowledgement: here only where the fan-out does not bring it. */
  async #post(command: ChatCommand | DirectCommand): Promise<void> {
    this.#acknowledge(await say(this.domain, this.client.identity, command));
  }

  async #change(change: Change): Promise<void> {
    this.#acknowledge(await this.domain.messages.change(this.client.identity, change));
  }

  #acknowledge({ event, repeated }: Appended): void {
    if (repeated || !this.client.rooms.has(event.room)) this.client.send([event]);
  }

  #refuse(error: unknown, value: unknown): void {
    const refusal = asRefusal(error, this.log);
    if (this.#ended) return;
    try {
      // What follows a refused post in its array is part of the same refusal.
      if (refusal.code !== "not_carried_out") this.domain.limiter.refusal(this.client.identity);
    } catch (tooMany) {
      this.#tell(asRefusal(tooMany, this.log), undefined);
      this.client.close(CLOSE.rateLimited);
      return;
    }
    this.#tell(refusal, value);
  }

  #tell({ code, message, retryAfter, details }: Refusal, value: unknown): void {
    const event: ErrorEvent = { type: "error", code, message, ...details };
    const { id, room } = (value ?? {}) as { id?: unknown; room?: unknown };
    // Echoed only where they can be the client's own words for something, never at any length.
    if (typeof id === "string" && id.length <= this.domain.limiter.sizes.idBytes) event.id = id;
    if (typeof room === "string" && room.length <= 65) event.room = room;
    if (retryAfter !== undefined) event.retryAfter = retryAfter;
    this.client.send([event]);
  }
}

function isPost(value: unknown): boolean {
  return typeof value === "object" && value !== null &&
    (value as { type?: unknown }).type === "chat";
}

/** Whether a value is a post for which nothing has to be looked up that a later one could overtake. */
function isQuickPost(value: unknown): boolean {
  if (!isPost(value)) return false;
  const { to, replyTo, mentions } = value as Record<string, unknown>;
  return to === undefined && replyTo === undefined && mentions === undefined;
}
