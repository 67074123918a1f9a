/** What writers noted while the server was killed again and again, and its comparison with the log. */

import type { ChatEvent } from "../../../server/protocol.ts";

/** One acknowledged message, as its author remembers it. */
export interface Acknowledged {
  author: string;
  /** Its author's messages are numbered 1, 2, 3 … in the order in which they were written. */
  number: number;
  id: string;
  seq: number;
}

/** What one process of writers noted. */
export interface Ledger {
  acknowledged: Acknowledged[];
  /** What each author that listened was shown, the id at each position from 1 on. */
  shown: string[][];
  /** How often something was sent again because no acknowledgement came. */
  retries: number;
  /** What should not have happened at all, in words. */
  surprises: string[];
}

/** Every number but the first three should be nought. */
export interface Verdict {
  acknowledged: number;
  kept: number;
  retries: number;
  /** Acknowledged, but not in the log at the position that was told. */
  lost: number;
  /** In the log more than once. */
  doubled: number;
  /** Behind a later message of the same author. */
  outOfOrder: number;
  /** Positions without an event. */
  holes: number;
  /** Shown to somebody at a position where the log has something else, or not shown. */
  shownOtherwise: number;
  surprises: string[];
}

/** Compares what was noted with the log, given from position 1 on. */
export function judge(ledgers: readonly Ledger[], log: readonly ChatEvent[]): Verdict {
  const acknowledged = ledgers.flatMap((ledger) => ledger.acknowledged);
  const bySeq = new Map(log.map((event) => [event.seq, event]));
  const times = new Map<string, number>();
  const latest = new Map<string, number>();
  let outOfOrder = 0;
  for (const event of log) {
    const { author, number } = readText(event.message);
    const key = `${event.user.id} ${event.id}`;
    times.set(key, (times.get(key) ?? 0) + 1);
    if (number <= (latest.get(author) ?? 0)) outOfOrder++;
    latest.set(author, number);
  }
  const lost = acknowledged.filter(({ author, number, id, seq }) => {
    const event = bySeq.get(seq);
    return event?.id !== id || event.message !== textOf(author, number);
  });
  const shownOtherwise = ledgers.flatMap((ledger) => ledger.shown).map((shown) =>
    log.filter((event, index) => shown[index] !== event.id).length +
    Math.max(0, shown.length - log.length)
  );
  return {
    acknowledged: acknowledged.length,
    kept: log.length,
    retries: sum(ledgers.map((ledger) => ledger.retries)),
    lost: lost.length,
    doubled: [...times.values()].filter((count) => count > 1).length,
    outOfOrder,
    holes: log.filter((event, index) => event.seq !== index + 1).length,
    shownOtherwise: sum(shownOtherwise),
    surprises: ledgers.flatMap((ledger) => ledger.surprises),
  };
}

/** The text of an author's message, which tells author and number again. */
export function textOf(author: string, number: number): string {
  return `${author} ${number}`;
}

function readText(text: string): { author: string; number: number } {
  const [author = "", number] = text.split(" ");
  return { author, number: Number(number) };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
