import { assertEquals } from "@std/assert";
import type { ChatEvent } from "../../../server/protocol.ts";
import { judge, type Ledger, textOf, type Verdict } from "./ledger.ts";

/** The log of a room in which the authors said these things: `["ada 1", "bob 1", …]`. */
function logOf(...texts: string[]): ChatEvent[] {
  return texts.map((text, index) => ({
    type: "chat",
    room: "crash",
    seq: index + 1,
    timestamp: 0,
    user: { id: text.split(" ")[0]!, name: "name" },
    id: text.replace(" ", "-"),
    message: text,
  }));
}

/** A ledger in which everything in the log was acknowledged, and shown to one listener. */
function ledgerOf(log: ChatEvent[]): Ledger {
  return {
    acknowledged: log.map(({ message, id, seq }) => {
      const [author = "", number] = message.split(" ");
      return { author, number: Number(number), id, seq };
    }),
    shown: [log.map(({ id }) => id)],
    retries: 0,
    surprises: [],
  };
}

function faults({ lost, doubled, outOfOrder, holes, shownOtherwise }: Verdict): number[] {
  return [lost, doubled, outOfOrder, holes, shownOtherwise];
}

Deno.test("a log that has everything once and in order is found faultless", () => {
  const log = logOf("ada 1", "bob 1", "ada 2");
  assertEquals(faults(judge([ledgerOf(log)], log)), [0, 0, 0, 0, 0]);
});

Deno.test("an acknowledged message that is missing, elsewhere or changed is found lost", () => {
  const log = logOf("ada 1", "bob 1", "ada 2");
  const ledger = { ...ledgerOf(log), shown: [] };
  assertEquals(faults(judge([ledger], log.slice(0, 2))), [1, 0, 0, 0, 0]);
  const elsewhere = logOf("bob 1", "ada 1", "ada 2");
  assertEquals(faults(judge([ledger], elsewhere)), [2, 0, 0, 0, 0]);
  const changed = log.with(1, { ...log[1]!, message: textOf("bob", 7) });
  assertEquals(faults(judge([ledger], changed)), [1, 0, 0, 0, 0]);
});

Deno.test("a message that stands twice in the log is found doubled", () => {
  const log = logOf("ada 1", "bob 1", "bob 1");
  assertEquals(judge([ledgerOf(log)], log).doubled, 1);
});

Deno.test("a message behind a later one of its author is found out of order", () => {
  const log = logOf("ada 2", "bob 1", "ada 1");
  assertEquals(faults(judge([ledgerOf(log)], log)), [0, 0, 1, 0, 0]);
});

Deno.test("a position without an event is found as a hole", () => {
  const log = logOf("ada 1", "bob 1", "ada 2").with(2, { ...logOf("ada 2")[0]!, seq: 4 });
  assertEquals(judge([ledgerOf(log)], log).holes, 1);
});

Deno.test("what somebody was shown and is not in the log, or was not shown, is found", () => {
  const log = logOf("ada 1", "bob 1", "ada 2");
  const ledger = ledgerOf(log);
  const other = { ...ledger, shown: [["ada-1", "eve-1", "ada-2"]] };
  assertEquals(faults(judge([other], log)), [0, 0, 0, 0, 1]);
  const less = { ...ledger, shown: [["ada-1"]] };
  assertEquals(faults(judge([less], log)), [0, 0, 0, 0, 2]);
  const more = { ...ledger, shown: [["ada-1", "bob-1", "ada-2", "eve-1"]] };
  assertEquals(faults(judge([more], log)), [0, 0, 0, 0, 1]);
});
