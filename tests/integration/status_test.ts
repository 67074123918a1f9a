/** Who is here, told to those who have them on screen. */

import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import type { PersonStatus } from "../../server/protocol.ts";
import { ask, Person } from "../support/api.ts";
import { connect } from "../support/client.ts";
import { EventSourceReader } from "../support/event_source.ts";
import { serveInProcess } from "../support/in_process.ts";
import { startServer } from "../support/server.ts";

Deno.test("somebody comes, is away, is back and goes: who watches them is told, and nobody else", async () => {
  await using server = await serveInProcess();
  const ada = await Person.signIn(server.url, "Ada");
  const ben = await Person.signIn(server.url, "Ben");
  await using watcher = await ben.connect();
  await using other = await ben.connect();
  watcher.send({ type: "watch", people: [ada.user.id] });
  const status = async () => {
    const { people } = await watcher.nextOf("status");
    assertEquals(people.map(({ id }) => id), [ada.user.id]);
    return people[0]!;
  };
  assertEquals((await status()).status, "offline");
  const phone = await ada.connect();
  assertEquals(await status(), { id: ada.user.id, status: "online" });
  const desk = await ada.connect();
  phone.send({ type: "away", away: true });
  desk.send({ type: "away", away: true });
  assertEquals((await status()).status, "away");
  desk.send({ type: "away", away: false });
  assertEquals((await status()).status, "online");
  const left = Date.now();
  await Promise.all([phone.close(), desk.close()]);
  const { status: last, seen } = await status();
  assertEquals(last, "offline");
  assertGreater(Date.now() - left, 4_000, "a reload would not have been told");
  assertLess(Math.abs(seen! - left), 2_000);
  assertEquals(other.received.filter(({ type }) => type === "status"), []);
});

Deno.test("whoever listens to a stream, or with a plain socket and a token, is online", async () => {
  await using server = await serveInProcess();
  const [ada, ben, cem] = await Promise.all(
    ["Ada", "Ben", "Cem"].map((name) => Person.signIn(server.url, name)),
  ) as [Person, Person, Person];
  await using stream = await EventSourceReader.open(server.url, "lobby", {
    query: `token=${ada.token}`,
  });
  await stream.until(({ type }) => type === "joined");
  const watch = { type: "watch", people: [ada.user.id, cem.user.id] };
  const statuses = (people: readonly PersonStatus[]) => people.map(({ status }) => status);
  await using socket = await ben.connect();
  socket.sendRaw(JSON.stringify(watch));
  const { people } = await socket.nextOf("status");
  assertEquals(statuses(people), ["online", "offline"]);
  const answer = await ben.ask<{ people: PersonStatus[] }[]>("POST", "/api/commands", watch);
  const [{ people: polled }] = answer.body as unknown as [{ people: PersonStatus[] }];
  assertEquals(statuses(polled), ["online", "offline"], "over HTTP it is told once");
});

Deno.test("people are found by the beginning of a name, with how they are, and by id", async () => {
  await using server = await serveInProcess();
  const ada = await Person.signIn(server.url, "Ada Lovelace");
  const ben = await Person.signIn(server.url, "Ben 100%");
  await using _ = await ada.connect();
  const names = async (query: string) =>
    (await ben.must<{ people: { name: string; status: string; seen?: number }[] }>(
      "GET",
      `/api/people?${query}`,
    )).people.map(({ name, status, seen }) => [name, status, seen === undefined]);
  assertEquals(await names("search=love"), [["Ada Lovelace", "online", true]]);
  assertEquals(await names("search=100%25"), [["Ben 100%", "offline", false]]);
  assertEquals(await names("search=%25"), [["Ben 100%", "offline", false]]);
  assertEquals(await names("search=_"), []);
  assertEquals((await names("search=")).length, 2);
  assertEquals((await names("limit=1")).length, 1);
  assertEquals(await names(`ids=u_nobody,${ada.user.id}`), [["Ada Lovelace", "online", true]]);
  for (
    const wrong of [
      "limit=0",
      "limit=201",
      "ids=a%20b",
      "ids=a&search=b",
      `search=${"x".repeat(65)}`,
    ]
  ) {
    assertEquals((await ben.ask("GET", `/api/people?${wrong}`)).status, 400, wrong);
  }
  const guest = await ask(server.url, "GET", "/api/people?search=ada");
  assertEquals([guest.status, guest.body.error?.code], [401, "unauthorized"]);
});

Deno.test("a guest without a session watches nobody, and nobody watches more than the screen holds", async () => {
  await using server = await serveInProcess();
  await using guest = await connect(server.url);
  guest.send({ type: "watch", people: ["u_ada"] });
  assertEquals((await guest.nextOf("error")).code, "unauthorized");
  const ada = await Person.signIn(server.url, "Ada");
  await using socket = await ada.connect();
  socket.send({ type: "watch", people: Array.from({ length: 201 }, (_, index) => `u_${index}`) });
  assertEquals((await socket.nextOf("error")).code, "bad_command");
  socket.send({ type: "watch", people: Array.from({ length: 200 }, (_, index) => `u_${index}`) });
  assertEquals((await socket.nextOf("status")).people.length, 200);
});

Deno.test("after a crash everybody is offline, and was seen when they were last here", async () => {
  await using server = await startServer();
  const ada = await Person.signIn(server.url, "Ada");
  const ben = await Person.signIn(server.url, "Ben");
  const device = await ada.connect();
  const path = `/api/people?ids=${ada.user.id}`;
  // To look by name has what is known so far written.
  await ben.must("GET", "/api/people?search=ada");
  const here = Date.now();
  await server.kill();
  await device.closed;
  await server.restart();
  const { people: [person] } = await ben.must<{ people: PersonStatus[] }>("GET", path);
  assertEquals(person?.status, "offline");
  assert(person?.seen !== undefined && Math.abs(person.seen - here) < 60_000);
});

Deno.test("where many people are, changes wait while nothing is said, and are told once enough is", async () => {
  const PEOPLE = 150;
  await using server = await serveInProcess();
  const people = await Promise.all(
    Array.from({ length: PEOPLE }, (_, index) => Person.signIn(server.url, `Person ${index}`)),
  );
  const [ada, ben, ...others] = people as [Person, Person, ...Person[]];
  await using sockets = new AsyncDisposableStack();
  const enter = async (person: Person) => {
    const socket = sockets.use(await person.connect());
    socket.send({ type: "join", room: "lobby" });
    await socket.nextOf("joined");
    return socket;
  };
  const watcher = await enter(ada);
  const watched = await enter(ben);
  await Promise.all(others.map(enter));
  // So long an answer that what may be told ahead is told by it.
  watcher.send({ type: "watch", people: people.map(({ user }) => user.id) });
  await watcher.nextOf("status");
  const told = performance.now();

  watched.send({ type: "away", away: true });
  const { people: [first] } = await watcher.nextOf("status");
  assertEquals(first, { id: ben.user.id, status: "away" });
  // Not at once, and not for ever.
  const waited = performance.now() - told;
  assertGreater(waited, PEOPLE * 60 - 1_000);

  watcher.send({ type: "watch", people: people.map(({ user }) => user.id) });
  await watcher.nextOf("status");
  const again = performance.now();
  watched.send({ type: "away", away: false });
  // A page of talk earns it: more than fifty times as much is said.
  for (let count = 0; count < 40; count++) {
    watched.send({ type: "chat", id: `long-${count}`, room: "lobby", message: "x".repeat(15_000) });
  }
  const { people: [second] } = await watcher.nextOf("status");
  assertEquals(second, { id: ben.user.id, status: "online" });
  assertLess(performance.now() - again, waited - 2_000);
});
