/** Rooms as people use them: made, found, named, shared and left. */

import { assert, assertEquals } from "@std/assert";
import { ChatPage } from "../support/chat_page.ts";
import { browserTest } from "../support/chromium.ts";
import { startServer } from "../support/server.ts";

browserTest("a public room is made, found by another person, and talked in", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  const ben = await ChatPage.enter(visit, server.url, "Ben");
  const address = await ann.createRoom("Café Games", "public");
  assertEquals(address, `${server.url}/r/cafe-games`);
  await ann.say("Who plays?");

  await ben.page.getByRole("button", { name: "Browse rooms" }).click();
  await ben.dialog.getByRole("searchbox", { name: "Find a room" }).fill("café");
  await ben.dialog.getByRole("link", { name: "Café Games" }).click();
  await ben.showsRoom("Café Games");
  await ben.sees("Who plays?");
  await ben.say("I do");
  await ann.sees("I do");
  await ben.listed("Café Games").waitFor();
});

browserTest(
  "a room that is there already is not made again, and a name is asked for",
  async (visit) => {
    await using server = await startServer();
    const ann = await ChatPage.enter(visit, server.url, "Ann");
    await ann.createRoom("Games", "public");
    await ann.page.getByRole("button", { name: "New room" }).click();
    await ann.dialog.getByRole("button", { name: "Create the room" }).click();
    await ann.dialog.getByText("Please give the room a name.").waitFor();
    await ann.dialog.getByRole("textbox", { name: "Name" }).fill("Games");
    await ann.dialog.getByRole("button", { name: "Create the room" }).click();
    await ann.dialog.getByRole("alert").filter({ hasText: /room/ }).waitFor();
    await ann.dialog.getByRole("textbox", { name: "Name" }).fill("东京");
    await ann.dialog.getByRole("button", { name: "Create the room" }).click();
    await ann.dialog.getByText("An address has letters from a to z, digits and hyphens.").waitFor();
    await ann.dialog.getByRole("textbox", { name: "Address" }).fill("tokyo");
    await ann.dialog.getByRole("button", { name: "Create the room" }).click();
    await ann.showsRoom("东京");
    assert(ann.page.url().endsWith("/r/tokyo"));
  },
);

browserTest("a private room is only there for those who are let in", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  const ben = await ChatPage.enter(visit, server.url, "Ben");
  const address = await ann.createRoom("Secret plans", "private");
  await ann.say("Nobody else sees this");

  // With its very address there is nothing to see.
  await ben.page.goto(address);
  await ben.page.getByRole("heading", { name: "You cannot read this room" }).waitFor();
  assertEquals(await ben.page.getByText("Secret plans").count(), 0);
  assertEquals(await ben.composer.count(), 0);

  await ann.chooseFromMenu("Members");
  await ann.dialog.getByRole("searchbox").fill("be");
  await ann.dialog.getByRole("button", { name: "Add Ben" }).click();
  await ann.dialog.getByText("2 members").waitFor();
  // It opens before the eyes of who waits there.
  await ben.showsRoom("Secret plans");
  await ben.sees("Nobody else sees this");
  await ben.listed(/Secret plans/).waitFor();

  await ann.dialog.getByRole("searchbox").fill("");
  await ann.dialog.getByRole("button", { name: "Remove Ben" }).click();
  await ben.page.getByText("You are not a member of this room any more.").waitFor();
  await ben.listed(/Secret plans/).waitFor({ state: "detached" });
});

browserTest("an invite link brings somebody in who has never been here", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  await ann.createRoom("Secret plans", "private");
  await ann.say("Welcome");
  await ann.chooseFromMenu("Invite people");
  await ann.dialog.getByRole("button", { name: "Make a link and copy it" }).click();
  const link = ann.dialog.getByRole("textbox", { name: "Link for a member" });
  const address = await link.inputValue();

  const ben = new ChatPage(await visit.open(address));
  await ben.page.getByRole("heading", { name: "Secret plans" }).waitFor();
  await ben.page.getByText("You are invited to this private room of 1 member.").waitFor();
  await ben.nameField.fill("Ben");
  await ben.page.getByRole("button", { name: "Join the room" }).click();
  await ben.showsRoom("Secret plans");
  await ben.sees("Welcome");
  await ben.say("Thank you");
  await ann.sees("Thank you");

  // Who is here already needs one button.
  const chi = await ChatPage.enter(visit, server.url, "Chi");
  await chi.page.goto(address);
  await chi.page.getByText("You come in as Chi.").waitFor();
  await chi.page.getByRole("button", { name: "Join the room" }).click();
  await chi.showsRoom("Secret plans");

  // Revoking can take those out again who came by it.
  await ann.dialog.getByRole("button", { name: "Revoke…" }).click();
  await ann.dialog.getByText("Also remove those who came by it").click();
  await ann.dialog.getByRole("button", { name: "Revoke the link" }).click();
  await link.waitFor({ state: "detached" });
  for (const { page } of [ben, chi]) {
    await page.getByText("You are not a member of this room any more.").waitFor();
  }
  await chi.page.goto(address);
  await chi.page.getByRole("heading", { name: "This link does not lead in" }).waitFor();
});

browserTest("a room is renamed and archived before everybody's eyes", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  const address = await ann.createRoom("Games", "public");
  const ben = await ChatPage.enter(visit, address, "Ben");
  await ben.showsRoom("Games");
  await ben.page.getByRole("button", { name: "Room menu" }).click();
  assertEquals(await ben.page.getByRole("menuitem", { name: "Room settings" }).count(), 0);
  await ben.page.keyboard.press("Escape");

  await ann.chooseFromMenu("Room settings");
  await ann.dialog.getByRole("textbox", { name: "Name" }).fill("Board games");
  await ann.dialog.getByRole("textbox", { name: "Topic" }).fill("Every Friday");
  await ann.dialog.getByRole("button", { name: "Save" }).click();
  await ben.showsRoom("Board games");
  await ben.page.getByText("Every Friday", { exact: true }).waitFor();
  await ben.listed("Board games").waitFor();
  await ben.page.waitForFunction(() => document.title === "#Board games · Parlor");

  await ann.chooseFromMenu("Room settings");
  await ann.dialog.getByLabel(/^Archived/).check();
  await ann.dialog.getByRole("button", { name: "Save" }).click();
  await ben.page.getByText("This room is archived.").waitFor();
  assertEquals(await ben.composer.count(), 0);
});

browserTest("a room is left, and comes back with an invite only", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  const ben = await ChatPage.enter(visit, server.url, "Ben");
  const address = await ann.createRoom("Secret plans", "private");
  await ann.chooseFromMenu("Members");
  await ann.dialog.getByRole("searchbox").fill("ben");
  await ann.dialog.getByRole("button", { name: "Add Ben" }).click();
  await ben.listed(/Secret plans/).click();
  await ben.showsRoom("Secret plans");
  await ben.chooseFromMenu("Leave the room…");
  await ben.dialog.getByRole("button", { name: "Leave" }).click();
  await ben.showsRoom("lobby");
  await ben.listed(/Secret plans/).waitFor({ state: "detached" });
  await ben.page.goto(address);
  await ben.page.getByRole("heading", { name: "You cannot read this room" }).waitFor();
});

browserTest("a room off the list comes back by its address", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  await ann.createRoom("Games", "public");
  await ann.chooseFromMenu("Remove from my list");
  await ann.showsRoom("lobby");
  await ann.listed("Games").waitFor({ state: "detached" });
  await ann.page.reload();
  await ann.isOnline();
  assertEquals(await ann.listed("Games").count(), 0);
  await ann.page.goto(`${server.url}/r/games`);
  await ann.showsRoom("Games");
  await ann.listed("Games").waitFor();
});

browserTest("a room in which nobody has spoken stays on the list", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, `${server.url}/r/garden`, "Ann");
  await ann.listed("garden").waitFor();
  await ann.page.goto(`${server.url}/r/lobby`);
  await ann.showsRoom("lobby");
  // As on a device that remembers nothing.
  await ann.page.evaluate(() => localStorage.clear());
  const second = await ann.anotherTab(server.url);
  await second.listed("garden").waitFor();
  await second.listed("garden").click();
  await second.showsRoom("garden");
  await second.chooseFromMenu("Remove from my list");
  for (const tab of [ann, second]) {
    await tab.listed("garden").waitFor({ state: "detached" });
  }
  await second.page.reload();
  await second.isOnline();
  assertEquals(await second.listed("garden").count(), 0);
});

browserTest(
  "what happened to a room stays where it did, for who comes later too",
  async (visit) => {
    await using server = await startServer();
    const ann = await ChatPage.enter(visit, server.url, "Ann");
    const ben = await ChatPage.enter(visit, server.url, "Ben");
    await ann.createRoom("Tea", "private");
    await ann.page.getByText("Ann created the room").waitFor();
    await ann.say("first");
    await ann.sees("first");
    await ann.chooseFromMenu("Members");
    await ann.dialog.getByRole("searchbox").fill("be");
    await ann.dialog.getByRole("button", { name: "Add Ben" }).click();
    await ann.dialog.getByText("2 members").waitFor();
    await ann.page.keyboard.press("Escape");
    // More than a page.
    for (let part = 0; part < 3; part++) {
      await ann.page.evaluate(async (part) => {
        const room = decodeURIComponent(location.pathname.split("/").at(-1)!);
        const body = JSON.stringify(Array.from({ length: 50 }, (_, index) => ({
          type: "chat",
          id: `many-${part}-${index}`,
          room,
          message: `many ${part} ${index}`,
        })));
        const headers = { "content-type": "application/json" };
        await fetch("/api/commands", { method: "POST", headers, body });
      }, part);
    }
    await ann.chooseFromMenu("Room settings");
    await ann.dialog.getByRole("textbox", { name: "Name" }).fill("Green tea");
    await ann.dialog.getByRole("button", { name: "Save" }).click();
    await ann.showsRoom("Green tea");
    await ann.say("last");
    await ann.sees("last");

    /** What stands before and after a notice, once it is there. */
    const around = (chat: ChatPage, notice: string) =>
      chat.page.locator(".row").filter({ hasText: notice }).locator(".text").innerText();
    await ben.listed(/Green tea/).click();
    await ann.page.reload();
    for (const chat of [ann, ben]) {
      await chat.showsRoom("Green tea");
      await chat.sees("last");
      await chat.page.getByText("Ann renamed the room to “Green tea”", { exact: true }).waitFor();
      assertEquals(await around(chat, "renamed the room"), "many 2 49");
      const log = chat.log;
      while (await chat.page.getByText("Ann created the room").count() === 0) {
        await log.evaluate((element) => {
          const scroller = element.closest(".log") ?? element;
          scroller.scrollTop = 0;
        });
        await chat.page.waitForTimeout(50);
      }
      await chat.page.getByText("Ann made Ben a member").waitFor();
      assertEquals(await around(chat, "Ann made Ben a member"), "first");
    }
  },
);
