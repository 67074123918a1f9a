/** What was deleted is gone: from everything that can be asked for, and from the disk. */

import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Message } from "../../server/protocol.ts";
import { connect } from "../support/client.ts";
import { EventSourceReader } from "../support/event_source.ts";
import { serveInProcess } from "../support/in_process.ts";
import { done, people, type SignedIn } from "../support/message_ways.ts";
import { temporaryFolder } from "../support/temporary.ts";

const ROOM = "lobby";
/** In every text that is deleted, and in none that stays. */
const SECRET = "xyzzy";

/** Says and changes what is deleted then, beside what stays; resolves to who did. */
async function sayAndDelete(url: string): Promise<SignedIn> {
  const [ann, ben] = await people(url, "Ann", "Ben") as [SignedIn, SignedIn];
  const say = (id: string, message: string) => done(ann, { type: "chat", id, room: ROOM, message });
  await say("stays", "this is plugh and stays");
  await say("short", `${SECRET}-short @ann`);
  await say("long", `${SECRET}-long `.repeat(1_000));
  for (let index = 0; index < 5; index++) {
    for (const target of [2, 3]) {
      const message = `${SECRET}-edit-${index} `.repeat(target === 3 ? 500 : 1);
      await done(ann, { type: "edit", id: `edit-${target}-${index}`, room: ROOM, target, message });
    }
  }
  await done(ben, { type: "react", id: "react", room: ROOM, target: 2, emoji: "🎉", on: true });
  await done(ben, { type: "pin", id: "pin", room: ROOM, target: 3, on: true });
  await done(ben, { type: "chat", id: "reply", room: ROOM, message: "what", replyTo: 2 });
  for (const target of [2, 3]) {
    await done(ann, { type: "delete", id: `delete-${target}`, room: ROOM, target });
  }
  return ann;
}

Deno.test("nothing that can be asked for has the text of a deleted message or of its edits", async () => {
  using folder = temporaryFolder();
  for (const data of [":memory:", folder.path]) {
    await using server = await serveInProcess({ data });
    const { url } = server;
    const { token } = await sayAndDelete(url);
    const headers = { authorization: `Bearer ${token}` };
    const answers: string[] = [];
    const ask = async (path: string) => {
      const response = await fetch(new URL(path, url), { headers });
      assertEquals(response.status, 200, path);
      const text = await response.text();
      answers.push(text);
      return JSON.parse(text);
    };
    const { cursor, messages } = await ask(`/api/rooms/${ROOM}/messages`);
    const epoch = cursor.split(":")[0];
    const shown = messages.map(({ seq, message, deleted }: Message) => [
      seq,
      message,
      deleted === true,
    ]);
    assertEquals(shown, [
      [1, "this is plugh and stays", false],
      [2, "", true],
      [3, "", true],
      [16, "what", false],
    ]);
    await ask(`/api/rooms/${ROOM}/messages?around=${epoch}:2`);
    await ask(`/api/rooms/${ROOM}/messages?seqs=1,2,3`);
    await ask(`/api/rooms/${ROOM}/pins`);
    const { events } = await ask(`/api/rooms/${ROOM}/events?after=${epoch}:0`);
    assertEquals(events.length, 18);
    await using client = await connect(url, { token });
    client.send({ type: "join", room: ROOM });
    answers.push(JSON.stringify(await client.nextOf("joined")));
    client.send({ type: "join", room: ROOM, since: `${epoch}:0` });
    const joined = await client.nextOf("joined");
    assertEquals(joined.events?.length, 18);
    answers.push(JSON.stringify(joined));
    await using stream = await EventSourceReader.open(url, ROOM, { query: `since=${epoch}:0` });
    await stream.until((event) => event.type === "joined");
    answers.push(JSON.stringify(stream.received));
    // The retry of what was deleted is answered with what is left of it.
    const again = {
      type: "chat" as const,
      room: ROOM,
      id: "short",
      message: `${SECRET}-short @ann`,
    };
    answers.push(JSON.stringify(await done({ url, token }, again)));
    for (const answer of answers) assert(!answer.includes(SECRET), answer);
  }
});

Deno.test("after a checkpoint no byte of a deleted text is left in the database's files", async () => {
  using folder = temporaryFolder();
  {
    await using server = await serveInProcess({ data: folder.path });
    await sayAndDelete(server.url);
  }
  const database = new DatabaseSync(join(folder.path, "parlor.db"));
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
  let found = "";
  for (const { name, isFile } of Deno.readDirSync(folder.path)) {
    if (isFile) {
      found += new TextDecoder("latin1").decode(Deno.readFileSync(join(folder.path, name)));
    }
  }
  assert(found.includes("this is plugh and stays"), "what stays is there to be found");
  const place = found.indexOf(SECRET);
  assertEquals(place, -1, found.slice(Math.max(0, place - 100), place + 100));
});
