/** Whether somebody sits at their screen, as the others see it. */

import { assertEquals } from "@std/assert";
import { ChatPage } from "../support/chat_page.ts";
import { browserTest, type Visit } from "../support/chromium.ts";
import { startServer } from "../support/server.ts";

/** Minutes without any input after which nobody is taken for sitting there. */
const IDLE = 5;

/** Runs in a page before anything else: what is to happen in a minute or later waits for `pass`. */
function holdLongTimers(): void {
  const { setTimeout: start, clearTimeout: stop } = globalThis;
  const waiting = new Map<number, { call: () => void; at: number }>();
  let now = 0;
  let last = 0;
  Object.assign(globalThis, {
    setTimeout: (call: () => void, delay: number, ...rest: unknown[]) => {
      if (!(delay >= 60_000)) return start(call, delay, ...rest);
      waiting.set(--last, { call, at: now + delay });
      return last;
    },
    clearTimeout: (id: number) => waiting.delete(id) || stop(id),
    pass: (milliseconds: number) => {
      now += milliseconds;
      for (const [id, { call, at }] of [...waiting]) {
        if (at <= now && waiting.delete(id)) call();
      }
    },
  });
}

/** Lets time pass in a page, for what is to happen in a minute or later. */
async function pass({ page }: ChatPage, minutes: number): Promise<void> {
  await page.evaluate(
    (milliseconds) => (globalThis as unknown as { pass(time: number): void }).pass(milliseconds),
    minutes * 60_000,
  );
}

/** Ann, who sees how Ben is, and Ben, for whom time passes as the test says. */
async function meet(visit: Visit, url: string) {
  const ann = await ChatPage.enter(visit, url, "Ann");
  const page = await visit.open("about:blank");
  await page.context().addInitScript(holdLongTimers);
  await page.goto(url);
  const ben = new ChatPage(page);
  await ben.chooseName("Ben");
  await ben.isOnline();
  await ann.converseWith("Ben");
  await ann.listed(/^online: Ben/).waitFor();
  return { ann, ben };
}

browserTest(
  "who touches nothing for five minutes is away, and is back at the first movement",
  async (visit) => {
    await using server = await startServer();
    const { ann, ben } = await meet(visit, server.url);
    const { mouse, keyboard } = ben.page;
    let x = 100;
    const inputs = {
      pointermove: () => mouse.move(++x, 200),
      keydown: () => keyboard.press("Shift"),
      wheel: () => mouse.wheel(0, 10),
      pointerdown: () => mouse.click(++x, 200),
    };
    for (const [type, make] of Object.entries(inputs)) {
      const input = async () => {
        // It may reach the page after what made it has come back.
        const listening = await ben.page.evaluateHandle((type) => {
          const arrived = new Promise<void>((resolve) =>
            addEventListener(type, () => resolve(), { once: true, capture: true })
          );
          return { arrived };
        }, type);
        await make();
        await listening.evaluate(({ arrived }) => arrived);
      };
      // Each begins the time anew.
      for (let count = 0; count < 2; count++) {
        await input();
        await pass(ben, IDLE - 0.1);
      }
      assertEquals(await ann.listed(/^online: Ben/).count(), 1);
      await pass(ben, 0.2);
      await ann.listed(/^away: Ben/).waitFor();
      await input();
      await ann.listed(/^online: Ben/).waitFor();
    }
  },
);

browserTest("who is away in one window and not in another is not away", async (visit) => {
  await using server = await startServer();
  const { ann, ben } = await meet(visit, server.url);
  const second = await ben.anotherTab();
  await second.page.mouse.move(50, 50);
  await pass(ben, IDLE + 1);
  await second.page.mouse.move(60, 60);
  assertEquals(await ann.listed(/^online: Ben/).count(), 1);
  await pass(second, IDLE + 1);
  await ann.listed(/^away: Ben/).waitFor();
  await ben.page.mouse.move(50, 50);
  await ann.listed(/^online: Ben/).waitFor();
});
