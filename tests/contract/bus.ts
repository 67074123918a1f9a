/** What every `Bus` keeps (see `server/bus.ts`), as tests that each implementation runs. */

import { assertEquals, assertRejects } from "@std/assert";
import type { Bus, Publication } from "../../server/bus.ts";

export interface BusUnderTest {
  bus: Bus;
  /** What subscribers threw, as far as the bus has told. */
  problems: unknown[];
}

/** A subscriber that keeps what it gets, and lets a test wait for it. */
class Listener {
  readonly heard: string[] = [];
  #waiting: { count: number; resolve: () => void }[] = [];

  readonly on = (publication: Publication): void => {
    this.heard.push(nameOf(publication));
    this.#waiting = this.#waiting.filter(({ count, resolve }) => {
      if (this.heard.length < count) return true;
      resolve();
      return false;
    });
  };

  hears(count: number): Promise<void> {
    if (this.heard.length >= count) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ count, resolve }));
  }
}

function raw(data: string): Publication {
  return { kind: "raw", raw: { from: "somebody", text: data, json: JSON.stringify(data) } };
}

function nameOf(publication: Publication): string {
  return publication.kind === "raw" ? String(publication.raw.text) : publication.kind;
}

/** @param open a new bus, with nobody on it */
export function testBus(name: string, open: () => Promise<BusUnderTest>): void {
  function test(behaviour: string, body: (under: BusUnderTest) => Promise<void>): void {
    Deno.test(`${name}: ${behaviour}`, async () => {
      const under = await open();
      try {
        await body(under);
      } finally {
        await under.bus.close();
      }
    });
  }

  test("every subscriber of a topic gets what is published there, others do not", async ({ bus }) => {
    const [first, second, elsewhere] = [new Listener(), new Listener(), new Listener()];
    await bus.subscribe("lobby", first.on);
    await bus.subscribe("lobby", second.on);
    await bus.subscribe("garden", elsewhere.on);
    await bus.publish("lobby", raw("one"));
    await bus.publish("garden", raw("two"));
    await Promise.all([first.hears(1), second.hears(1), elsewhere.hears(1)]);
    assertEquals([first.heard, second.heard, elsewhere.heard], [["one"], ["one"], ["two"]]);
  });

  test("publications keep all that they have", async ({ bus }) => {
    const publications: Publication[] = [
      {
        kind: "event",
        event: {
          type: "chat",
          room: "lobby",
          seq: 7,
          timestamp: 1_700_000_000_000,
          user: { id: "guest-1", name: "Zoë 🌱", unverified: true },
          id: "m1",
          message: "line one\nline two",
          bytes: 12,
        },
        raw: { from: "connection-1", text: new Uint8Array([0, 255, 10]), json: "{}" },
      },
      {
        kind: "signal",
        signal: { type: "typing", room: "lobby", user: { id: "u1", name: "Ada" } },
      },
      raw(""),
    ];
    const heard: Publication[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    await bus.subscribe("lobby", (publication) => {
      heard.push(publication);
      if (heard.length === publications.length) resolve();
    });
    for (const publication of publications) await bus.publish("lobby", publication);
    await promise;
    assertEquals(heard, publications);
  });

  test("all hear the publications of a topic in the order of the calls", async ({ bus }) => {
    const [first, second] = [new Listener(), new Listener()];
    await bus.subscribe("lobby", first.on);
    await bus.subscribe("lobby", second.on);
    const names = Array.from({ length: 200 }, (_, index) => String(index));
    await Promise.all(names.map((each) => bus.publish("lobby", raw(each))));
    await Promise.all([first.hears(names.length), second.hears(names.length)]);
    assertEquals([first.heard, second.heard], [names, names]);
  });

  test("what a subscriber publishes itself comes after what it was told, for all", async ({ bus }) => {
    const last = new Listener();
    const answers: Promise<void>[] = [];
    await bus.subscribe("lobby", (publication) => {
      if (nameOf(publication) === "question") answers.push(bus.publish("lobby", raw("answer")));
    });
    await bus.subscribe("lobby", last.on);
    await bus.publish("lobby", raw("question"));
    await last.hears(2);
    await Promise.all(answers);
    assertEquals(last.heard, ["question", "answer"]);
  });

  test("nothing comes any more after unsubscribing, the others go on", async ({ bus }) => {
    const [leaver, stayer] = [new Listener(), new Listener()];
    const leave = await bus.subscribe("lobby", leaver.on);
    await bus.subscribe("lobby", stayer.on);
    await bus.publish("lobby", raw("one"));
    await Promise.all([leaver.hears(1), stayer.hears(1)]);
    await leave();
    await leave();
    await bus.publish("lobby", raw("two"));
    await stayer.hears(2);
    assertEquals([leaver.heard, stayer.heard], [["one"], ["one", "two"]]);
  });

  test("a topic lives on when its last subscriber left and another came", async ({ bus }) => {
    const leave = await bus.subscribe("lobby", new Listener().on);
    await leave();
    const listener = new Listener();
    await bus.subscribe("lobby", listener.on);
    await leave();
    await bus.publish("lobby", raw("one"));
    await listener.hears(1);
    assertEquals(listener.heard, ["one"]);
  });

  test("one function that subscribed twice gets everything twice until it left twice", async ({ bus }) => {
    const listener = new Listener();
    const leave = await bus.subscribe("lobby", listener.on);
    await bus.subscribe("lobby", listener.on);
    await bus.publish("lobby", raw("one"));
    await listener.hears(2);
    await leave();
    await bus.publish("lobby", raw("two"));
    await listener.hears(3);
    assertEquals(listener.heard, ["one", "one", "two"]);
  });

  test("a subscriber that throws is reported and costs nobody else anything", async ({ bus, problems }) => {
    const failure = new Error("a subscriber's own fault");
    const listener = new Listener();
    await bus.subscribe("lobby", () => {
      throw failure;
    });
    await bus.subscribe("lobby", listener.on);
    await bus.publish("lobby", raw("one"));
    await bus.publish("lobby", raw("two"));
    await listener.hears(2);
    assertEquals(listener.heard, ["one", "two"]);
    assertEquals(problems, [failure, failure]);
  });

  test("a closed bus delivers nothing and rejects", async ({ bus }) => {
    const listener = new Listener();
    await bus.subscribe("lobby", listener.on);
    await bus.close();
    await assertRejects(() => bus.publish("lobby", raw("one")), Error);
    await assertRejects(() => bus.subscribe("lobby", listener.on), Error);
    assertEquals(listener.heard, []);
  });

  test("a bus that is closed while it delivers goes on to nobody else", async ({ bus }) => {
    const listener = new Listener();
    const told = Promise.withResolvers<void>();
    await bus.subscribe("lobby", () => told.resolve(bus.close()));
    await bus.subscribe("lobby", listener.on);
    await bus.publish("lobby", raw("one"));
    await told.promise;
    assertEquals(listener.heard, []);
  });
}
