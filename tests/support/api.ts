/** People who use the HTTP API as programs do: with their token, and JSON in both directions. */

import { assertEquals } from "@std/assert";
import type { ErrorCode, ListedRoom, RoomRole, ServerEvent, User } from "../../server/protocol.ts";
import { type Client, connect, signIn } from "./client.ts";

/** What the API answered. */
export interface Answer<T> {
  status: number;
  /** The JSON of the answer; undefined where there is none. */
  body: T & { error?: { code: ErrorCode; message: string } };
}

/** Somebody who is signed in. */
export class Person {
  private constructor(
    readonly url: string,
    readonly token: string,
    readonly user: User,
  ) {}

  static async signIn(url: string, name: string): Promise<Person> {
    const { token, user } = await signIn(url, name);
    return new Person(url, token, user);
  }

  /** Somebody whom an application signs in. */
  static of(url: string, token: string, user: User): Person {
    return new Person(url, token, user);
  }

  /** Asks the API. */
  async ask<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer<T>> {
    return await ask<T>(this.url, method, path, body, {
      authorization: `Bearer ${this.token}`,
      ...headers,
    });
  }

  /** Asks the API for what has to go well. */
  async must<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<T> {
    const answer = await this.ask<T>(method, path, body);
    assertEquals(answer.status < 300, true, `${method} ${path}: ${JSON.stringify(answer)}`);
    return answer.body;
  }

  /** Creates a private room, and resolves to its id. */
  async createPrivate(title: string): Promise<string> {
    const { room } = await this.must<ListedRoom>("POST", "/api/rooms", { title, private: true });
    return room;
  }

  /** Gives somebody a role in a room. */
  async setRole(room: string, { user }: Person, role: RoomRole): Promise<void> {
    await this.must("PUT", `/api/rooms/${room}/members/${user.id}`, { role });
  }

  /** A socket of this person that has been welcomed. */
  async connect(): Promise<Client> {
    const client = await connect(this.url, { token: this.token });
    await client.nextOf("welcome");
    return client;
  }

  /** A socket of this person that is in a room. */
  async join(room: string): Promise<Client> {
    const client = await this.connect();
    client.send({ type: "join", room });
    await client.next((event) => event.type === "joined" || event.type === "error");
    return client;
  }
}

/** Asks the API as whoever the headers say. */
export async function ask<T = Record<string, unknown>>(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer<T>> {
  const response = await fetch(new URL(path, url), {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
}

/** Everything that a connection has received of one room, or that names it. */
export function about(events: readonly ServerEvent[], room: string): ServerEvent[] {
  return events.filter((event) => JSON.stringify(event).includes(room));
}
