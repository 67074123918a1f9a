/** A reader of server-sent events, as a browser or curl is one, which reads only when asked to. */

import type { ServerEvent } from "../../server/protocol.ts";
import { within } from "./deadline.ts";

/** One server-sent event. */
export interface Sent {
  /** Absent where the reader keeps the id that it has. */
  id?: string;
  events: ServerEvent[];
}

export class EventSourceReader implements AsyncDisposable {
  /** The last id received. */
  lastEventId: string | undefined;
  /** Everything received so far. */
  readonly received: ServerEvent[] = [];
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = "";

  private constructor(body: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#reader = body.pipeThrough(new TextDecoderStream()).getReader();
  }

  /**
   * Opens a stream; rejects with the answer where it is refused.
   *
   * @param rooms as in the address, separated by commas
   * @param query further parameters, such as `since=x:1,2`
   */
  static async open(
    url: string,
    rooms: string,
    { lastEventId, query = "" }: { lastEventId?: string | undefined; query?: string } = {},
  ): Promise<EventSourceReader> {
    const headers: Record<string, string> = lastEventId ? { "last-event-id": lastEventId } : {};
    const response = await fetch(new URL(`/api/events?rooms=${rooms}&${query}`, url), { headers });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return new EventSourceReader(response.body!);
  }

  /** The next event, or undefined where the stream has ended. */
  async next(): Promise<Sent | undefined> {
    return await within(this.#next(), () => `Nothing came; unread is ${this.#text}`);
  }

  /** Reads until one of the received events is as wanted; undefined where the stream ends before. */
  async until(wanted: (event: ServerEvent) => boolean): Promise<ServerEvent | undefined> {
    for (let sent = await this.next(); sent; sent = await this.next()) {
      const found = sent.events.find(wanted);
      if (found) return found;
    }
  }

  async #next(): Promise<Sent | undefined> {
    let end = this.#text.indexOf("\n\n");
    while (end < 0) {
      const { value, done } = await this.#reader.read();
      if (done) return undefined;
      this.#text += value;
      end = this.#text.indexOf("\n\n");
    }
    const sent: Sent = { events: [] };
    for (const line of this.#text.slice(0, end).split("\n")) {
      if (line.startsWith("id: ")) this.lastEventId = sent.id = line.slice(4);
      if (line.startsWith("data: ")) sent.events = JSON.parse(line.slice(6));
    }
    this.#text = this.#text.slice(end + 2);
    this.received.push(...sent.events);
    return sent;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader.cancel();
  }
}
