/**
 * The store in memory is the simplest that can keep the contract, so it tells what the one in SQLite has
 * to say, after whatever was done in whatever order.
 */

import { assert, assertEquals, fail } from "@std/assert";
import {
  EVERYBODY,
  isPublicRoom,
  LIMITS,
  Refusal,
  ROOM_ROLES,
  type RoomKind,
  type User,
} from "../../server/protocol.ts";
import type { Appended, Draft, Store } from "../../server/store.ts";
import { createMemoryStore } from "../../server/store_memory.ts";
import { openSqliteStore } from "../../server/store_sqlite.ts";
import { seeded } from "../support/random.ts";
import { temporaryFolder } from "../support/temporary.ts";

const USERS: User[] = ["ada", "bob", "eve", "zoë"].map((name) => ({ id: `u_${name}`, name }));
const ROOMS = ["lobby", "garden", "~secret", "~talk", "~other"];
const EMOJI = ["👍", "🌱", "🎉"];
const INVITES = ["invite-1", "invite-2"];
const ACTIONS = 600;

/** With which all that is done begins. */
const CONVERSATION: Draft = {
  type: "room",
  room: "~talk",
  user: USERS[0]!,
  id: "begin",
  created: "direct",
  settings: {},
  members: USERS.slice(0, 3).map((user) => ({ user, role: "member" })),
};

function openAt(path: string): Promise<Store> {
  return openSqliteStore({ path, now: () => 1, onProblem: (what) => fail(what) });
}

/** One action, done to either store; what it says. */
type Action = (store: Store) => Promise<unknown>;

/** What was said so far. */
interface Said {
  drafts: Draft[];
  /** Room → the positions of its messages. */
  messages: Map<string, number[]>;
}

interface Choices {
  random: () => number;
  one: <Item>(items: readonly Item[]) => Item;
  yes: (chance: number) => boolean;
  below: (limit: number) => number;
}

function choices(seed: number): Choices {
  const random = seeded(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  return { random, below, one: (items) => items[below(items.length)]!, yes: (c) => random() < c };
}

function draftOf({ one, yes, below }: Choices, number: number, said: Said): Draft {
  const room = one(ROOMS);
  if (number === 1) return CONVERSATION;
  const place = { room, user: one(USERS), id: `id-${number}` };
  const mentions = [...USERS, { id: EVERYBODY, name: "room" }].filter(() => yes(0.3))
    .map(({ id, name }) => ({ id, name }));
  const mentioning = yes(0.5) ? { mentions } : {};
  const messages = said.messages.get(room) ?? [];
  const isThere = messages.length > 0 && yes(0.9);
  const target = { ...place, target: isThere ? one(messages.slice(-6)) : below(60) };
  const kind = below(20);
  if (kind < 6) {
    const reply = yes(0.3) ? { replyTo: 1 + below(20) } : {};
    const bytes = yes(0.1) ? { bytes: below(100) } : {};
    return {
      type: "chat",
      ...place,
      message: `said ${number}\0`,
      ...reply,
      ...bytes,
      ...mentioning,
    };
  }
  if (kind < 9) return { type: "edit", ...target, message: `changed ${number}`, ...mentioning };
  if (kind < 10) return { type: "delete", ...target };
  if (kind < 14) return { type: "react", ...target, emoji: one(EMOJI), on: yes(0.6) };
  if (kind < 16) return { type: "pin", ...target, on: yes(0.6) };
  if (kind < 18) {
    const members = USERS.filter(() => yes(0.5)).map((user) => ({ user, role: one(ROOM_ROLES) }));
    const created = yes(0.6) ? { created: kindOf(room), members } : {};
    const title = yes(0.5) ? { title: one(["Tea", "GARDEN ÄPFEL", null]) } : {};
    const archived = yes(0.3) ? { archived: one([true, null] as const) } : {};
    return { type: "room", ...place, ...created, settings: { ...title, ...archived } };
  }
  const invite = yes(0.4) ? { invite: one(INVITES) } : {};
  const role = yes(0.3) ? null : one(ROOM_ROLES);
  return { type: "member", ...place, member: one(USERS), role, ...invite };
}

function kindOf(room: string): RoomKind {
  return isPublicRoom(room) ? "public" : room === "~secret" ? "private" : "direct";
}

/** Some of what was said is said again. */
function actionOf(choose: Choices, number: number, said: Said): Action {
  const { one, yes, below } = choose;
  const { id: userId, name } = one(USERS);
  const room = one(ROOMS);
  switch (number === 1 ? -1 : below(14)) {
    case 0: {
      const [upTo, back] = [below(60) - 1, yes(0.3)];
      return (store) => store.places.read(userId, room, upTo, back);
    }
    case 1: {
      const listed = yes(0.5);
      return (store) => store.places.setListed(userId, room, listed);
    }
    case 2: {
      const muted = yes(0.5);
      return (store) => store.places.setMuted(userId, room, muted);
    }
    case 3: {
      const now = 1_000 + below(1_000) * 1_000 + number;
      const users = [{ id: userId, name: one([name, `The ${name}`]) }];
      return (store) => store.people.note(users, now);
    }
    case 4: {
      const invite = {
        token: one(INVITES),
        room,
        role: "member" as const,
        by: { id: userId, name },
        created: number,
        ...(yes(0.5) ? { expires: 5 } : {}),
      };
      const isRevoked = yes(0.3);
      return (store) =>
        isRevoked ? store.invites.revoke(invite.token) : store.invites.create(invite);
    }
    default: {
      const isRepeated = yes(0.1) && said.drafts.length > 0;
      const again = isRepeated ? one(said.drafts) : draftOf(choose, number, said);
      const changed = yes(0.1) && again.type === "chat" ? { ...again, message: "else" } : again;
      said.drafts.push(changed);
      return (store) => store.append(changed);
    }
  }
}

/** What an action says: its result, or the code of its refusal. */
function resultOf(action: Action, store: Store): Promise<unknown> {
  return action(store).catch((error) => {
    assert(error instanceof Refusal, String(error));
    return error.code;
  });
}

/** Everything that can be read of a store. */
async function everythingIn(store: Store, drafts: Draft[]): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {
    rooms: await store.rooms({ limit: 10 }),
    filtered: await store.rooms({ filter: "äPF", limit: 10 }),
    next: await store.rooms({ after: (await store.rooms({ limit: 1 }))[0]!, limit: 1 }),
    people: await store.people.search("", 10),
    found: await store.people.search("E", 2),
    known: (await store.people.find([...USERS.map(({ id }) => id), "u_nobody"]))
      .sort((a, b) => a.id < b.id ? -1 : 1),
  };
  for (const { user, id } of drafts.slice(-60)) all[id] = await store.find(user.id, id);
  for (const room of ROOMS) {
    const page = await store.page(room, { at: "end" }, 1_000);
    all[room] = {
      page,
      log: await store.since(room, 0, 10_000),
      room: await store.room(room),
      members: await store.members(room),
      pins: await store.pins(room, 3),
      messages: await store.messages(room, [9, 3, 3, 1_000, 1, 2]),
      around: await store.page(room, { at: "around", seq: page.head >> 1 }, 5),
      invites: await store.invites.list(room),
    };
    for (const { seq } of page.messages) {
      for (const emoji of EMOJI) {
        all[`${room} ${seq} ${emoji}`] = await store.reactors(room, seq, emoji, 3);
      }
    }
    for (const { id } of USERS) {
      all[`${id} in ${room}`] = [await store.role(room, id), await store.places.find(id, room)];
    }
  }
  for (const { id } of USERS) all[`list of ${id}`] = await store.places.list(id, 4);
  for (const token of INVITES) {
    all[token] = [await store.invites.find(token), await store.invites.guests(token)];
  }
  return all;
}

function isMessage(result: unknown): result is Appended {
  return typeof result === "object" && result !== null && "event" in result &&
    (result as Appended).event.type === "chat";
}

async function assertAlike(sqlite: Store, memory: Store, { drafts }: Said): Promise<void> {
  const actual = await everythingIn(sqlite, drafts);
  for (const [what, expected] of Object.entries(await everythingIn(memory, drafts))) {
    assertEquals(actual[what], expected, what);
  }
}

for (const seed of [1, 2, 3, 4, 5, 6]) {
  Deno.test(`SQLite store: says what the store in memory says, whatever was done (seed ${seed})`, async () => {
    using folder = temporaryFolder();
    const choose = choices(seed);
    let time = 1_700_000_000_000;
    const now = () => time;
    const memory = createMemoryStore({ now });
    const open = () => openSqliteStore({ path: folder.path, now, onProblem: (what) => fail(what) });
    let sqlite = await open();
    const said: Said = { drafts: [], messages: new Map() };
    for (let number = 1; number <= ACTIONS; number++) {
      time += choose.below(3) * 10;
      const action = actionOf(choose, number, said);
      const expected = await resultOf(action, memory);
      assertEquals(await resultOf(action, sqlite), expected, `action ${number}`);
      if (isMessage(expected)) {
        const { room, seq } = expected.event;
        said.messages.set(room, [...said.messages.get(room) ?? [], seq]);
      }
      if (number % 60 === 0) await assertAlike(sqlite, memory, said);
    }
    await sqlite.close();
    sqlite = await open();
    await assertAlike(sqlite, memory, said);
    await sqlite.close();
    await memory.close();
  });
}

Deno.test("SQLite store: says what the store in memory says where more people react than are named", async () => {
  using folder = temporaryFolder();
  const memory = createMemoryStore({ now: () => 1 });
  const sqlite = await openAt(folder.path);
  const people = Array.from({ length: LIMITS.reactionPeople + 5 }, (_, number): User => ({
    id: `u_${number}`,
    name: `Person ${number}`,
    ...(number % 3 === 0 ? { unverified: true } : {}),
  }));
  const react = (user: User, on: boolean): Draft => ({
    type: "react",
    room: "lobby",
    user,
    id: crypto.randomUUID(),
    target: 1,
    emoji: "👍",
    on,
  });
  const drafts: Draft[] = [
    { type: "chat", room: "lobby", user: people[0]!, id: "1", message: "Tea?" },
    ...people.map((user) => react(user, true)),
    react({ ...people[3]!, name: "Renamed" }, true),
    react(people[7]!, false),
    react({ ...people[7]!, name: "Renamed" }, true),
    ...people.slice(0, -2).map((user) => react(user, false)),
  ];
  for (const [index, draft] of drafts.entries()) {
    for (const store of [memory, sqlite]) await store.append(draft);
    if (index < LIMITS.reactionPeople) continue;
    const [expected, actual] = await Promise.all(
      [memory, sqlite].map(async (store) => [
        await store.messages("lobby", [1]),
        await store.reactors("lobby", 1, "👍", 1_000),
      ]),
    );
    assertEquals(actual, expected);
  }
  await sqlite.close();
  await memory.close();
});
