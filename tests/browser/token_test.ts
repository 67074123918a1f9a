/** The users of a host application in a real browser: how they come in, stay, and are asked to come back. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { assertAccessible, SIZES } from "../support/accessibility.ts";
import { ChatPage } from "../support/chat_page.ts";
import { browserTest } from "../support/chromium.ts";
import { at, HOST_SECRET, hostToken } from "../support/host_application.ts";
import { type RunningServer, startServer } from "../support/server.ts";

const env = { PARLOR_JWT_SECRET: HOST_SECRET };

/** A server that lets in only whom the application signs in. */
function startForTokens(): Promise<RunningServer> {
  return startServer({ args: ["--mode", "token"], env });
}

async function openSettings({ page }: ChatPage): Promise<void> {
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("dialog", { name: "Settings" }).waitFor();
}

const EXPLANATION = "This chat belongs to an application, which signs its people in.";

browserTest(
  "a link with a token signs in, and leaves the token nowhere to be read",
  async (visit) => {
    await using server = await startForTokens();
    const token = await hostToken();
    const page = await visit.open("about:blank");
    const requested: string[] = [];
    page.on("request", (request) => {
      requested.push(request.url(), request.headers().referer ?? "");
    });
    await page.goto(`${server.url}/r/games#token=${token}`);
    const ada = new ChatPage(page);
    await ada.isOnline();
    assertEquals(page.url(), `${server.url}/r/games`);
    // Nor in what a request tells, in what the page keeps, or where “back” leads.
    assert(requested.length > 3 && !requested.some((text) => text.includes(token)));
    const readable = await page.evaluate(() =>
      JSON.stringify([
        { ...localStorage },
        { ...sessionStorage },
        document.cookie,
        document.referrer,
      ])
    );
    assert(!readable.includes(token), readable);
    await ada.say("hello");
    await ada.sees("hello");
    assertEquals(await ada.messages.locator(".name").allInnerTexts(), ["Ada"]);
    await page.goBack();
    assertEquals(page.url(), "about:blank");

    // The cookie does from now on, in other tabs and after a reload.
    const second = new ChatPage(await page.context().newPage());
    await second.page.goto(`${server.url}/r/games`);
    await second.isOnline();
    await second.sees("hello");
    await openSettings(second);
    await second.page.getByText("The name comes from the application that signed you in.")
      .waitFor();
    assertEquals(await second.nameField.count(), 0);
  },
);

browserTest(
  "without a token the page says where to come from, and asks for no name",
  async (visit) => {
    await using server = await startForTokens();
    const page = await visit.open(server.url);
    const chat = new ChatPage(page);
    await page.getByText(EXPLANATION).waitFor();
    assertEquals([await chat.nameField.count(), await chat.composer.count()], [0, 0]);

    // A link that is opened in this very tab, where only what is behind the # changes.
    await page.goto(`${server.url}/#token=${await hostToken({}, { secret: "not the secret" })}`);
    await page.getByRole("alert").getByText("This token is not valid here.").waitFor();
    assertEquals(page.url(), `${server.url}/`);
    await page.goto(`${server.url}/#token=${await hostToken()}`);
    await chat.isOnline();
    assertEquals(page.url(), `${server.url}/`);
  },
);

browserTest(
  "a token before the # signs nobody in, is taken out, and the page says why",
  async (visit) => {
    await using server = await startForTokens();
    const page = await visit.open(`${server.url}/r/games?token=${await hostToken()}`);
    await page.getByText(EXPLANATION).waitFor();
    await page.getByRole("alert").getByText("The application has to put it after “#”").waitFor();
    assertEquals(page.url(), `${server.url}/r/games`);
    assertEquals(await page.context().cookies(), []);
  },
);

browserTest(
  "a link with somebody else's token asks before it signs a guest in as them",
  async (visit) => {
    await using server = await startServer({ env });
    const ben = await ChatPage.enter(visit, server.url, "Ben");
    await ben.composer.fill("a draft of Ben");
    const { page } = ben;
    const link = `${server.url}/r/lobby#token=${await hostToken()}`;
    await page.goto(link);
    await page.getByRole("heading", { name: "Continue as Ada?" }).waitFor();
    assertEquals(page.url(), `${server.url}/r/lobby`);
    // Whoever presses Enter without reading stays who they are.
    await page.keyboard.press("Enter");
    await ben.isOnline();
    await ben.composerHolds("a draft of Ben");
    await page.reload();
    await ben.say("I am still Ben");
    await ben.sees("I am still Ben");

    const second = await ben.anotherTab(`${server.url}/r/lobby`);
    await page.goto(link);
    await page.getByRole("button", { name: "Continue as Ada" }).click();
    await ben.isOnline();
    await ben.say("I am Ada");
    await ben.sees("I am Ada");
    const authors = await ben.messages.locator(".name").allInnerTexts();
    assertEquals(authors, ["Ben", "Ada"]);
    // No tab of the same browser goes on as Ben, and the name is free.
    await second.page.getByRole("button", { name: "Join" }).waitFor();
    await ChatPage.enter(visit, server.url, "Ben");
  },
);

browserTest(
  "the page tells that a sign-in ends, and where to come from when it has",
  async (visit) => {
    await using server = await startForTokens();
    const page = await visit.open(
      `${server.url}/#token=${await hostToken({ exp: Math.ceil(at(8_000)) })}`,
    );
    const ada = new ChatPage(page);
    await ada.isOnline();
    await ada.composer.fill("half a sentence");
    await page.getByRole("status").getByText("Your sign-in ends in a minute.").waitFor();
    await page.getByRole("alert").getByText("Your sign-in has ended.").waitFor();
    await page.getByText(EXPLANATION).waitFor();
    assertEquals(await ada.composer.count(), 0);
    // The browser has forgotten the cookie by itself.
    assertEquals(await page.context().cookies(), []);

    await page.goto(`${server.url}/#token=${await hostToken()}`);
    await ada.isOnline();
    await ada.composerHolds("half a sentence");
  },
);

browserTest(
  "opening the link again renews a sign-in, and every tab goes on beyond the older end",
  async (visit) => {
    await using server = await startForTokens();
    const exp = Math.ceil(at(9_000));
    const page = await visit.open(`${server.url}/#token=${await hostToken({ exp })}`);
    const ada = new ChatPage(page);
    await ada.isOnline();
    const second = await ada.anotherTab(`${server.url}/r/lobby`);
    const reconnected = second.page.waitForEvent("websocket");
    await page.getByText("Your sign-in ends in a minute.").waitFor();
    await page.goto(`${server.url}/#token=${await hostToken()}`);
    await page.getByText("Your sign-in ends in a minute.").waitFor({ state: "detached" });
    // The server ends the second tab's connection then, as it began with the older token.
    await reconnected;
    assert(Date.now() >= exp * 1_000);
    for (const [index, tab] of [ada, second].entries()) {
      await tab.isOnline();
      await tab.say(`still here ${index}`);
      await tab.sees(`still here ${index}`);
    }
  },
);

browserTest("signing out takes the token away and says where to come from", async (visit) => {
  await using server = await startForTokens();
  const page = await visit.open(`${server.url}/#token=${await hostToken()}`);
  const ada = new ChatPage(page);
  await ada.isOnline();
  const second = await ada.anotherTab(`${server.url}/r/lobby`);
  await openSettings(ada);
  await page.getByRole("button", { name: "Sign out" }).click();
  for (const tab of [ada, second]) await tab.page.getByText(EXPLANATION).waitFor();
  assertEquals(await page.context().cookies(), []);
  await page.reload();
  await page.getByText(EXPLANATION).waitFor();
});

browserTest("a reader may read and is told that writing is not for them", async (visit) => {
  await using server = await startForTokens();
  const token = await hostToken({ sub: "rea", name: "Rea", role: "reader" });
  const page = await visit.open(`${server.url}/#token=${token}`);
  await page.getByText("You may read this room, but not write in it.").waitFor();
  assertEquals(await new ChatPage(page).composer.count(), 0);
  await page.goto(`${server.url}/#token=${await hostToken({ rooms: ["games"] })}`);
  await page.getByRole("button", { name: "Continue as Ada" }).click();
  await page.getByText("You may not enter this room.").waitFor();
});

browserTest(
  "axe finds nothing in what an application's users see, however wide the page",
  async (visit) => {
    await using server = await startForTokens();
    // Side by side, as most of it is waiting for a sign-in to end.
    await Promise.all(SIZES.map(async (viewport) => {
      const width = `${viewport.width} pixels wide`;
      const page = await visit.open(server.url, { viewport });
      await page.getByText(EXPLANATION).waitFor();
      await assertAccessible(page, `where to come from, ${width}`);
      const ada = new ChatPage(page);
      await page.goto(`${server.url}/#token=${await hostToken({ exp: Math.ceil(at(20_000)) })}`);
      await ada.isOnline();
      await page.goto(`${server.url}/#token=${await hostToken({ sub: "bob", name: "Bob" })}`);
      await page.getByRole("heading", { name: "Continue as Bob?" }).waitFor();
      await assertAccessible(page, `continue as somebody else, ${width}`);
      await page.getByRole("button", { name: "Stay Ada" }).click();
      await page.getByText("Your sign-in ends in a minute.").waitFor();
      await assertAccessible(page, `the sign-in ends, ${width}`);
      await page.getByRole("button", { name: "Dismiss" }).click();
      await page.getByText("Your sign-in has ended.").waitFor();
      assertMatch(await page.getByRole("main").innerText(), /Open the chat from there/);
      await assertAccessible(page, `the sign-in has ended, ${width}`);
    }));
  },
);
