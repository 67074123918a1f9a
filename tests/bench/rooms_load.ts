/**
 * A load over very many rooms: few people in each, one message outstanding in all, so that no message
 * finds company and a frame is one message to one person.
 */

import { readFileSync } from "node:fs";
import { type Client, connect, signIn } from "../support/client.ts";
import type { Running } from "./measure.ts";

/** Connections, whatever the number of rooms, so that only that differs. */
const CONNECTIONS = 200;
/** People in a room. With the most rooms, each connection is in 150. */
const MEMBERS = 3;
/** Joins in one frame. */
const JOINS = 50;

export interface RoomsMeasure {
  /** Microseconds of the server's CPU for a message, with all its deliveries. */
  cpuPerMessage: number;
  /** Resident kB of the server for a room with its members. */
  memoryPerRoom: number;
  /** Milliseconds from the send to the last receipt. */
  p50: number;
  longest: number;
}

/** Enters the rooms, then says something in one after the other for so many seconds. */
export async function measureRooms(
  { port, pid }: Running,
  rooms: number,
  seconds: number,
): Promise<RoomsMeasure> {
  const url = `http://127.0.0.1:${port}`;
  const { token } = await signIn(url, "Bench");
  await using stack = new AsyncDisposableStack();
  const clients: Client[] = [];
  while (clients.length < CONNECTIONS) clients.push(stack.use(await connect(url, { token })));
  const membersOf = (room: number) =>
    Array.from(
      { length: MEMBERS },
      (_, member) => clients[(room * MEMBERS + member) % CONNECTIONS]!,
    );
  const before = memoryOf(pid);
  await enter(clients, membersOf, rooms);
  const memoryPerRoom = (memoryOf(pid) - before) / rooms;

  const times: number[] = [];
  const say = async (number: number) => {
    const room = number % rooms;
    const members = membersOf(room);
    const begun = performance.now();
    members[0]!.send({
      type: "chat",
      id: `m${number}`,
      room: `room-${room}`,
      message: "The quick brown fox jumps over the lazy dog, and then it rests.!",
    });
    await Promise.all(
      members.map((member) => member.nextOf("chat", ({ id }) => id === `m${number}`)),
    );
    times.push(performance.now() - begun);
  };
  // Each room once, or a while: the first message of a room is another matter.
  let number = 0;
  for (const end = performance.now() + 1_000; performance.now() < end || number < rooms;) {
    await say(number++);
  }
  times.length = 0;
  const cpu = cpuOf(pid);
  for (const end = performance.now() + seconds * 1_000; performance.now() < end;) {
    await say(number++);
  }
  const cpuPerMessage = (cpuOf(pid) - cpu) * 1e6 / times.length;
  const sorted = times.toSorted((a, b) => a - b);
  return {
    cpuPerMessage,
    memoryPerRoom,
    p50: sorted[sorted.length >> 1]!,
    longest: sorted.at(-1)!,
  };
}

/** Enters all rooms, each connection with a frame of joins at a time. */
async function enter(
  clients: readonly Client[],
  membersOf: (room: number) => readonly Client[],
  rooms: number,
): Promise<void> {
  const own = new Map<Client, string[]>(clients.map((client) => [client, []]));
  for (let room = 0; room < rooms; room++) {
    for (const member of membersOf(room)) own.get(member)!.push(`room-${room}`);
  }
  await Promise.all(clients.map(async (client) => {
    const wanted = own.get(client)!;
    for (let from = 0; from < wanted.length; from += JOINS) {
      const part = wanted.slice(from, from + JOINS);
      client.send(part.map((room) => ({ type: "join" as const, room })));
      await client.nextOf("joined", ({ room }) => room === part.at(-1));
    }
  }));
}

/** CPU seconds of a process, all threads, user and system. */
function cpuOf(pid: number): number {
  // The name may hold spaces, so counting starts behind it; ticks are hundredths everywhere.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Resident kB of a process. */
function memoryOf(pid: number): number {
  return Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]);
}
