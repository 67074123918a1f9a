/**
 * Commands in one HTTP request: the same frame as over a socket, and the answer is what the socket would
 * have been sent. For clients that listen to server-sent events.
 */

import { type Client, Dispatch } from "./dispatch.ts";
import type { Domain } from "./domain.ts";
import type { Identity } from "./identity.ts";
import type { Log } from "./log.ts";
import { type CloseReason, Refusal, type ServerEvent } from "./protocol.ts";

/** Carries out a frame and resolves to the events that answer it: acknowledgements and errors. */
export async function carryOut(
  frame: string,
  identity: Identity,
  domain: Domain,
  log: Log,
): Promise<ServerEvent[]> {
  const client = new RequestClient(identity);
  const dispatch = new Dispatch(client, domain, log);
  dispatch.receive(frame);
  await dispatch.settled();
  // Statuses were told once; nobody is there to hear how they change.
  domain.statuses.leave(client);
  return client.answers;
}

/** Speaks for one request. It is in no room, so that every acknowledgement comes to it. */
class RequestClient implements Client {
  readonly id = "request";
  readonly rooms = new Set<string>();
  readonly hasEnded = true;
  readonly buffered = 0;
  readonly isWritten = true;
  readonly heard = 0;
  readonly answers: ServerEvent[] = [];

  constructor(readonly identity: Identity) {}

  send(events: readonly ServerEvent[]): void {
    this.answers.push(...events);
  }

  close({ reason }: CloseReason): void {
    this.answers.push({ type: "error", code: "too_many_commands", message: `Refused: ${reason}.` });
  }

  /** What is of a connection alone has no meaning here. */
  renew(): Promise<void> {
    throw new Refusal("bad_command", "A token comes with each request, in its header.");
  }

  removed(): void {}
  personal(): void {}
  deliver(): void {}
  signal(): void {}
  fallBehind(): void {}
}
