/** The browser's own notifications and the app's badge: real ones, as Chromium shows them. */

import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { ChatPage } from "../support/chat_page.ts";
import { browserTest, type Visit } from "../support/chromium.ts";
import { startServer } from "../support/server.ts";

/** A notification of the page. */
interface Told {
  title: string;
  body: string;
  tag: string;
  /** `shown` and `closed` as the browser says it has done it, or `asked` until it has. */
  state: "asked" | "shown" | "closed" | "failed";
}

interface Watched {
  told: (Told & { notification: Notification })[];
  badges: number[];
}

/** Keeps hold of the notifications that the page makes and the browser shows, and of the badge's numbers. */
async function watch(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const watched: Watched = { told: [], badges: [] };
    class WatchedNotification extends Notification {
      constructor(title: string, options: NotificationOptions) {
        super(title, options);
        const { body, tag } = this;
        const one: Watched["told"][number] = {
          title: this.title,
          body,
          tag,
          state: "asked",
          notification: this,
        };
        watched.told.push(one);
        this.addEventListener("show", () => one.state = "shown");
        this.addEventListener("close", () => one.state = "closed");
        this.addEventListener("error", () => one.state = "failed");
      }
    }
    const setAppBadge = navigator.setAppBadge.bind(navigator);
    navigator.setAppBadge = (count) => {
      watched.badges.push(count!);
      return setAppBadge(count);
    };
    Object.assign(globalThis, { Notification: WatchedNotification, watched });
  });
  await page.reload();
}

function watchedOn(page: Page): Promise<{ told: Told[]; badges: number[] }> {
  return page.evaluate(() => {
    const { told, badges } = (globalThis as unknown as { watched: Watched }).watched;
    return {
      told: told.map(({ title, body, tag, state }) => ({ title, body, tag, state })),
      badges: [...badges],
    };
  });
}

/** Waits until the browser has shown so many notifications, or closed as many. */
async function untilTold(page: Page, count: number, state: "shown" | "closed"): Promise<Told[]> {
  await page.waitForFunction(
    ([count, state]) =>
      (globalThis as unknown as { watched: Watched }).watched.told
        .filter((one) => one.state === state).length === count,
    [count, state] as const,
    { polling: 50 },
  );
  return (await watchedOn(page)).told;
}

/** Waits until the badge says a number. */
async function untilBadge(page: Page, count: number): Promise<void> {
  await page.waitForFunction(
    (count) => (globalThis as unknown as { watched: Watched }).watched.badges.at(-1) === count,
    count,
    { polling: 50 },
  );
}

/** Ann, who wants to be told and looks at the room `games`, and Ben in the lobby. */
async function annElsewhere(visit: Visit, url: string) {
  const ann = await ChatPage.enter(visit, `${url}/r/lobby`, "Ann", {
    permissions: ["notifications"],
  });
  await ann.page.goto(`${url}/r/games`);
  await watch(ann.page);
  await ann.isOnline();
  await ann.page.getByRole("button", { name: "Settings" }).click();
  await ann.page.getByRole("checkbox", { name: "Private messages and mentions" }).check();
  await ann.page.keyboard.press("Escape");
  await ann.isSettled();
  const ben = await ChatPage.enter(visit, url, "Ben");
  return { ann, ben };
}

browserTest(
  "a mention and a private message are shown by the browser, and a click leads there",
  async (visit) => {
    await using server = await startServer();
    const { ann, ben } = await annElsewhere(visit, server.url);
    await ben.say("@Ann tea?");
    assertEquals(await untilTold(ann.page, 1, "shown"), [
      { title: "Ben in #lobby", body: "@Ann tea?", tag: "lobby", state: "shown" },
    ]);
    await untilBadge(ann.page, 1);

    await ben.converseWith("Ann");
    await ben.say("only for you");
    const [, secret] = await untilTold(ann.page, 2, "shown");
    assertEquals([secret!.title, secret!.body], ["Ben", "only for you"]);
    await untilBadge(ann.page, 2);

    // A click, as the system tells the page of one, opens the message and takes its notification away.
    await ann.page.evaluate(() => {
      const { told } = (globalThis as unknown as { watched: Watched }).watched;
      told[0]!.notification.dispatchEvent(new Event("click"));
    });
    await ann.page.locator("article.target", { hasText: "@Ann tea?" }).waitFor();
    assertEquals((await untilTold(ann.page, 1, "closed"))[0]!.state, "closed");
    await untilBadge(ann.page, 1);
    await ann.listed(/Ben/).click();
    await ann.sees("only for you");
    await untilTold(ann.page, 2, "closed");
    await untilBadge(ann.page, 0);
  },
);

browserTest(
  "nothing is shown of a room that one looks at, nor of what is for others or muted",
  async (visit) => {
    await using server = await startServer();
    const { ann, ben } = await annElsewhere(visit, server.url);
    await ann.listed(/lobby/).click();
    await ann.showsRoom("lobby");
    await ben.say("@Ann you see this");
    await ann.sees("@Ann you see this");
    await ann.listed(/games/).click();
    await ann.showsRoom("games");
    await ben.say("for nobody");
    await ann.listed(/lobby 1 unread/).waitFor();
    // What comes now is told, so that what came before would have been.
    await ben.say("@Ann now elsewhere");
    const told = await untilTold(ann.page, 1, "shown");
    assertEquals(told.map(({ body }) => body), ["@Ann now elsewhere"]);
    await untilBadge(ann.page, 1);
    assertEquals((await watchedOn(ann.page)).badges.filter((count) => count > 1), []);

    await ann.listed(/lobby/).click();
    await ann.sees("@Ann now elsewhere");
    await untilTold(ann.page, 1, "closed");
    await ann.chooseFromMenu("Mute");
    await ann.listed(/games/).click();
    await ann.showsRoom("games");
    await ben.say("@Ann though muted");
    await ann.listed(/lobby 1 mention muted/).waitFor();
    await ben.converseWith("Ann");
    await ben.say("psst");
    await untilTold(ann.page, 1, "shown");
    assertEquals((await watchedOn(ann.page)).told.map(({ title }) => title), [
      "Ben in #lobby",
      "Ben",
    ]);
  },
);
