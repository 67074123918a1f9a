/**
 * Pages of a room in which every message has fifty reactions, next to one without any: from the store and
 * over HTTP, for somebody who never reacted and for one of the fifty. Printed by `store_bench.ts`.
 */

import { DatabaseSync } from "node:sqlite";
import type { Store } from "../../server/store.ts";
import { openSqliteStore } from "../../server/store_sqlite.ts";
import { BatchWriter } from "../../server/store_sqlite_batch.ts";
import { withOwnReactions } from "../../server/own_reactions.ts";
import { signIn } from "../support/client.ts";
import { serveInProcess } from "../support/in_process.ts";
import { type Spread, spread } from "./spread.ts";
import { draft, fill } from "./store_load.ts";
import { reading } from "./store_lists.ts";

const EMOJI = ["👍", "🌱", "🎉", "❤️", "😄"];
const REACTIONS = 50;
/** One message in so many has an emoji in its text too, as people write. */
const EMOJI_EVERY = 10;
const PAGE = 50;
const TURNS = 1_000;

/** Room → how it is called here. */
const ROOMS = [["plain", "no reactions"], ["reacted", "50 reactions each"]] as const;
const READERS = [["user-nobody", "read by a stranger"], [personAt(0), "by one of the 50"]] as const;

function personAt(index: number): string {
  return `user-${index}-0123456789abcdef`;
}

/** Fills both rooms. Millions of reactions come faster as rows than through the log. */
async function prepare(path: string, messages: number): Promise<void> {
  await (await openSqliteStore({ path, onProblem: console.error })).close();
  for (const [room] of ROOMS) {
    fill(path, room, messages, (index) => {
      const said = draft(room);
      return index % EMOJI_EVERY === 0 ? { ...said, message: `${said.message} 🌱` } : said;
    });
  }
  const database = new DatabaseSync(`${path}/parlor.db`);
  new BatchWriter(database).write(Array.from({ length: REACTIONS }, (_, index) => ({
    draft: {
      type: "react",
      room: "reacted",
      id: crypto.randomUUID(),
      user: { id: personAt(index), name: `Person ${index}` },
      target: 1,
      emoji: EMOJI[index % EMOJI.length]!,
      on: true,
    },
    timestamp: Date.now(),
  })));
  const first = "room_key = (SELECT key FROM rooms WHERE room = 'reacted') AND seq = 1";
  database.exec(`
    INSERT INTO reactions (room_key, seq, emoji, user_id, reactor_key)
      SELECT events.room_key, events.seq, one.emoji, one.user_id, one.reactor_key
      FROM events JOIN (SELECT * FROM reactions WHERE ${first}) AS one USING (room_key)
      WHERE type = 'chat' AND events.seq > 1;
    UPDATE events SET reactions = (SELECT reactions FROM events WHERE ${first})
      WHERE type = 'chat' AND room_key = (SELECT key FROM rooms WHERE room = 'reacted')`);
  database.close();
}

/** A way to ask for the page before a position; resolves to its length in bytes as JSON. */
type AskPage = (room: string, before: number) => Promise<number>;

/** Turn about, so that whatever else the machine does falls on both rooms alike. */
async function timePages(messages: number, ask: AskPage): Promise<[string, Spread][]> {
  const times = new Map<string, number[]>(ROOMS.map(([room]) => [room, []]));
  let bytes = new Map<string, number>();
  for (let turn = 0; turn < TURNS; turn++) {
    const before = PAGE + 1 + Math.floor(Math.random() * (messages - PAGE));
    bytes = new Map();
    for (const [room] of turn % 2 ? ROOMS.toReversed() : ROOMS) {
      const begun = performance.now();
      bytes.set(room, await ask(room, before));
      times.get(room)!.push(performance.now() - begun);
    }
  }
  return ROOMS.map(([room, name]) => [
    `${name}, ${(bytes.get(room)! / 1_000).toFixed(1)} kB`,
    spread(times.get(room)!),
  ]);
}

export async function timeReactions(path: string, messages: number): Promise<[string, Spread][]> {
  await prepare(path, messages);
  return await reading(path, async (store) => {
    const results: [string, Spread][] = [];
    for (const [reader, name] of READERS) {
      const timed = await timePages(messages, fromStore(store, reader));
      results.push(...timed.map(([room, times]): [string, Spread] => [`${room}, ${name}`, times]));
    }
    await using server = await serveInProcess({}, { store });
    const { token } = await signIn(server.url, "Stranger");
    const overHttp = await timePages(messages, overHttpAt(server.url, store.epoch, token));
    results.push(...overHttp.map(([room, times]): [string, Spread] => [`${room}, HTTP`, times]));
    return results;
  });
}

function fromStore(store: Store, reader: string): AskPage {
  const encoder = new TextEncoder();
  return async (room, before) => {
    const page = await store.page(room, { at: "before", seq: before }, PAGE);
    const messages = await withOwnReactions(
      store,
      { user: { id: reader, name: reader } },
      room,
      page.messages,
    );
    return encoder.encode(JSON.stringify({ ...page, messages })).length;
  };
}

function overHttpAt(url: string, epoch: string, token: string): AskPage {
  const headers = { authorization: `Bearer ${token}` };
  return async (room, before) => {
    const query = `limit=${PAGE}&before=${epoch}:${before}`;
    const address = new URL(`/api/rooms/${room}/messages?${query}`, url);
    const response = await fetch(address, { headers });
    return (await response.bytes()).length;
  };
}
