/** People who do things with messages, by every way in. */

import type {
  ChatCommand,
  DirectCommand,
  ErrorCode,
  LogCommand,
  LogEvent,
  ServerEvent,
  User,
} from "../../server/protocol.ts";
import { connect, signIn } from "./client.ts";

/** Where somebody is, and how they prove who they are; a guest without a session proves nothing. */
export interface Person {
  url: string;
  token?: string;
}

export interface SignedIn extends Person {
  token: string;
  user: User;
}

/** Signs people in under these names. */
export async function people(url: string, ...names: string[]): Promise<SignedIn[]> {
  return await Promise.all(names.map(async (name) => ({ url, ...await signIn(url, name) })));
}

/** What a command came to: the event that answers it, or the code of its refusal. */
export interface Answer {
  event?: LogEvent;
  code?: ErrorCode;
  /** The sentence of a refusal. */
  message?: string;
  /** The status, where there was one. */
  status?: number;
}

/** Carries out a command for somebody. */
export type Way = (who: Person, command: LogCommand) => Promise<Answer>;

/** By a connection of its own, which has not joined the room. */
const bySocket: Way = async ({ url, token }, command) => {
  await using client = await connect(url, token === undefined ? {} : { token });
  client.send(command);
  return answerOf(await client.next((event) => "id" in event && event.id === command.id));
};

/** By the request of the HTTP API that means the same. */
const byHttp: Way = async ({ url, token }, command) => {
  const { method, path, body } = requestOf(command);
  const response = await fetch(new URL(path, url), {
    method,
    headers: { ...headersOf(token), "idempotency-key": command.id },
    ...body === undefined ? {} : { body: JSON.stringify(body) },
  });
  const answer = await response.json();
  const { status } = response;
  return response.ok
    ? { event: answer, status }
    : { code: answer.error.code, message: answer.error.message, status };
};

/** By a frame of commands in a request, as those send it who listen to a stream. */
const byFrame: Way = async ({ url, token }, command) => {
  const response = await fetch(new URL("/api/commands", url), {
    method: "POST",
    headers: headersOf(token),
    body: JSON.stringify(command),
  });
  const answers: ServerEvent[] = await response.json();
  return answerOf(answers[0]!);
};

/** Every way in, by its name. */
export const WAYS: ReadonlyMap<string, Way> = new Map([
  ["a socket", bySocket],
  ["HTTP", byHttp],
  ["a frame over HTTP", byFrame],
]);

/** Carries out what has to succeed; resolves to its event. */
export async function done<Event extends LogEvent = LogEvent>(
  who: Person,
  command: LogCommand,
): Promise<Event> {
  const { event, code, message } = await byHttp(who, command);
  if (event) return event as Event;
  throw new Error(`${command.type} was refused: ${code} ${message}`);
}

function answerOf(event: ServerEvent): Answer {
  if (event.type === "error") return { code: event.code, message: event.message };
  return { event: event as LogEvent };
}

function headersOf(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

function requestOf(command: LogCommand): { method: string; path: string; body?: unknown } {
  if (command.type === "chat") return saying(command);
  const path = `/api/rooms/${command.room}/messages/${command.target}`;
  switch (command.type) {
    case "edit": {
      const { message, mentions } = command;
      return { method: "PATCH", path, body: { message, mentions } };
    }
    case "delete":
      return { method: "DELETE", path };
    case "react": {
      const reaction = `${path}/reactions/${encodeURIComponent(command.emoji)}`;
      return { method: command.on ? "PUT" : "DELETE", path: reaction };
    }
    case "pin":
      return { method: command.on ? "PUT" : "DELETE", path: `${path}/pin` };
  }
}

function saying(command: ChatCommand | DirectCommand) {
  const { type: _, id: _id, ...body } = command;
  if ("to" in body) return { method: "POST", path: "/api/messages", body };
  const { room, ...said } = body;
  return { method: "POST", path: `/api/rooms/${room}/messages`, body: said };
}
