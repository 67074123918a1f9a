/** What the switcher offers: rooms and people by name, the best and the most recent first. */

import type { ListedRoom, User } from "../server/protocol.ts";
import { withoutAccents } from "../server/without_accents.ts";
import { fuzzyScore } from "./fuzzy.ts";
import { titleOf } from "./room_names.ts";
import type { Person, PublicRoom } from "./rooms_api.ts";

/** Most choices shown. */
const MOST = 50;

export type Choice =
  | { key: string; kind: "room"; room: ListedRoom; title: string }
  | { key: string; kind: "other"; room: PublicRoom; title: string }
  | { key: string; kind: "person"; person: User; title: string };

export interface Offered {
  /** One's own rooms, the most recent first. */
  own: readonly ListedRoom[];
  /** Rooms that the server has found. */
  others: readonly PublicRoom[];
  people: readonly Person[];
}

/** Whether what was typed asks for people only: it begins with `@`. */
export function asksForPeople(typed: string): boolean {
  return typed.trimStart().startsWith("@");
}

/** The choices for what was typed. */
export function choicesFor(typed: string, offered: Offered, selfId: string | undefined): Choice[] {
  const wanted = withoutAccents(typed.trim().replace(/^[@#]/, ""));
  const all = asksForPeople(typed)
    ? [...offered.own.filter(({ kind }) => kind === "direct").map(own), ...peopleOf(offered)]
    : [...offered.own.map(own), ...othersOf(offered), ...peopleOf(offered)];
  return all
    .map((choice) => ({ choice, score: fuzzyScore(wanted, withoutAccents(choice.title)) }))
    .filter(({ score }) => score !== undefined)
    // Stable: of equal ones, the order in which they were offered.
    .sort((one, other) => other.score! - one.score!)
    .slice(0, MOST)
    .map(({ choice }) => choice);

  function own(room: ListedRoom): Choice {
    return { key: room.room, kind: "room", room, title: titleOf(room, selfId) };
  }
}

function othersOf({ own, others }: Offered): Choice[] {
  const known = new Set(own.map(({ room }) => room));
  return others.filter(({ room }) => !known.has(room))
    .map((room) => ({ key: room.room, kind: "other", room, title: room.title ?? room.room }));
}

/** Those with whom one has no conversation yet. */
function peopleOf({ own, people }: Offered): Choice[] {
  const partners = new Set(
    own.filter(({ kind, people }) => kind === "direct" && people?.length === 2)
      .flatMap(({ people }) => people!.map(({ id }) => id)),
  );
  return people.filter(({ id }) => !partners.has(id))
    .map((person) => ({ key: `@${person.id}`, kind: "person", person, title: person.name }));
}
