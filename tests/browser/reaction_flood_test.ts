/** A message to which more people react than anybody can follow, in a real browser. */

import { assertEquals, assertGreater } from "@std/assert";
import { ChatPage } from "../support/chat_page.ts";
import { browserTest } from "../support/chromium.ts";
import { type Client, connect, signIn } from "../support/client.ts";
import { history } from "../support/http.ts";
import { tasksDuring } from "../support/long_tasks.ts";
import { numbered, sayAll } from "../support/say_all.ts";
import { startServer } from "../support/server.ts";

const EMOJI = ["👍", "🎉", "❤️", "🚀"];
/** Messages in the room; the last twenty are reacted to, most of which are on screen. */
const MESSAGES = 500;
const TARGETS = Array.from({ length: 20 }, (_, index) => MESSAGES - index);
const PEOPLE = 8;
/** Reactions of each of them, put on and taken off in turns, so many in a frame. */
const FRAMES = 25;
const COMMANDS = 50;
/** Milliseconds of processor time from which on a task is long. */
const LONG = 50;

/** One who reacts as fast as the server takes it: a frame follows when the one before is acknowledged. */
async function reactOnAndOn(client: Client, who: number): Promise<void> {
  for (let frame = 0; frame < FRAMES; frame++) {
    const commands = Array.from({ length: COMMANDS }, (_, index) => ({
      type: "react" as const,
      id: `${who}-${frame}-${index}`,
      room: "lobby",
      target: TARGETS[(who + frame + index) % TARGETS.length]!,
      emoji: EMOJI[(frame + index) % EMOJI.length]!,
      on: (frame + who) % 3 !== 0,
    }));
    client.send(commands);
    const last = commands.at(-1)!.id;
    await client.nextOf("react", ({ id }) => id === last);
  }
}

browserTest(
  "ten thousand reactions in a few seconds keep the page busy for less than 50 ms at a time",
  async (visit) => {
    await using server = await startServer();
    const { token } = await signIn(server.url, "Writer");
    await using sockets = new AsyncDisposableStack();
    const writer = sockets.use(await connect(server.url, { token }));
    await sayAll(writer, numbered(MESSAGES));
    const reacting: Client[] = [];
    for (let who = 0; who < PEOPLE; who++) {
      const signedIn = await signIn(server.url, `Person ${who}`);
      reacting.push(sockets.use(await connect(server.url, { token: signedIn.token })));
    }
    const ann = await ChatPage.enter(visit, server.url, "Ann");
    await ann.sees(`message ${MESSAGES}`);

    const total = PEOPLE * FRAMES * COMMANDS;
    let seconds = 0;
    const tasks = await tasksDuring(visit.browser, ann.page, async () => {
      const started = performance.now();
      await Promise.all(reacting.map(reactOnAndOn));
      seconds = (performance.now() - started) / 1_000;
      await ann.say("all done");
      await ann.sees("all done");
    });
    console.log(
      `${Math.round(total / seconds)} reactions a second for ${
        seconds.toFixed(1)
      } s; the longest ` +
        `tasks took ${tasks.slice(0, 4).map(({ cpu }) => cpu.toFixed(0)).join(", ")} ms`,
    );
    // Else it says nothing about many at once.
    assertGreater(total / seconds, 300);
    assertEquals(tasks.map(({ cpu }) => cpu).filter((cpu) => cpu > LONG), []);

    // What it shows is what the server has.
    const { messages } = await history(server.url, "lobby", "limit=50");
    const counts = new Map(messages.map(({ message, reactions = [] }) => [
      message,
      reactions.map(({ emoji, count }) => `${emoji} ${count}`),
    ]));
    const shown = await ann.messages.evaluateAll((articles) =>
      articles.map((article) => ({
        text: article.querySelector(".text")!.textContent!,
        counts: [...article.querySelectorAll(".reaction")].map((reaction) =>
          ["emoji", "count"].map((part) => reaction.querySelector(`.${part}`)!.textContent).join(
            " ",
          )
        ),
      }))
    );
    assertGreater(shown.filter(({ counts }) => counts.length > 0).length, 3);
    for (const { text, counts: seen } of shown) assertEquals(seen, counts.get(text), text);
  },
);
