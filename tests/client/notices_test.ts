/** What is for the reader is told once, and not while they look at it. */

import { assertEquals } from "@std/assert";
import { type Notice, type NoticedRoom, Notices } from "../../client/notices.ts";
import { EVERYBODY, type Mention } from "../../server/protocol.ts";
import { said } from "./support/chat_trial.ts";
import { ANN, BEN } from "./support/fake_network.ts";

const ME: Mention[] = [{ id: ANN.id, name: ANN.name }];

class Trial {
  about: NoticedRoom = { room: "lobby", kind: "public" };
  /** Answers whether the reader looks; by default they look elsewhere. */
  isLooking: Promise<boolean> = Promise.resolve(false);
  isWanted = true;
  readonly shown: Notice[] = [];
  readonly closed: number[] = [];
  readonly notices = new Notices({
    self: () => ANN,
    about: () => this.about,
    nameOf: (id) => id === ANN.id ? "Annie" : undefined,
    isLooking: () => this.isLooking,
    isWanted: () => this.isWanted,
    show: (notice) => {
      this.shown.push(notice);
      return () => this.closed.push(notice.seq);
    },
  }, ["lobby"]);

  /** Lets everything under way come to its end. */
  async settled(): Promise<number[]> {
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    return this.shown.map(({ seq }) => seq);
  }
}

const naming = (seq: number, mentions = ME) => ({
  ...said(seq),
  message: `@${mentions[0]!.name} look`,
  mentions,
});

Deno.test("a mention is told, in words of today; what is said to others is not", async () => {
  const trial = new Trial();
  trial.notices.take(said(1));
  trial.notices.take(naming(2));
  trial.notices.take({ ...naming(3), user: ANN });
  trial.notices.take(naming(4, [{ id: BEN.id, name: "Ben" }]));
  trial.notices.take(naming(5, [{ id: EVERYBODY, name: "room" }]));
  assertEquals(await trial.settled(), [2, 5]);
  assertEquals(trial.shown[0], {
    room: "lobby",
    seq: 2,
    title: "Ben in #lobby",
    body: "@Annie look",
  });
});

Deno.test("everything in a conversation between people is for them, and of a muted room nothing", async () => {
  const trial = new Trial();
  trial.about = { room: "lobby", kind: "direct" };
  trial.notices.take(said(1));
  assertEquals(await trial.settled(), [1]);
  assertEquals(trial.shown[0]!.title, "Ben");
  trial.about = { room: "lobby", kind: "direct", muted: true };
  trial.notices.take(said(2));
  trial.about = { room: "lobby", kind: "public", muted: true };
  trial.notices.take(naming(3));
  assertEquals(await trial.settled(), [1]);
});

Deno.test("nothing is told of a room that the reader looks at", async () => {
  const trial = new Trial();
  trial.isLooking = Promise.resolve(true);
  trial.notices.take(naming(1));
  assertEquals(await trial.settled(), []);
});

Deno.test("what comes twice, as after a reconnect, is told once", async () => {
  const trial = new Trial();
  trial.notices.take(naming(1));
  trial.notices.take(naming(1));
  trial.notices.take({
    type: "joined",
    room: "lobby",
    about: { room: "lobby", kind: "public" },
    cursor: "e:2",
    online: 1,
    events: [naming(1), naming(2)],
  });
  assertEquals(await trial.settled(), [1, 2]);
});

Deno.test("a notice goes when its message is read, on whichever device, or deleted", async () => {
  const trial = new Trial();
  for (const seq of [1, 2, 3, 4]) trial.notices.take(naming(seq));
  await trial.settled();
  trial.notices.take({ type: "read", room: "lobby", upTo: 2, unread: 2, mentions: 2 });
  assertEquals(trial.closed, [1, 2]);
  const deletion = { room: "lobby", seq: 5, timestamp: 1, user: BEN, id: "d", target: 3 };
  trial.notices.take({ ...deletion, type: "delete" });
  assertEquals(trial.closed, [1, 2, 3]);
  trial.notices.seen("lobby");
  assertEquals(trial.closed, [1, 2, 3, 4]);
});

Deno.test("what came before the reader wanted to be told is not told when they do", async () => {
  const trial = new Trial();
  trial.isWanted = false;
  trial.notices.take(naming(1));
  trial.isWanted = true;
  trial.notices.take(naming(2));
  assertEquals(await trial.settled(), [2]);
});

Deno.test("what is read while it is asked whether somebody looks is not told", async () => {
  const trial = new Trial();
  const { promise, resolve } = Promise.withResolvers<boolean>();
  trial.isLooking = promise;
  trial.notices.take(naming(1));
  trial.notices.take({ type: "read", room: "lobby", upTo: 1, unread: 0, mentions: 0 });
  resolve(false);
  assertEquals(await trial.settled(), []);
});

Deno.test("a conversation that somebody begins is told, and one's own or a known one is not", async () => {
  const trial = new Trial();
  const people = [ANN, BEN];
  const about = { room: "~1", kind: "direct" as const, people };
  const listed = { ...about, cursor: "e:2", timestamp: 1, read: 0, unread: 0, mentions: 0 };
  trial.notices.take({ ...listed, type: "listed" });
  trial.notices.take({ ...listed, type: "listed", room: "lobby", unread: 1 });
  trial.notices.take({ ...listed, type: "listed", room: "~2", unread: 1 });
  trial.notices.take({ ...listed, type: "listed", room: "~2", unread: 1, cursor: "e:3" });
  await trial.settled();
  assertEquals(trial.shown, [
    { room: "~2", seq: 2, title: "Ben", body: "Has written to you." },
  ]);
});
