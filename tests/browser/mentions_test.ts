/** Naming people, and being told, in real browsers. */

import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { ChatPage } from "../support/chat_page.ts";
import { browserTest } from "../support/chromium.ts";
import type { ListedRoom, User } from "../../server/protocol.ts";
import { signIn } from "../support/client.ts";
import { history } from "../support/http.ts";
import { startServer } from "../support/server.ts";

interface Told {
  title: string;
  body: string;
  isClosed: boolean;
}

/** Notes what the page asks the browser to show, in place of the machine's own notifications. */
async function noteNotifications(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const told: (Told & { onclick?: () => void })[] = [];
    class Noted {
      static get permission() {
        return Real.permission;
      }
      static requestPermission() {
        return Real.requestPermission();
      }
      onclick?: () => void;
      readonly isClosed = false;
      constructor(readonly title: string, { body }: { body: string }) {
        told.push(Object.assign(this, { body }));
      }
      close() {
        Object.assign(this, { isClosed: true });
      }
    }
    const Real = Notification;
    Object.assign(globalThis, { Notification: Noted, told });
  });
  await page.reload();
}

/** What the browser was asked to show. */
function toldOn(page: Page): Promise<Told[]> {
  return page.evaluate(() =>
    (globalThis as unknown as { told: Told[] }).told
      .map(({ title, body, isClosed }) => ({ title, body, isClosed }))
  );
}

async function goToLobby({ page }: ChatPage): Promise<void> {
  await page.goto(new URL("/r/lobby", page.url()).href);
  await page.getByRole("heading", { name: "lobby", level: 1 }).waitFor();
}

async function switchOn({ page }: ChatPage): Promise<void> {
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("checkbox", { name: "Private messages and mentions" }).check();
  await page.getByText("You are told while you look elsewhere.").waitFor();
  await page.keyboard.press("Escape");
}

browserTest("people are offered after an @, taken by keyboard, and stand out", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  const ben = await ChatPage.enter(visit, server.url, "Ben Okri");
  await ann.online(2).waitFor();
  const list = ann.page.getByRole("listbox", { name: "People" });
  await ann.composer.pressSequentially("hello @be");
  await list.getByRole("option", { name: "Ben Okri", selected: true }).waitFor();
  assert(await ann.composer.getAttribute("aria-activedescendant"));
  await ann.composer.press("Enter");
  await list.waitFor({ state: "detached" });
  await ann.composerHolds("hello @Ben Okri ");
  assertEquals(await ann.composer.getAttribute("aria-activedescendant"), null);

  // Esc closes only the list, and Enter then sends.
  await ann.composer.pressSequentially("and @");
  await list.waitFor();
  await ann.composer.press("Escape");
  await list.waitFor({ state: "detached" });
  await ann.composerHolds("hello @Ben Okri and @");
  await ann.composer.press("Enter");
  await ben.sees("hello @Ben Okri and @");
  await ben.page.locator(".mentions-self .mention.self", { hasText: "@Ben Okri" }).waitFor();
  assertEquals(await ann.page.locator(".mention.self").count(), 0);
  assertEquals(await ann.page.locator(".mention").innerText(), "@Ben Okri");
});

browserTest(
  "everybody in a room is named at once by moderators only, and each is told",
  async (visit) => {
    await using server = await startServer();
    const mo = await ChatPage.enter(visit, server.url, "Mo");
    const address = await mo.createRoom("Team", "public");
    const ann = await ChatPage.enter(visit, address, "Ann");
    const ben = await ChatPage.enter(visit, address, "Ben");
    const rolls = await ChatPage.enter(visit, address, "Roland");
    await ben.online(4).waitFor();

    // Members are offered people, and what they write of the room is plain text.
    const offered = ({ page }: ChatPage) => page.getByRole("listbox", { name: "People" });
    await ben.composer.pressSequentially("@ro");
    await offered(ben).getByRole("option", { name: "Roland" }).waitFor();
    // Everybody is offered after the @ alone, and is drawn a moment longer.
    await offered(ben).getByRole("option").nth(1).waitFor({ state: "detached" });
    assertEquals(await offered(ben).getByRole("option").count(), 1);
    await ben.composer.press("Escape");
    await ben.say("@room is it me?");
    await mo.sees("@room is it me?");
    assertEquals(await mo.page.locator(".mention").count(), 0);

    for (const chat of [ann, rolls]) await goToLobby(chat);
    await mo.composer.pressSequentially("@ro");
    await offered(mo).getByRole("option", { name: "Roland", selected: true }).waitFor();
    await mo.composer.press("ArrowDown");
    await offered(mo).getByRole("option", { name: "room everybody in this room", selected: true })
      .waitFor();
    await mo.composer.press("Enter");
    await mo.composerHolds("@room ");
    await mo.composer.pressSequentially("tea is ready");
    await mo.composer.press("Enter");
    await ben.page.locator(".mentions-self .mention", { hasText: "@room" }).waitFor();
    for (const chat of [ann, rolls]) await chat.listed(/^Team 1 mention$/).waitFor();

    // Whoever becomes a moderator may from then on.
    const benId = await ben.page.evaluate(async () =>
      (await (await fetch("/api/session")).json()).user.id as string
    );
    const room = new URL(address).pathname.split("/").at(-1)!;
    await mo.page.evaluate(async ([room, id]) => {
      const body = JSON.stringify({ role: "moderator" });
      const headers = { "content-type": "application/json" };
      const path = `/api/rooms/${room}/members/${id}`;
      const { ok, status } = await fetch(path, { method: "PUT", headers, body });
      if (!ok) throw new Error(String(status));
    }, [room, benId]);
    await ben.log.getByText(/moderator/).first().waitFor();
    await ben.composer.fill("");
    await ben.composer.pressSequentially("@roo");
    await offered(ben).getByRole("option", { name: "room everybody in this room" }).waitFor();
    await ben.composer.press("Tab");
    await ben.composerHolds("@room ");
    await ben.composer.press("Enter");
    for (const chat of [ann, rolls]) await chat.listed(/^Team 2 mentions$/).waitFor();
  },
);

browserTest("somebody who is not here is found by name, and named by keyboard", async (visit) => {
  await using server = await startServer();
  const { token, user: zelda } = await signIn(server.url, "Zelda Farr");
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  // Zelda has the room on her list, and is nowhere.
  const headers = { authorization: `Bearer ${token}` };
  const mine = `${server.url}/api/rooms/lobby/mine`;
  const body = JSON.stringify({ listed: true });
  await (await fetch(mine, { method: "PATCH", headers, body })).body?.cancel();

  await ann.composer.pressSequentially("ask @zel");
  const option = ann.page.getByRole("option", { name: "Zelda Farr", selected: true });
  await option.waitFor();
  await ann.composer.press("Enter");
  await ann.composerHolds("ask @Zelda Farr ");
  await ann.composer.press("Enter");
  await ann.page.locator(".mention", { hasText: "@Zelda Farr" }).waitFor();
  const [message] = (await history(server.url)).messages;
  assertEquals(message!.mentions, [{ id: zelda.id, name: "Zelda Farr" }]);
  const { rooms } = await (await fetch(`${server.url}/api/me/rooms`, { headers })).json() as {
    rooms: ListedRoom[];
  };
  assertEquals(rooms.map(({ room, mentions }) => [room, mentions]), [["lobby", 1]]);
});

browserTest("who is renamed is named as today, also in a text that is edited", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  const ben = await ChatPage.enter(visit, server.url, "Ben");
  await ann.online(2).waitFor();
  await ann.say("ask @Ben");
  await ben.sees("ask @Ben");
  await ben.page.getByRole("button", { name: "Settings" }).click();
  await ben.nameField.fill("Benjamin");
  await ben.nameField.press("Enter");
  await ben.page.keyboard.press("Escape");
  await ann.message("ask @Benjamin").waitFor();
  await ann.act("ask @Benjamin", "Edit");
  await ann.composerHolds("ask @Benjamin");
  await ann.composer.pressSequentially(" again");
  await ann.composer.press("Enter");
  await ben.page.locator(".mention.self", { hasText: "@Benjamin" }).waitFor();
  await ben.message("ask @Benjamin again").waitFor();
});

browserTest(
  "one is told of what is for oneself, where that was asked for, and not while one looks",
  async (visit) => {
    await using server = await startServer();
    const ann = await ChatPage.enter(visit, `${server.url}/r/games`, "Ann", {
      permissions: ["notifications"],
    });
    await ann.page.goto(server.url);
    await ann.isOnline();
    await noteNotifications(ann.page);
    await ann.isOnline();
    const ben = await ChatPage.enter(visit, server.url, "Ben");
    await ann.isSettled();
    const icon = () => ann.page.locator('link[rel="icon"]').getAttribute("href");
    const plain = await icon();

    // She looks elsewhere: another room. Nothing is shown that was not asked for, but the icon has a dot.
    await ann.page.getByRole("navigation").getByRole("link", { name: "games" }).click();
    await ann.page.waitForURL("**/r/games");
    await ben.say("@Ann are you there?");
    await ann.page.locator('link[rel="icon"][href^="data:image/png"]').waitFor({
      state: "attached",
    });
    assertEquals(await toldOn(ann.page), []);

    await switchOn(ann);
    await ben.say("not for anybody");
    await ben.say("@Ann hello?");
    await ann.page.waitForFunction(() => (globalThis as unknown as { told: [] }).told.length > 0);
    assertEquals(await toldOn(ann.page), [
      { title: "Ben in #lobby", body: "@Ann hello?", isClosed: false },
    ]);

    // A click leads to the message, and what is seen is not told any more.
    await ann.page.evaluate(() =>
      (globalThis as unknown as { told: { onclick(): void }[] }).told[0]!.onclick()
    );
    await ann.page.waitForURL("**/r/lobby#m3");
    await ann.page.locator("article.target", { hasText: "@Ann hello?" }).waitFor();
    await ann.page.locator(`link[rel="icon"]:not([href^="data:"])`).waitFor({ state: "attached" });
    assertEquals(
      [(await toldOn(ann.page))[0]!.isClosed, new URL((await icon())!, server.url).href],
      [
        true,
        new URL(plain!, server.url).href,
      ],
    );
    await ben.say("@Ann now you look");
    await ann.sees("@Ann now you look");
    await ben.say("the end");
    await ann.sees("the end");
    assertEquals((await toldOn(ann.page)).length, 1);
  },
);

browserTest("who looks at a room in one tab is not told of it by another", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, `${server.url}/r/games`, "Ann", {
    permissions: ["notifications"],
  });
  await noteNotifications(ann.page);
  await ann.isOnline();
  await switchOn(ann);
  await ann.isSettled();
  const second = await ann.anotherTab(server.url);
  const ben = await ChatPage.enter(visit, server.url, "Ben");
  await second.page.bringToFront();
  await ben.say("@Ann you look at this");
  await second.sees("@Ann you look at this");
  // Nor is a private message missed, of a conversation that begins with it.
  const { token } = await signIn(server.url, "Cleo");
  const headers = { authorization: `Bearer ${token}` };
  const inLobby = await fetch(`${server.url}/api/rooms/lobby/people`, { headers });
  const { people } = await inLobby.json() as { people: User[] };
  const body = JSON.stringify({
    to: [people.find(({ name }) => name === "Ann")!.id],
    message: "psst",
    id: "psst",
  });
  const sent = await fetch(`${server.url}/api/messages`, { method: "POST", headers, body });
  assertEquals(sent.status, 201);
  await sent.body?.cancel();
  // By the clock: what lies behind another tab is not drawn.
  await ann.page.waitForFunction(
    () => (globalThis as unknown as { told: [] }).told.length > 0,
    undefined,
    { polling: 50 },
  );
  assertEquals(await toldOn(ann.page), [
    { title: "Cleo", body: "psst", isClosed: false },
  ]);
});

browserTest("a browser that blocks notifications is explained", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  await ann.page.addInitScript(() => {
    Object.defineProperty(Notification, "permission", { get: () => "denied" });
  });
  await ann.page.reload();
  await ann.isOnline();
  await ann.page.getByRole("button", { name: "Settings" }).click();
  await ann.page.getByText("Your browser blocks notifications from this site.").waitFor();
  assert(await ann.page.getByRole("checkbox", { name: /^Private messages/ }).isDisabled());
});
