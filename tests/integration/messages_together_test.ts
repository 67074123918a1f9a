/** Several people at the same messages at once: everybody ends with the same picture. */

import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import type { LogCommand, LogEvent, Message, ServerEvent } from "../../server/protocol.ts";
import { type Client, connect } from "../support/client.ts";
import { EventSourceReader } from "../support/event_source.ts";
import { history, type HistoryPage } from "../support/http.ts";
import { type InProcessServer, serveInProcess } from "../support/in_process.ts";
import { done, people, type SignedIn } from "../support/message_ways.ts";
import { assertStandAs, StandingRoom, standingRoom } from "../support/standing_room.ts";
import { temporaryFolder } from "../support/temporary.ts";

const EMOJI = ["👍", "🎉", "❤️"];

/** A command that still needs its id and room. */
type Doing = { [field: string]: unknown; type: LogCommand["type"] };

/** Somebody's connection in a room. */
async function enter({ url, token }: SignedIn, room: string, since?: string): Promise<Client> {
  const client = await connect(url, { token });
  client.send({ type: "join", room, ...since === undefined ? {} : { since } });
  await client.nextOf("joined");
  return client;
}

/**
 * Everybody sends all that they do without waiting for anything, each in frames of their own. Resolves to
 * what each has received when all of it has reached all of them.
 */
async function doTogether(
  clients: readonly Client[],
  room: string,
  doings: readonly (readonly Doing[])[],
): Promise<(readonly ServerEvent[])[]> {
  const markers = clients.map((_, index) => `${room}-end-${index}`);
  clients.forEach((client, index) => {
    const commands = doings[index]!.map((doing, number) => ({
      id: `${room}-${index}-${number}`,
      room,
      ...doing,
    }));
    for (const command of commands) client.sendRaw(JSON.stringify(command));
    // A change is done before what comes after it, so this says that all is done.
    client.send({ type: "chat", id: markers[index]!, room, message: "done" });
  });
  return await Promise.all(clients.map(async (client) => {
    const missing = new Set(markers);
    while (missing.size > 0) missing.delete((await client.nextOf("chat")).id);
    return client.received;
  }));
}

/** Two people at one message of Ann's; whatever the order, the picture is one. */
async function together(
  server: InProcessServer,
  room: string,
  anns: readonly Doing[],
  bens: readonly Doing[],
): Promise<{ message: Message; events: LogEvent[] }> {
  const [ann, ben] = await people(server.url, `Ann ${room}`, `Ben ${room}`) as [SignedIn, SignedIn];
  await done(ann, { type: "chat", id: "one", room, message: "one" });
  await using first = await enter(ann, room);
  await using second = await enter(ben, room);
  await using stream = await EventSourceReader.open(server.url, room);
  await stream.until((event) => event.type === "joined");
  const received = await doTogether([first, second], room, [anns, bens]);
  const { cursor } = await history(server.url, room);
  while (standingRoom(stream.received, room).cursor !== cursor) await stream.next();
  const seen = [...received, stream.received].map(async (one, index) => {
    const who = [ann, ben][index];
    const { messages } = await history(server.url, room, "", who?.token);
    const standing = standingRoom(one, room, who?.user.id);
    assertEquals(standing.faults, []);
    assertStandAs(messages, standing.messages);
    return { message: messages[0]!, events: standing.events };
  });
  return (await Promise.all(seen)).at(-1)!;
}

for (const kept of ["in memory", "on the disk"] as const) {
  Deno.test(`two people editing, reacting to and deleting one message at once see the same, kept ${kept}`, async (test) => {
    using folder = temporaryFolder();
    const data = kept === "in memory" ? ":memory:" : folder.path;
    await using server = await serveInProcess({ data });
    const edit = (message: string) => ({ type: "edit" as const, target: 1, message });
    const react = (emoji: string, on = true) => ({ type: "react" as const, target: 1, emoji, on });
    const pin = (on: boolean) => ({ type: "pin" as const, target: 1, on });

    await test.step("edits against reactions", async () => {
      const { message } = await together(
        server,
        "edits",
        Array.from({ length: 20 }, (_, index) => edit(`text ${index}`)),
        [react("👍"), react("👍", false), react("🎉"), react("👍")],
      );
      assertEquals(message.message, "text 19");
      assertEquals(message.reactions?.map(({ emoji, count }) => [emoji, count]), [
        ["🎉", 1],
        ["👍", 1],
      ]);
    });
    await test.step("both toggle the same reaction and the pin", async () => {
      const toggles = [true, false, true, false, true].flatMap((on) => [react("🎉", on), pin(on)]);
      const { message } = await together(server, "toggles", toggles, toggles);
      assertEquals(message.reactions?.map(({ emoji, count }) => [emoji, count]), [["🎉", 2]]);
      assertEquals(message.pinned, true);
    });
    await test.step("a deletion in the middle of all that", async () => {
      const { message, events } = await together(
        server,
        "deletion",
        [edit("a"), edit("b"), pin(true), { type: "delete", target: 1 }, edit("c")],
        [...EMOJI, ...EMOJI].map((emoji) => react(emoji)),
      );
      assertEquals([message.message, message.deleted], ["", true]);
      assertEquals([message.reactions, message.pinned, message.edited], [
        undefined,
        undefined,
        undefined,
      ]);
      const deletion = events.find(({ type }) => type === "delete")!;
      const after = events.filter(({ seq }) => seq > deletion.seq);
      assertEquals(after.filter((event) => "target" in event), []);
    });
  });
}

const target = fc.integer({ min: 1, max: 7 });
const doing: fc.Arbitrary<Doing> = fc.oneof(
  fc.record({
    type: fc.constant("chat" as const),
    message: fc.constantFrom("hi", "@p0 and @p1", "🌱"),
    replyTo: fc.option(target, { nil: undefined }),
  }),
  fc.record({ type: fc.constant("edit" as const), target, message: fc.string({ minLength: 1 }) }),
  fc.record({ type: fc.constant("delete" as const), target }),
  fc.record({
    type: fc.constant("react" as const),
    target,
    emoji: fc.constantFrom(...EMOJI),
    on: fc.boolean(),
  }),
  fc.record({ type: fc.constant("pin" as const), target, on: fc.boolean() }),
);

Deno.test("whatever three people do at once, everybody ends with the same messages, also who comes back or only reads", async () => {
  await using server = await serveInProcess();
  const three = await people(server.url, "p0", "p1", "p2");
  let run = 0;
  const property = fc.asyncProperty(
    fc.tuple(...three.map(() => fc.array(doing, { maxLength: 12 }))),
    fc.nat(),
    async (doings, place) => {
      const room = `run-${run++}`;
      for (const [index, who] of three.entries()) {
        await done(who, { type: "chat", id: `${room}-${index}`, room, message: `of ${index}` });
      }
      const clients = await Promise.all(three.map((who) => enter(who, room)));
      try {
        const received = await doTogether(clients, room, doings);
        const pages = await Promise.all(
          three.map(({ token }) => history(server.url, room, "limit=200", token)),
        );
        for (const [index, { user }] of three.entries()) {
          const { messages, faults } = standingRoom(received[index]!, room, user.id);
          assertEquals(faults, []);
          assertStandAs(pages[index]!.messages, messages);
        }
        const [first, second] = pages as [HistoryPage, HistoryPage, HistoryPage];
        // Somebody who was away from some position on, and somebody who comes only now.
        const [epoch, head] = first.cursor.split(":") as [string, string];
        const since = `${epoch}:${3 + place % (Number(head) - 2)}`;
        const away = new StandingRoom(room, three[0]!.user.id);
        const seq = Number(since.split(":")[1]);
        for (const event of received[0]!) {
          if (!("seq" in event) || event.seq <= seq) away.take(event);
        }
        await using back = await enter(three[0]!, room, since);
        for (const event of back.received) away.take(event);
        assertEquals(away.faults, []);
        assertStandAs(first.messages, away.messages);
        await using late = await enter(three[1]!, room);
        const { messages } = standingRoom(late.received, room, three[1]!.user.id);
        assertEquals(messages, second.messages);
      } finally {
        for (const client of clients) await client.close();
      }
    },
  );
  await fc.assert(property, { seed: 20_261_121, numRuns: 40 });
});
