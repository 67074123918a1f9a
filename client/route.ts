/** The address bar: `/r/ROOM#mSEQ` or `/join/INVITE`, and nothing else. */

import { signal } from "@preact/signals";
import { isPrivateRoom, isPublicRoom, LOBBY } from "../server/protocol.ts";

export interface Route {
  room: string;
  /** The message that a permalink points at. */
  message?: number;
  /** The invite that leads into a room, instead of one. */
  invite?: string;
}

export const route = signal<Route>(parse(location.pathname, location.hash));

/** Follows the browser's own moves; call once. */
export function followAddress(): void {
  const update = () => {
    route.value = parse(location.pathname, location.hash);
  };
  addEventListener("popstate", update);
  addEventListener("hashchange", update);
}

/** Shows another room, as following a link to it would. */
export function go(room: string): void {
  history.pushState(null, "", `/r/${room}`);
  route.value = { room };
}

/** Shows a message, as following its permalink would. */
export function goToMessage(room: string, seq: number): void {
  history.pushState(null, "", `/r/${room}#m${seq}`);
  route.value = { room, message: seq };
}

/** Whether an address can lead to a room. */
export function isRoom(room: string): boolean {
  return isPublicRoom(room) || isPrivateRoom(room);
}

/** The address of a message, to be sent to others. */
export function permalink(room: string, seq: number): string {
  return `${location.origin}/r/${room}#m${seq}`;
}

function parse(path: string, hash: string): Route {
  const invite = /^\/join\/([A-Za-z0-9_-]+)\/?$/.exec(path)?.[1];
  if (invite !== undefined) return { room: LOBBY, invite };
  const segment = /^\/r\/([^/]+)\/?$/.exec(path)?.[1];
  const room = segment === undefined ? LOBBY : decoded(segment);
  const seq = /^#m(\d{1,15})$/.exec(hash)?.[1];
  return seq === undefined ? { room } : { room, message: Number(seq) };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
