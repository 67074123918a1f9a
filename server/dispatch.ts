/** One connection's frames → commands → the domain, in order. The one catch that makes error events. */

import type { Chat } from "./chat.ts";
import { asRefusal } from "./errors.ts";
import type { Identity } from "./identity.ts";
import type { Log } from "./log.ts";
import type { Peer } from "./peer.ts";
import {
  CLOSE,
  type Command,
  type ErrorEvent,
  parseCommand,
  parseFrame,
  Refusal,
  type ServerEvent,
} from "./protocol.ts";

/** A connection that speaks `parlor.v1`. */
export interface Client extends Peer {
  readonly identity: Identity;
  /** Goes on with a newer token of the same user. */
  renew(token: string): Promise<void>;
  /** Sends events to this connection alone. */
  send(events: readonly ServerEvent[]): void;
}

/**
 * Carries out the commands of one connection in the order in which they came. Posts do not wait for
 * each other's commit: the store keeps the order of its calls, so one connection fills a whole
 * transaction. Everything else, and every array, is finished before the next frame begins.
 */
export class Dispatch {
  #waiting = 0;
  #ended = false;
  /** The frame under way that later ones wait for. */
  #last: Promise<void> | undefined;

  constructor(
    private readonly client: Client,
    private readonly chat: Chat,
    private readonly log: Log,
  ) {}

  /** Takes one text frame. Never throws. */
  receive(text: string): void {
    let values: unknown[];
    try {
      values = parseFrame(text, this.chat.limits);
    } catch (error) {
      this.#refuse(error, undefined);
      return;
    }
    this.#waiting += values.length;
    if (this.#waiting > this.chat.limits.commandsWaiting) {
      this.client.close(CLOSE.flooding);
      return;
    }
    if (this.#last) {
      this.#queue(this.#last.then(() => this.#carryOut(values)));
    } else {
      const underWay = this.#carryOut(values);
      if (underWay) this.#queue(underWay);
    }
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
    if (values.length !== 1) return this.#inOrder(values);
    const value = values[0];
    const done = this.#one(value).then((refusal) => {
      this.#waiting--;
      if (refusal) this.#refuse(refusal, value);
    });
    return isPost(value) ? undefined : done;
  }

  /** Strictly one after the other; a refused post stops the rest, as what follows may build on it. */
  async #inOrder(values: unknown[]): Promise<void> {
    let stopped = false;
    for (const value of values) {
      const refusal = stopped
        ? new Refusal("not_carried_out", "An earlier command of the same frame was refused.")
        : await this.#one(value);
      this.#waiting--;
      if (!refusal) continue;
      this.#refuse(refusal, value);
      stopped ||= isPost(value);
    }
  }

  /** Starts at once and resolves to what went wrong. */
  async #one(value: unknown): Promise<unknown> {
    try {
      await this.#run(parseCommand(value, this.chat.limits));
    } catch (error) {
      return error;
    }
  }

  #run(command: Command): Promise<void> | void {
    const { client, chat } = this;
    switch (command.type) {
      case "chat":
        return this.#post(command);
      case "join":
        if (this.#ended) return;
        return chat.join(
          client,
          client.identity,
          command.room,
          command.since,
          (joined) => client.send([joined]),
        );
      case "leave":
        return chat.leave(client, client.identity.user, command.room);
      case "typing":
        return chat.typing(client.identity, command.room);
      case "token":
        return client.renew(command.token);
    }
  }

  /** The author's own copy is the acknowledgement: here only where the fan-out does not bring it. */
  async #post({ id, room, message }: Command & { type: "chat" }): Promise<void> {
    const { client, chat } = this;
    const { event, repeated } = await chat.post(client.identity, { id, room, message });
    if (repeated || !client.rooms.has(room)) client.send([event]);
  }

  #refuse(error: unknown, value: unknown): void {
    const refusal = asRefusal(error, this.log);
    if (this.#ended) return;
    try {
      // What follows a refused post in its array is part of the same refusal.
      if (refusal.code !== "not_carried_out") this.chat.refused(this.client.identity);
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
    if (typeof id === "string" && id.length <= this.chat.limits.idBytes) event.id = id;
    if (typeof room === "string" && room.length <= 65) event.room = room;
    if (retryAfter !== undefined) event.retryAfter = retryAfter;
    this.client.send([event]);
  }
}

function isPost(value: unknown): boolean {
  return typeof value === "object" && value !== null &&
    (value as { type?: unknown }).type === "chat";
}
