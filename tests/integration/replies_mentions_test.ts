/** Answering messages, naming people in them, and doing either again after a lost answer. */

import { assertEquals } from "@std/assert";
import {
  type ChatEvent,
  type EditEvent,
  EVERYBODY,
  LIMITS,
  type LogCommand,
  type Mention,
  type Message,
} from "../../server/protocol.ts";
import { createMemoryStore } from "../../server/store_memory.ts";
import { Person } from "../support/api.ts";
import { changedStore } from "../support/changed_store.ts";
import { connect, connectPlain } from "../support/client.ts";
import { draft, memberAs, membership, roomDraft } from "../support/drafts.ts";
import { history } from "../support/http.ts";
import { serveInProcess } from "../support/in_process.ts";
import { done, people, type SignedIn, WAYS } from "../support/message_ways.ts";

function say(message: string, { replyTo }: { replyTo?: number } = {}) {
  return {
    type: "chat" as const,
    id: crypto.randomUUID(),
    room: "lobby",
    message,
    ...replyTo === undefined ? {} : { replyTo },
  };
}

function mention({ user }: SignedIn, name = user.name): Mention {
  return { id: user.id, name };
}

Deno.test("quotes are asked for by their positions and come as they stand, in order", async () => {
  await using server = await serveInProcess();
  const [ann] = await people(server.url, "Ann") as [SignedIn];
  for (const message of ["one", "two", "three"]) await done(ann, say(message));
  await done(ann, { type: "edit", id: "edit", room: "lobby", target: 3, message: "3" });
  await done(ann, { type: "delete", id: "delete", room: "lobby", target: 2 });
  await done(ann, say("answer", { replyTo: 3 }));
  const response = await fetch(`${server.url}/api/rooms/lobby/messages?seqs=3,2,1,4,99,3`);
  const { messages, cursor } = await response.json();
  const found = messages.map(({ seq, message, deleted }: Message) => [
    seq,
    message,
    deleted === true,
  ]);
  assertEquals(found, [[1, "one", false], [2, "", true], [3, "3", false]]);
  assertEquals(cursor, (await history(server.url)).cursor);
});

Deno.test("positions that are none, or too many, or asked for beside a page, are refused", async () => {
  await using server = await serveInProcess();
  const many = Array.from({ length: 101 }, (_, index) => index).join(",");
  for (
    const query of ["seqs=", "seqs=a", "seqs=1,,2", "seqs=-1", "seqs=1.5", `seqs=${many}`] as const
  ) {
    const response = await fetch(`${server.url}/api/rooms/lobby/messages?${query}`);
    assertEquals([response.status, (await response.json()).error.code], [400, "bad_command"]);
  }
  const both = await fetch(`${server.url}/api/rooms/lobby/messages?seqs=1&time=0`);
  assertEquals((await both.json()).error.code, "bad_cursor");
});

Deno.test("people are named by those who are here, by members, and by ids from anywhere", async () => {
  const store = createMemoryStore();
  await using server = await serveInProcess({}, { store });
  const [ann, ben, cleo, dora] = await people(
    server.url,
    "Ann",
    "Ben Lee",
    "Cleo",
    "Dora",
  ) as [SignedIn, SignedIn, SignedIn, SignedIn];
  await store.append(
    roomDraft({}, {
      room: "lobby",
      user: ann.user,
      created: "public",
      members: [memberAs(cleo.user, "reader")],
    }),
  );
  await store.people.note([dora.user], Date.now());
  await using present = await connect(server.url, { token: ben.token });
  present.send({ type: "join", room: "lobby" });
  await present.nextOf("joined");

  const message = "@ben lee, @Cleo and @DORA: @nobody";
  for (const [name, way] of WAYS) {
    const said = await way(ann, say(message));
    const known = [mention(ben, "ben lee"), mention(cleo)];
    assertEquals((said.event as ChatEvent).mentions, known, name);
    const given = { ...say(message), mentions: [dora.user.id, "u_nobody"] };
    const naming = await way(ann, given);
    const all = [...known, mention(dora, "DORA")];
    assertEquals((naming.event as ChatEvent).mentions, all, name);
  }
  const plain = await done<ChatEvent>(ann, say("nobody is named, not even ben lee"));
  assertEquals(Object.hasOwn(plain, "mentions"), false);
});

Deno.test("what a plain socket says mentions people, too", async () => {
  await using server = await serveInProcess();
  const [ann] = await people(server.url, "Ann") as [SignedIn];
  await using present = await connect(server.url, { token: ann.token });
  present.send({ type: "join", room: "lobby" });
  await present.nextOf("joined");
  await using plain = await connectPlain(`${server.url}/?room=lobby`);
  plain.send("@ann, look");
  assertEquals((await present.nextOf("chat")).mentions, [mention(ann, "ann")]);
});

Deno.test("ids mention nobody whom the text does not name", async () => {
  const store = createMemoryStore();
  await using server = await serveInProcess({}, { store });
  const [ann, dora] = await people(server.url, "Ann", "Dora") as [SignedIn, SignedIn];
  await store.people.note([dora.user], Date.now());
  const silent = { ...say("hello @ann@example.org, no dora"), mentions: [dora.user.id] };
  assertEquals((await done<ChatEvent>(ann, silent)).mentions, undefined);
});

Deno.test("an edit names other people, or nobody", async () => {
  await using server = await serveInProcess();
  const [ann] = await people(server.url, "Ann") as [SignedIn];
  await using present = await connect(server.url, { token: ann.token });
  present.send({ type: "join", room: "lobby" });
  await present.nextOf("joined");
  await done(ann, say("hello"));
  for (const [name, way] of WAYS) {
    const edit = (message: string) =>
      way(ann, {
        type: "edit",
        id: crypto.randomUUID(),
        room: "lobby",
        target: 1,
        message,
      });
    const named = (await edit("hello @ann")).event as EditEvent;
    assertEquals(named.mentions, [mention(ann, "ann")], name);
    assertEquals((await history(server.url)).messages[0]!.mentions, named.mentions);
    assertEquals(((await edit("hello")).event as EditEvent).mentions, undefined);
    assertEquals((await history(server.url)).messages[0]!.mentions, undefined);
  }
});

Deno.test("@room is everybody in a moderator's text, and a word in that of others", async () => {
  const store = createMemoryStore();
  await using server = await serveInProcess({}, { store });
  const [ann, ben] = await people(server.url, "Ann", "Ben") as [SignedIn, SignedIn];
  const members = [memberAs(ann.user, "moderator"), memberAs(ben.user, "member")];
  await store.append(roomDraft({}, { room: "lobby", user: ann.user, created: "public", members }));
  const everybody = { ...say("@Room, tea"), mentions: [EVERYBODY] };
  for (const [name, way] of WAYS) {
    const id = crypto.randomUUID();
    const moderated = await way(ann, { ...everybody, id });
    assertEquals(
      (moderated.event as ChatEvent).mentions,
      [{ id: EVERYBODY, name: "Room" }],
      name,
    );
    const usual = await way(ben, { ...everybody, id });
    assertEquals((usual.event as ChatEvent).mentions, undefined, name);
  }
  assertEquals((await store.places.find(ben.user.id, "lobby"))?.mentions, WAYS.size);
});

Deno.test("attack: a text that names everybody there is mentions so many and no more", async () => {
  const store = createMemoryStore();
  await using server = await serveInProcess({}, { store });
  const [ann] = await people(server.url, "Ann") as [SignedIn];
  const crowd = Array.from(
    { length: 500 },
    (_, index) => ({ id: `u_${index}`, name: `p${index}` }),
  );
  const members = crowd.map((user) => memberAs(user, "member"));
  await store.append(roomDraft({}, { room: "lobby", user: ann.user, created: "public", members }));
  const message = crowd.map(({ name }) => `@${name}`).join(" ");
  const { mentions } = await done<ChatEvent>(ann, say(message));
  assertEquals(mentions, crowd.slice(0, LIMITS.mentionsPerMessage));
  for (const way of WAYS.values()) {
    const given = crowd.slice(0, LIMITS.mentionsPerMessage + 1).map(({ id }) => id);
    assertEquals((await way(ann, { ...say("@p1"), mentions: given })).code, "bad_command");
  }
});

Deno.test("messages of one connection keep their order, whatever has to be looked up for some", async () => {
  const inner = createMemoryStore();
  // Whoever is looked for is found some turns of the event loop later.
  const later = async <Result>(result: Promise<Result>) => {
    for (let turn = 0; turn < 5; turn++) await new Promise((resume) => setTimeout(resume));
    return await result;
  };
  const { people: directory } = inner;
  const store = changedStore(inner, {
    messages: (room, seqs) => later(inner.messages(room, seqs)),
    people: {
      note: (users, now) => directory.note(users, now),
      find: (ids) => later(directory.find(ids)),
      search: (text, limit) => directory.search(text, limit),
    },
  });
  await using server = await serveInProcess({}, { store });
  const [ann] = await people(server.url, "Ann") as [SignedIn];
  await done(ann, say("0"));
  await using client = await connect(server.url, { token: ann.token });
  for (let index = 1; index <= 40; index++) {
    const command = say(String(index));
    if (index % 4 === 1) client.send({ ...command, replyTo: 1 });
    else if (index % 4 === 2) client.send({ ...command, message: `${index} @ann` });
    else if (index % 4 === 3) {
      client.send({ ...command, message: `${index} @ann`, mentions: [ann.user.id] });
    } else client.send(command);
  }
  for (let index = 1; index <= 40; index++) await client.nextOf("chat");
  const { messages } = await history(server.url);
  assertEquals(
    messages.map(({ message }) => parseInt(message)),
    Array.from({ length: 41 }, (_, index) => index),
  );
});

for (const [name, way] of WAYS) {
  Deno.test(`by ${name}, the retry of whatever was kept is the same, whatever happened since`, async () => {
    const inner = createMemoryStore();
    const store = changedStore(inner, { close: () => Promise.resolve() });
    const secret = "the same for each server of this test";
    const room = "team";
    let commands: LogCommand[];
    let ann: SignedIn;
    let mod: SignedIn;
    {
      await using server = await serveInProcess({ secret }, { store });
      [ann, mod] = await people(server.url, "Ann", "Mod") as [SignedIn, SignedIn];
      const members = [memberAs(mod.user, "moderator"), memberAs(ann.user, "member")];
      await store.append(roomDraft({}, { room, user: mod.user, created: "public", members }));
      await store.append(draft({ room, name: "Mod", userId: mod.user.id }));
      commands = [
        { type: "chat", id: "reply", room, message: "@mod yes", replyTo: 2 },
        { type: "edit", id: "edit", room, target: 3, message: "@mod no" },
        { type: "react", id: "on", room, target: 3, emoji: "👍", on: true },
        { type: "react", id: "off", room, target: 3, emoji: "👍", on: false },
        { type: "pin", id: "pin", room, target: 3, on: true },
        { type: "delete", id: "delete", room, target: 3 },
      ];
      const answers = [];
      for (const command of commands) answers.push(await way(ann, command));
      assertEquals(answers.map(({ event }) => event?.seq), [3, 4, 5, 6, 7, 8]);
      await done(mod, { type: "delete", id: "gone", room, target: 2 });
    }
    // Another server, as one knows how a room stands whose settings come through it.
    for (
      const [what, change, code] of [
        ["the time is over", roomDraft({ editMinutes: 0 }), "gone"],
        ["the room is archived", roomDraft({ archived: true }), "archived"],
        ["the author is out of the room", membership(ann.user, null), "archived"],
      ] as const
    ) {
      await store.append({ ...change, room, user: mod.user });
      await using server = await serveInProcess({ secret }, { store });
      const { url } = server;
      const head = await store.head(room);
      for (const [index, command] of commands.entries()) {
        const { event, code } = await way({ ...ann, url }, command);
        assertEquals([code, event?.seq, event?.id], [undefined, index + 3, command.id], what);
      }
      const other = { ...commands[2]!, emoji: "🎉", id: "new" } as LogCommand;
      assertEquals((await way({ ...ann, url }, other)).code, code, what);
      const changed = { ...commands[2]!, emoji: "🎉" } as LogCommand;
      assertEquals((await way({ ...ann, url }, changed)).code, code, what);
      assertEquals(await store.head(room), head);
    }
    await inner.close();
  });
}

Deno.test("an id that was used for something else is a conflict, for whatever comes", async () => {
  await using server = await serveInProcess();
  const [ann] = await people(server.url, "Ann") as [SignedIn];
  await done(ann, { ...say("one"), id: "taken" });
  const place = { id: "taken", room: "lobby", target: 1 };
  for (const way of WAYS.values()) {
    for (
      const command of [
        { type: "edit", ...place, message: "two" },
        { type: "delete", ...place },
        { type: "react", ...place, emoji: "👍", on: true },
        { type: "pin", ...place, on: true },
        { ...say("one", { replyTo: 1 }), id: "taken" },
      ] as LogCommand[]
    ) assertEquals((await way(ann, command)).code, "conflict", command.type);
  }
});

Deno.test("somebody who came a moment ago is mentioned by id like everybody else", async () => {
  await using server = await serveInProcess();
  const ada = await Person.signIn(server.url, "Ada");
  // The directory is told of people once a second, of whom there are some already.
  for (const name of ["Cem", "Dora", "Ben"]) {
    const { user } = await Person.signIn(server.url, name);
    const said = { message: `Welcome, @${name}`, mentions: [user.id] };
    const { mentions } = await ada.must("POST", "/api/rooms/lobby/messages", said);
    assertEquals(mentions, [{ id: user.id, name }]);
  }
});
