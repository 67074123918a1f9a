/** The client's core against the real server. */

import { effect } from "@preact/signals";
import { assert, assertEquals } from "@std/assert";
import { Chat, type Room } from "../../client/model.ts";
import { createMemoryStore } from "../../server/store_memory.ts";
import { within } from "../support/deadline.ts";
import { memberAs, roomDraft } from "../support/drafts.ts";
import { type InProcessServer, serveInProcess } from "../support/in_process.ts";
import { startServer } from "../support/server.ts";
import { Browser } from "./support/browser.ts";
import { FakeStorage, seqs } from "./support/chat_trial.ts";

/** Resolves when something that depends on signals holds. */
async function holds(condition: () => boolean, what: string): Promise<void> {
  let stop = () => {};
  try {
    await within(
      new Promise<void>((resolve) => {
        stop = effect(() => {
          if (condition()) resolve();
        });
      }),
      () => `It did not come about that ${what}`,
    );
  } finally {
    stop();
  }
}

/** A person in the lobby. */
class Person implements AsyncDisposable {
  readonly chat: Chat;
  readonly room: Room;

  constructor(readonly browser: Browser) {
    this.chat = new Chat(browser.ports);
    this.room = this.chat.open("lobby");
  }

  static async enter(url: string, name: string, areSocketsBlocked = false): Promise<Person> {
    const browser = new Browser(url);
    browser.areSocketsBlocked = areSocketsBlocked;
    const person = new Person(browser);
    await person.chat.start();
    await person.chat.identity.signIn(name);
    await holds(() => !person.room.loading.value, `${name} joined`);
    return person;
  }

  get texts(): string[] {
    return this.room.messages.value.map(({ message }) => message);
  }

  async hasRead(text: string): Promise<void> {
    await holds(
      () => this.texts.includes(text) && this.room.outgoing.value.length === 0,
      `“${text}” was read, but only ${this.texts.length} others`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.chat.close();
    await this.browser[Symbol.asyncDispose]();
  }
}

function clientTest(name: string, run: (server: InProcessServer) => Promise<void>): void {
  Deno.test(name, async () => {
    using _storage = new FakeStorage();
    await using server = await serveInProcess();
    await run(server);
  });
}

clientTest("two people talk and see the same", async ({ url }) => {
  await using ann = await Person.enter(url, "Ann");
  await using ben = await Person.enter(url, "Ben");
  await holds(() => ann.room.online.value === 2, "Ann saw two people");
  ann.room.sayTyping();
  await holds(() => ben.room.typing.value[0]?.name === "Ann", "Ben saw Ann typing");
  for (let count = 1; count <= 100; count++) ann.room.send(`ann ${count}`);
  ben.room.send("ben");
  await Promise.all([ann, ben].flatMap((one) => ["ann 100", "ben"].map((it) => one.hasRead(it))));
  assertEquals(ann.texts, ben.texts);
  assertEquals(
    ann.texts.filter((text) => text !== "ben"),
    Array.from({ length: 100 }, (_, index) => `ann ${index + 1}`),
  );
  assertEquals(ben.room.typing.value, []);
});

Deno.test("of a list that is longer than the greeting every room is known soon, and followed", async () => {
  using _storage = new FakeStorage();
  const store = createMemoryStore();
  await using server = await serveInProcess({}, { store });
  await using ann = await Person.enter(server.url, "Ann");
  await using ben = await Person.enter(server.url, "Ben");
  const userOf = ({ chat }: Person) => chat.user.value!;
  const members = [memberAs(userOf(ben), "owner"), memberAs(userOf(ann), "member")];
  const rooms = Array.from({ length: 150 }, (_, index) => `~${String(index).padStart(22, "x")}`);
  for (const room of rooms) {
    const user = userOf(ben);
    await store.append(roomDraft({ title: room }, { room, created: "private", members, user }));
  }
  ann.chat.reconnectNow();
  const { list } = ann.chat;
  await holds(() => list.channels.value.length === rooms.length, "all rooms were listed");
  assertEquals(list.channels.value.toSorted(), rooms.toSorted());
  // The one in which nothing has happened for longest is not among those of the greeting.
  ben.chat.open(rooms[0]!).send("hello");
  await holds(() => list.get(rooms[0]!)?.unread === 1, "Ann was told of a message");
});

clientTest("where sockets are blocked, people talk all the same", async ({ url }) => {
  await using ann = await Person.enter(url, "Ann");
  await using ben = await Person.enter(url, "Ben", true);
  assert(ben.chat.fallback.value && !ann.chat.fallback.value);
  for (let count = 1; count <= 10; count++) {
    ben.room.send(`ben ${count}`);
    ann.room.send(`ann ${count}`);
  }
  await Promise.all(
    [ann, ben].flatMap((one) => ["ann 10", "ben 10"].map((text) => one.hasRead(text))),
  );
  assertEquals(ann.texts, ben.texts);
  assertEquals(ben.texts.length, 20);
  assertEquals(ben.room.id, "lobby");
  const games = ben.chat.open("games");
  await holds(() => !games.loading.value, "the second room was joined over the stream");
  games.send("in another room");
  await holds(() => games.messages.value.length === 1, "it was said there");
  ann.room.send("still here");
  await ben.hasRead("still here");
  assertEquals(ben.texts.length, 21);
});

clientTest("history is paged, jumped in and left for the live end", async ({ url }) => {
  await using ann = await Person.enter(url, "Ann");
  for (let count = 1; count <= 450; count++) ann.room.send(`message ${count}`);
  await ann.hasRead("message 450");
  await using ben = await Person.enter(url, "Ben");
  assertEquals([seqs(ben.room)[0], seqs(ben.room).at(-1)], [401, 450]);
  const history = (await ben.room.history())!;
  await history.loadOlder();
  assertEquals(seqs(ben.room)[0], 301);

  assert(await history.jumpTo(100));
  assert(ben.room.newer.value && ben.room.older.value);
  assertEquals(await history.jumpTo(100_000), false);
  while (ben.room.newer.value) await history.loadNewer();
  const all = seqs(ben.room);
  assertEquals(all, Array.from({ length: all.length }, (_, index) => all[0]! + index));
  assertEquals(all.at(-1), 450);

  const { timestamp } = ben.room.messages.value.at(-1)!;
  const first = await history.jumpToTime(timestamp);
  assert(first !== undefined && first <= 450);
  assertEquals(await history.jumpToTime(timestamp + 1_000_000), 450);
  assertEquals(await history.jumpToTime(0), 1);
  ben.room.send("from the past");
  await ben.hasRead("from the past");
  await ann.hasRead("from the past");
});

clientTest("whoever is in very many rooms enters all of them", async ({ url }) => {
  await using ann = await Person.enter(url, "Ann");
  const rooms = Array.from({ length: 150 }, (_, index) => ann.chat.open(`room-${index}`));
  ann.chat.reconnectNow();
  await holds(() => rooms.every(({ loading }) => !loading.value), "every room was entered");
  assertEquals(rooms.filter(({ problem }) => problem.value !== null).length, 0);
  rooms.at(-1)!.send("in the last");
  await holds(() => rooms.at(-1)!.messages.value.length === 1, "it was said in the last");
});

clientTest("a room that does not exist says so", async ({ url }) => {
  await using ann = await Person.enter(url, "Ann");
  const room = ann.chat.open("~unknown");
  await holds(() => room.problem.value !== null, "the room was refused");
  assertEquals(room.problem.value, "There is no such room.");
});

Deno.test("after each crash of the server everything comes once, in order", async () => {
  using _storage = new FakeStorage();
  await using server = await startServer();
  await using ann = await Person.enter(server.url, "Ann");
  await using ben = await Person.enter(server.url, "Ben", true);
  const said: string[] = [];
  const say = (text: string) => {
    ann.room.send(text);
    said.push(text);
  };
  for (let round = 1; round <= 3; round++) {
    say(`before crash ${round}`);
    await server.kill();
    say(`one in crash ${round}`);
    say(`two in crash ${round}`);
    await server.restart();
    await Promise.all([ann, ben].map((one) => one.hasRead(said.at(-1)!)));
    assertEquals(ann.texts, said);
    assertEquals(ben.texts, said);
  }
  assertEquals(seqs(ann.room), said.map((_, index) => index + 1));
});
