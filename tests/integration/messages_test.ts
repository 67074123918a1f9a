/** What people do with messages, by every way in, and how everybody else learns of it. */

import { assertEquals, assertLess } from "@std/assert";
import type { LogCommand, LogEvent, Message, ServerEvent } from "../../server/protocol.ts";
import { connect, connectPlain } from "../support/client.ts";
import { EventSourceReader } from "../support/event_source.ts";
import { history } from "../support/http.ts";
import { type InProcessServer, serveInProcess } from "../support/in_process.ts";
import { done, people, type SignedIn, WAYS } from "../support/message_ways.ts";
import { standingRoom } from "../support/standing_room.ts";

/** Everything that can be done with the message `one`, as somebody else said `two` after it. */
function actions({ user }: SignedIn): [what: string, command: LogCommand, becomes: Message[]][] {
  const id = "action";
  const place = { id, room: "lobby", target: 1 };
  const one = { type: "chat", room: "lobby", seq: 1, user, id: "one", message: "one" } as Message;
  const said = { type: "chat", room: "lobby", seq: 3, user, id } as Message;
  const reactions = [{ emoji: "👍🏽", count: 1, people: [user] }];
  return [
    ["an edit", { type: "edit", ...place, message: "first" }, [
      { ...one, message: "first", edited: 3 },
    ]],
    ["a deletion", { type: "delete", ...place }, [{ ...one, message: "", deleted: true }]],
    ["a reaction", { type: "react", ...place, emoji: "👍🏽", on: true }, [{ ...one, reactions }]],
    ["a pin", { type: "pin", ...place, on: true }, [{ ...one, pinned: true }]],
    ["a reply", { type: "chat", id, room: "lobby", message: "yes", replyTo: 1 }, [
      one,
      { ...said, message: "yes", replyTo: 1 },
    ]],
    ["a mention", { type: "chat", id, room: "lobby", message: "@ann and I" }, [
      one,
      { ...said, message: "@ann and I", mentions: [{ id: user.id, name: "ann" }] },
    ]],
  ];
}

/** Times as whether there is one, as their values are the clock's. */
function withoutTimes(messages: readonly Message[]): unknown[] {
  return messages.filter(({ id }) => id !== "two").map(({ timestamp: _, edited, ...rest }) => ({
    ...rest,
    edited: edited !== undefined,
  }));
}

/** Ann has said `one` and Ben `two`, and Ann is in the room. */
async function begin(server: InProcessServer) {
  const [ann, ben] = await people(server.url, "Ann", "Ben") as [SignedIn, SignedIn];
  await done(ann, { type: "chat", id: "one", room: "lobby", message: "one" });
  await done(ben, { type: "chat", id: "two", room: "lobby", message: "two" });
  const present = await connect(server.url, { token: ann.token });
  present.send({ type: "join", room: "lobby" });
  await present.nextOf("joined");
  return { ann, ben, present };
}

const NAMES = ["an edit", "a deletion", "a reaction", "a pin", "a reply", "a mention"];

for (const [wayName, way] of WAYS) {
  for (const name of NAMES) {
    Deno.test(`${name} by ${wayName} reaches sockets, streams, long-polls and pages alike, and once`, async () => {
      await using server = await serveInProcess();
      const { ann, ben, present } = await begin(server);
      await using _present = present;
      const [, command, becomes] = actions(ann).find(([what]) => what === name)!;
      await using socket = await connect(server.url, { token: ben.token });
      socket.send({ type: "join", room: "lobby" });
      const { cursor } = await socket.nextOf("joined");
      await using stream = await EventSourceReader.open(server.url, "lobby");
      await stream.until((event) => event.type === "joined");
      const poll = fetch(`${server.url}/api/rooms/lobby/events?after=${cursor}&wait=20`);

      const { event, code } = await way(ann, command);
      assertEquals(code, undefined);
      assertEquals([event!.type, event!.seq, event!.id, event!.user], [
        command.type,
        3,
        "action",
        ann.user,
      ]);
      const again = await way(ann, command);
      assertEquals(again.event, event, "a retry is the same event");

      await done(ben, { type: "chat", id: "last", room: "lobby", message: "two" });
      const isLast = (event: ServerEvent) => event.type === "chat" && event.id === "last";
      await present.next(isLast);
      await socket.next(isLast);
      await stream.until(isLast);
      const polled: { events: LogEvent[] } = await (await poll).json();
      assertEquals(polled.events, [event!]);
      const page = await history(server.url);
      const wanted = withoutTimes(becomes);
      for (
        const [received, reader] of [
          [present.received, ann],
          [socket.received, ben],
          [stream.received, undefined],
        ] as const
      ) {
        const { messages, faults, events } = standingRoom(received, "lobby", reader?.user.id);
        assertEquals(faults, []);
        assertEquals(events.map(({ seq }) => seq), [3, 4]);
        assertEquals(events[0], event!);
        const own = await history(server.url, "lobby", "", reader?.token);
        assertEquals(messages, own.messages);
      }
      assertEquals(withoutTimes(page.messages.filter(({ id }) => id !== "last")), wanted);
    });
  }
}

Deno.test("plain sockets see what is said, replies too, and nothing of what is done with it", async () => {
  await using server = await serveInProcess();
  const { ann, present } = await begin(server);
  await using _present = present;
  await using text = await connectPlain(`${server.url}/?room=lobby`);
  await using json = await connectPlain(`${server.url}/chat?room=lobby`);
  // Their own frames tell that both are in the room.
  text.send("here");
  assertEquals(JSON.parse(await json.next() as string).message, "here");
  json.send("too");
  await text.next();
  for (const [what, command] of actions(ann)) {
    if (what !== "a deletion") await done(ann, { ...command, id: crypto.randomUUID() });
  }
  await done(ann, { type: "delete", id: "deletion", room: "lobby", target: 1 });
  await done(ann, { type: "chat", id: "end", room: "lobby", message: "end" });
  assertEquals(await text.next(), "Ann: yes");
  assertEquals(await text.next(), "Ann: @ann and I");
  assertEquals(await text.next(), "Ann: end");
  const texts = [];
  for (let count = 0; count < 3; count++) texts.push(JSON.parse(await json.next() as string));
  assertEquals(texts.map(({ type, user, message }) => [type, user, message]), [
    ["chat", "Ann", "yes"],
    ["chat", "Ann", "@ann and I"],
    ["chat", "Ann", "end"],
  ]);
});

Deno.test("who was away comes back with a cursor to exactly what was done meanwhile", async () => {
  await using server = await serveInProcess();
  const { ann, ben, present } = await begin(server);
  await using _present = present;
  let cursor: string;
  let before: readonly ServerEvent[];
  let lastEventId: string;
  {
    await using away = await connect(server.url, { token: ben.token });
    away.send({ type: "join", room: "lobby" });
    ({ cursor } = await away.nextOf("joined"));
    before = [...away.received];
    await using stream = await EventSourceReader.open(server.url, "lobby");
    await stream.until((event) => event.type === "joined");
    lastEventId = stream.lastEventId!;
  }
  const room = "lobby";
  const events: LogEvent[] = [];
  for (
    const command of [
      { type: "react", id: "1", room, target: 2, emoji: "🎉", on: true },
      { type: "edit", id: "2", room, target: 1, message: "first" },
      { type: "pin", id: "3", room, target: 2, on: true },
      { type: "chat", id: "4", room, message: "new" },
      { type: "react", id: "5", room, target: 2, emoji: "🎉", on: false },
      { type: "react", id: "6", room, target: 6, emoji: "❤️", on: true },
      { type: "pin", id: "7", room, target: 2, on: false },
      { type: "delete", id: "8", room, target: 1 },
    ] as LogCommand[]
  ) events.push(await done(ann, command));
  // What was edited before it was deleted comes without the text, in its place.
  const { type, seq, timestamp, user, id } = events[1]!;
  events[1] = { type, room, seq, timestamp, user, id, target: 1, message: "", deleted: true } as
    & LogEvent
    & { type: "edit" };

  await using back = await connect(server.url, { token: ben.token });
  back.send({ type: "join", room, since: cursor });
  const joined = await back.nextOf("joined");
  assertEquals(joined.events, events);
  const page = await history(server.url);
  assertEquals(standingRoom([...before, ...back.received]).messages, page.messages);

  await using stream = await EventSourceReader.open(server.url, room, { lastEventId });
  const replayed = await stream.until((event) => event.type === "joined");
  assertEquals(replayed?.type === "joined" && replayed.events, events);
  const polled = await fetch(`${server.url}/api/rooms/lobby/events?after=${cursor}`);
  assertEquals((await polled.json()).events, events);
});

Deno.test("putting on what is on, and taking off what is off, changes nothing", async () => {
  await using server = await serveInProcess();
  const { ann, ben, present } = await begin(server);
  await using _present = present;
  const put = (who: SignedIn, on: boolean, target = 1) =>
    done(who, { type: "react", id: crypto.randomUUID(), room: "lobby", target, emoji: "🌱", on });
  const pin = (on: boolean) =>
    done(ann, { type: "pin", id: crypto.randomUUID(), room: "lobby", target: 1, on });
  for (const who of [ann, ben, ann]) await put(who, true);
  await pin(true);
  await pin(true);
  const [stands] = (await history(server.url)).messages;
  assertEquals(stands!.reactions, [{ emoji: "🌱", count: 2, people: [ann.user, ben.user] }]);
  assertEquals(stands!.pinned, true);
  for (const who of [ann, ann, ben]) await put(who, false);
  await pin(false);
  await pin(false);
  const [after] = (await history(server.url)).messages;
  assertEquals([after!.reactions, after!.pinned], [undefined, undefined]);
  // The last event moves everybody to the end of the log, whatever it changed.
  const last = await put(ben, false, 2);
  await present.next((event) => "id" in event && event.id === last.id);
  assertEquals(standingRoom(present.received).messages, (await history(server.url)).messages);
});

Deno.test("a reaction stays somebody's who is renamed: it counts once, and they can take it off", async () => {
  await using server = await serveInProcess();
  const { ann, present } = await begin(server);
  await using _present = present;
  const put = (id: string, on: boolean) =>
    done(ann, { type: "react", id, room: "lobby", target: 2, emoji: "👍", on });
  await put("as-ann", true);
  const renamed = await fetch(`${server.url}/api/session`, {
    method: "POST",
    headers: { authorization: `Bearer ${ann.token}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "Anna" }),
  });
  assertEquals((await renamed.json()).user, { id: ann.user.id, name: "Anna" });
  assertEquals((await put("as-anna", true)).user.name, "Anna");
  const stands = async () => (await history(server.url)).messages[1]!.reactions;
  assertEquals((await stands())?.map(({ count }) => count), [1]);
  // The retry of what was done under the former name is still the same.
  assertEquals((await put("as-ann", true)).user.name, "Ann");
  await put("off", false);
  assertEquals(await stands(), undefined);
});

Deno.test("whichever way a page comes, it tells each reader which reactions are their own", async () => {
  await using server = await serveInProcess();
  const { ann, ben, present } = await begin(server);
  await using _present = present;
  const place = { room: "lobby", target: 1 };
  const react = (who: SignedIn, emoji: string) =>
    done(who, { type: "react", id: crypto.randomUUID(), ...place, emoji, on: true });
  await react(ann, "👍");
  await react(ben, "👍");
  await react(ben, "🎉");
  await done(ann, { type: "pin", id: "pin", ...place, on: true });

  const own = (messages: readonly Message[]) =>
    messages.find(({ seq }) => seq === 1)!.reactions!
      .filter(({ mine }) => mine).map(({ emoji }) => emoji);
  const pages = async (token?: string): Promise<(readonly Message[])[]> => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const get = async (path: string) =>
      (await (await fetch(`${server.url}/api/rooms/lobby/${path}`, { headers })).json()).messages;
    await using client = await connect(server.url, token === undefined ? {} : { token });
    const join = async (since?: string) => {
      client.send({ type: "join", room: "lobby", ...since === undefined ? {} : { since } });
      return (await client.nextOf("joined")).messages!;
    };
    return [
      await get("messages"),
      await get("messages?seqs=1"),
      await get("pins"),
      await get("events"),
      await join(),
      await join("another-history:1"),
    ];
  };
  // Twice: what one reader was told does not stay for another.
  for (let turn = 0; turn < 2; turn++) {
    assertEquals((await pages(ann.token)).map(own), Array(6).fill(["👍"]));
    assertEquals((await pages(ben.token)).map(own), Array(6).fill(["👍", "🎉"]));
    assertEquals((await pages()).map(own), Array(6).fill([]));
  }
});

Deno.test("many reactions in one moment come in few frames, and each of them counts", async () => {
  await using server = await serveInProcess();
  const { ann, present } = await begin(server);
  await using _present = present;
  const crowd = await people(server.url, ...Array.from({ length: 40 }, (_, index) => `p${index}`));
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/ws?token=${ann.token}`, [
    "parlor.v1",
  ]);
  const frames: ServerEvent[][] = [];
  const all = Promise.withResolvers<void>();
  socket.onmessage = ({ data }) => {
    frames.push(JSON.parse(data));
    const reactions = frames.flat().filter(({ type }) => type === "react");
    if (reactions.length === crowd.length) all.resolve();
  };
  await new Promise((resolve) => socket.onopen = resolve);
  const joined = Promise.withResolvers<void>();
  socket.addEventListener("message", ({ data }) => data.includes("joined") && joined.resolve());
  socket.send(JSON.stringify({ type: "join", room: "lobby" }));
  await joined.promise;

  const place = { room: "lobby", target: 1 };
  await Promise.all(
    crowd.map((who) => done(who, { type: "react", id: "yes", ...place, emoji: "👍", on: true })),
  );
  await all.promise;
  const withReactions = frames.filter((events) => events.some(({ type }) => type === "react"));
  assertLess(withReactions.length, crowd.length / 2);
  assertEquals((await history(server.url)).messages[0]!.reactions, [
    { emoji: "👍", count: crowd.length },
  ]);
  const closed = new Promise((resolve) => socket.onclose = resolve);
  socket.close();
  await closed;
});
