/** Whoever is taken out of a room is out of it at once, whatever they listen with. */

import { assertEquals, assertFalse, assertLess } from "@std/assert";
import { CLOSE, Refusal, type ServerEvent } from "../../server/protocol.ts";
import { createMemoryStore } from "../../server/store_memory.ts";
import { about, Person } from "../support/api.ts";
import { changedPart, changedStore } from "../support/changed_store.ts";
import { connectPlain } from "../support/client.ts";
import { within } from "../support/deadline.ts";
import { EventSourceReader } from "../support/event_source.ts";
import { post } from "../support/http.ts";
import { type InProcessServer, serveInProcess } from "../support/in_process.ts";

interface Scene {
  ada: Person;
  ben: Person;
  room: string;
}

/** A private room of Ada's in which Ben is a member. */
async function begin(server: InProcessServer): Promise<Scene> {
  const ada = await Person.signIn(server.url, "Ada");
  const ben = await Person.signIn(server.url, "Ben");
  const room = await ada.createPrivate("Board");
  await ada.setRole(room, ben, "member");
  return { ada, ben, room };
}

/** Removes Ben, and says something right behind it. */
async function removeAndSay({ ada, ben, room }: Scene): Promise<void> {
  const removed = ada.ask("DELETE", `/api/rooms/${room}/members/${ben.user.id}`);
  assertEquals((await removed).status, 204);
  await post(ada.url, { room, message: "now that Ben is gone", token: ada.token });
}

function mustNotSay(received: unknown): void {
  assertFalse(JSON.stringify(received).includes("Ben is gone"), JSON.stringify(received));
}

/** A sign that everything before it has come: a message in a room that Ben is still in. */
async function sayInLobby({ ada }: Scene): Promise<void> {
  await post(ada.url, { room: "lobby", message: "over", token: ada.token });
}

const isOver = (event: ServerEvent) => event.type === "chat" && event.message === "over";

Deno.test("removed from a room, a socket is told and hears nothing more of it", async () => {
  await using server = await serveInProcess();
  const scene = await begin(server);
  const { ben, room } = scene;
  await using socket = await ben.join(room);
  socket.send({ type: "join", room: "lobby" });
  await socket.nextOf("joined");
  await removeAndSay(scene);
  await sayInLobby(scene);
  await socket.next(isOver);
  mustNotSay(socket.received);
  assertEquals(about(socket.received, room).at(-1), { type: "unlisted", room, removed: true });
  for (
    const command of [
      { type: "chat", id: "1", room, message: "hm" },
      { type: "typing", room },
      { type: "join", room },
      { type: "read", room, upTo: 1 },
    ] as const
  ) {
    socket.send(command);
    assertEquals((await socket.nextOf("error")).code, "not_found", command.type);
  }
});

Deno.test("removed from a room, every device and tab is out of it", async () => {
  await using server = await serveInProcess();
  const scene = await begin(server);
  await using phone = await scene.ben.join(scene.room);
  await using desk = await scene.ben.join(scene.room);
  await removeAndSay(scene);
  for (const device of [phone, desk]) {
    await device.nextOf("unlisted");
    device.send({ type: "join", room: scene.room });
    await device.nextOf("error");
    mustNotSay(device.received);
  }
});

Deno.test("removed from a room, a stream of events hears nothing more of it, and does not resume it", async () => {
  await using server = await serveInProcess();
  const scene = await begin(server);
  const { ben, room } = scene;
  const query = `token=${ben.token}`;
  await using stream = await EventSourceReader.open(server.url, `${room},lobby`, { query });
  await stream.until(({ type }) => type === "joined");
  await stream.until(({ type }) => type === "joined");
  await removeAndSay(scene);
  await sayInLobby(scene);
  await stream.until(isOver);
  mustNotSay(stream.received);
  assertEquals(about(stream.received, room).at(-1), { type: "unlisted", room, removed: true });
  const response = await fetch(
    new URL(`/api/events?rooms=${room},lobby&${query}`, server.url),
    { headers: { "last-event-id": stream.lastEventId! } },
  );
  assertEquals(response.status, 404);
  mustNotSay(await response.text());
});

Deno.test("removed from a room, a plain socket is closed as for a room that is not there", async () => {
  await using server = await serveInProcess();
  const scene = await begin(server);
  const { ada, ben, room } = scene;
  await using watcher = await ada.join(room);
  await using plain = await connectPlain(
    new URL(`/chat?room=${room}&token=${ben.token}`, server.url),
  );
  await watcher.nextOf("presence", ({ online }) => online === 2);
  await removeAndSay(scene);
  assertEquals((await plain.closed).code, CLOSE.notFound.code);
  mustNotSay(plain.received);
});

Deno.test("removed from a room, a long-poll that waits there ends at once, without what came since", async () => {
  const store = createMemoryStore();
  await using server = await serveInProcess({}, { store });
  const scene = await begin(server);
  const { ben, room } = scene;
  const events = `/api/rooms/${room}/events`;
  const { cursor } = await ben.must<{ cursor: string }>("GET", events);
  const { promise: looked, resolve } = Promise.withResolvers<void>();
  const since = store.since.bind(store);
  store.since = (...asked) => {
    resolve();
    return since(...asked);
  };
  const waiting = ben.ask("GET", `${events}?wait=50&after=${cursor}`);
  await within(looked, () => "The long-poll did not look for news");
  const started = performance.now();
  await removeAndSay(scene);
  const { status, body } = await waiting;
  assertLess(performance.now() - started, 10_000, "it waited until its time was over");
  assertEquals([status, body.error?.code], [404, "not_found"]);
  mustNotSay(body);
});

Deno.test("a removed person who floods the room with joins never sees what comes after", async () => {
  await using server = await serveInProcess();
  const scene = await begin(server);
  const { ben, room } = scene;
  await using socket = await ben.connect();
  const flood = () => {
    for (let count = 0; count < 30; count++) socket.send({ type: "join", room });
  };
  flood();
  const removed = removeAndSay(scene);
  flood();
  await removed;
  flood();
  socket.send({ type: "join", room: "lobby" });
  await socket.nextOf("joined", (event) => event.room === "lobby");
  mustNotSay(socket.received);
});

Deno.test("made a reader, somebody in the room cannot write from the next message on, and still reads", async () => {
  await using server = await serveInProcess();
  const { ada, ben, room } = await begin(server);
  await using socket = await ben.join(room);
  await using plain = await connectPlain(
    new URL(`/chat?room=${room}&token=${ben.token}`, server.url),
  );
  await ada.setRole(room, ben, "reader");
  socket.send({ type: "chat", id: "1", room, message: "may I?" });
  assertEquals((await socket.nextOf("error")).code, "forbidden");
  socket.send({ type: "typing", room });
  assertEquals((await socket.nextOf("error")).code, "forbidden");
  plain.send("may I?");
  assertEquals((await plain.closed).code, CLOSE.refused.code);
  assertEquals((await post(server.url, { room, message: "may I?", token: ben.token })).status, 403);
  await post(server.url, { room, message: "read this", token: ada.token });
  assertEquals((await socket.nextOf("chat")).message, "read this");
});

Deno.test("who leaves a private room is out of it, and may come back only when let in", async () => {
  await using server = await serveInProcess();
  const { ada, ben, room } = await begin(server);
  await using socket = await ben.join(room);
  assertEquals((await ben.ask("DELETE", `/api/rooms/${room}/members/me`)).status, 204);
  await socket.nextOf("unlisted");
  socket.send({ type: "join", room });
  assertEquals((await socket.nextOf("error")).code, "not_found");
  await ada.setRole(room, ben, "member");
  await socket.nextOf("listed");
  socket.send({ type: "join", room });
  assertEquals((await socket.nextOf("joined")).about.role, "member");
});

Deno.test("removed from a public room, somebody loses the role and stays as everybody may", async () => {
  await using server = await serveInProcess();
  const ada = await Person.signIn(server.url, "Ada");
  const ben = await Person.signIn(server.url, "Ben");
  await ada.must("POST", "/api/rooms", { room: "tea" });
  await ada.setRole("tea", ben, "moderator");
  await using socket = await ben.join("tea");
  await ada.must("DELETE", `/api/rooms/tea/members/${ben.user.id}`);
  await socket.nextOf("unlisted");
  socket.send({ type: "chat", id: "1", room: "tea", message: "still here" });
  assertEquals((await socket.nextOf("chat")).message, "still here");
});

Deno.test("a removal of which nobody knows whether it was kept cuts all the same, where it was", async () => {
  const inner = createMemoryStore();
  const store = changedStore(inner, {
    append: async (draft) => {
      const appended = await inner.append(draft);
      if (draft.type !== "member" || draft.role !== null) return appended;
      throw new Refusal("unavailable", "Nobody knows.");
    },
  });
  await using server = await serveInProcess({}, { store });
  const { ada, ben, room } = await begin(server);
  await using socket = await ben.join(room);
  const { status } = await ada.ask("DELETE", `/api/rooms/${room}/members/${ben.user.id}`);
  assertEquals(status, 503);
  assertEquals(await socket.nextOf("unlisted"), { type: "unlisted", room, removed: true });
  socket.send({ type: "chat", id: "still", room, message: "still here?" });
  assertEquals((await socket.nextOf("error")).code, "not_found");
});

Deno.test("removed while putting the room on the own list, somebody is not told how it stands", async () => {
  const inner = createMemoryStore();
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const places = changedPart(inner.places, {
    setListed: async (...change) => {
      ask();
      await gate;
      await inner.places.setListed(...change);
    },
  });
  await using server = await serveInProcess({}, { store: changedStore(inner, { places }) });
  const scene = await begin(server);
  const { ada, ben, room } = scene;
  await using socket = await ben.join("lobby");
  const listing = ben.ask("PATCH", `/api/rooms/${room}/mine`, { listed: true });
  await asked;
  await ada.must("DELETE", `/api/rooms/${room}/members/${ben.user.id}`);
  await ada.must("PATCH", `/api/rooms/${room}`, { title: "Without Ben" });
  open();
  assertEquals((await listing).status, 404);
  await sayInLobby(scene);
  await socket.next(isOver);
  assertFalse(JSON.stringify(socket.received).includes("Without Ben"));
});
