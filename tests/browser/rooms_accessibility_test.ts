/** Rooms and people for everybody: every view checked by axe, and used with the keyboard alone. */

import { assertEquals } from "@std/assert";
import { assertAccessible, SIZES } from "../support/accessibility.ts";
import { ChatPage } from "../support/chat_page.ts";
import { browserTest } from "../support/chromium.ts";
import { startServer } from "../support/server.ts";

for (const viewport of SIZES) {
  browserTest(
    `axe finds nothing in any view of rooms and people (${viewport.width} pixels wide)`,
    async (visit) => {
      await using server = await startServer();
      const ben = await ChatPage.enter(visit, server.url, "Ben");
      const ann = await ChatPage.enter(visit, server.url, "Ann", { viewport });
      const { page } = ann;
      const isNarrow = viewport.width < 720;
      const toRooms = async () => {
        if (isNarrow) await page.getByRole("button", { name: /^Rooms/ }).click();
      };
      const openFromSidebar = async (name: string) => {
        await toRooms();
        await page.getByRole("button", { name }).click();
        await ann.dialog.waitFor();
      };
      const leave = async () => {
        await page.keyboard.press("Escape");
        await ann.dialog.waitFor({ state: "detached" });
        if (isNarrow) await page.keyboard.press("Escape");
      };

      await openFromSidebar("New room");
      await assertAccessible(page, "new room");
      await leave();
      await toRooms();
      await ann.createRoom("Secret plans", "private");
      await assertAccessible(page, "empty private room");
      await ann.say("hello");
      await page.getByRole("button", { name: "Room menu" }).click();
      await page.getByRole("menu").waitFor();
      await assertAccessible(page, "room menu");
      await page.keyboard.press("Escape");
      await ann.chooseFromMenu("Members");
      await ann.dialog.getByRole("searchbox").fill("be");
      await ann.dialog.getByRole("button", { name: "Add Ben" }).waitFor();
      await assertAccessible(page, "members");
      await ann.dialog.getByRole("button", { name: "Add Ben" }).click();
      await ann.dialog.getByText("2 members").waitFor();
      await leave();
      await page.getByText("Ann made Ben a member").waitFor();
      await assertAccessible(page, "notices in the conversation");
      await ann.chooseFromMenu("Invite people");
      await ann.dialog.getByRole("button", { name: "Make a link and copy it" }).click();
      await ann.dialog.getByRole("button", { name: "Revoke…" }).click();
      await assertAccessible(page, "invites");
      const invite = await ann.dialog.getByRole("textbox").inputValue();
      await leave();
      for (const item of ["Room settings", "Leave the room…"]) {
        await ann.chooseFromMenu(item);
        await ann.dialog.waitFor();
        await assertAccessible(page, item);
        await leave();
      }

      await openFromSidebar("Browse rooms");
      await assertAccessible(page, "browse rooms");
      await leave();
      await openFromSidebar("New message");
      await ann.dialog.getByRole("list", { name: "People" }).getByRole("button", { name: "Ben" })
        .click();
      await assertAccessible(page, "new message");
      await ann.dialog.getByRole("button", { name: "Begin" }).click();
      await ann.showsRoom("Ben");
      await ben.listed(/Secret plans/).click();
      await ben.showsRoom("Secret plans");
      await ben.say("unread");
      await toRooms();
      await ann.listed(/Secret plans 1 unread/).waitFor();
      await assertAccessible(page, "sidebar with unread rooms and people");
      if (isNarrow) await page.keyboard.press("Escape");
      await page.keyboard.press("Control+k");
      await page.getByRole("option").first().waitFor();
      await assertAccessible(page, "switcher");
      await leave();
      await page.getByRole("button", { name: /^People/ }).click();
      await page.getByRole("complementary").getByRole("button", { name: "Ben" }).or(
        page.getByRole("complementary").getByRole("button", { name: "Ann" }),
      ).first().click();
      await ann.dialog.waitFor();
      await assertAccessible(page, "a person");
      await page.keyboard.press("Escape");

      const chi = await visit.open(invite, { viewport });
      await new ChatPage(chi).nameField.waitFor();
      await assertAccessible(chi, "invitation");
      await page.goto(`${server.url}/r/~nothing`);
      await page.getByRole("heading", { name: "You cannot read this room" }).waitFor();
      await assertAccessible(page, "no access");
    },
  );
}

browserTest("rooms, people and unread messages need nothing but the keyboard", async (visit) => {
  await using server = await startServer();
  const ben = await ChatPage.enter(visit, server.url, "Ben");
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  const { page } = ann;
  const { keyboard } = page;
  await ann.say("hello");
  await ann.sees("hello");

  // A private room, by Tab and arrows.
  await page.getByRole("button", { name: "New room" }).focus();
  await keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.matches("dialog input"));
  await keyboard.type("Secret plans");
  await keyboard.press("Tab");
  await keyboard.press("ArrowDown");
  await keyboard.press("Enter");
  await ann.showsRoom("Secret plans");

  // Ben is let in from the room's menu.
  await page.getByRole("button", { name: "Room menu" }).focus();
  await keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Jump to a date" }).waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute("role") === "menuitem");
  await keyboard.press("ArrowDown");
  await keyboard.press("Enter");
  await ann.dialog.getByRole("searchbox").waitFor();
  await page.waitForFunction(() => document.activeElement?.matches("dialog input"));
  await keyboard.type("ben");
  await ann.dialog.getByRole("button", { name: "Add Ben" }).press("Enter");
  await ann.dialog.getByText("2 members").waitFor();
  await keyboard.press("Escape");
  await page.waitForFunction(() =>
    document.activeElement?.getAttribute("aria-label") === "Room menu"
  );

  // A private message, by the switcher.
  await keyboard.press("Control+k");
  await page.waitForFunction(() => document.activeElement?.role === "combobox");
  await keyboard.type("@be");
  await page.getByRole("option", { name: "Ben" }).waitFor();
  await keyboard.press("Enter");
  await ann.showsRoom("Ben");
  await page.waitForFunction(() => document.activeElement?.tagName === "TEXTAREA");
  await keyboard.type("hello Ben");
  await keyboard.press("Enter");
  await ann.sees("hello Ben");

  // Along the list, and to what is unread.
  await keyboard.press("Alt+ArrowUp");
  await ann.showsRoom("Secret plans");
  await keyboard.press("Alt+ArrowUp");
  await ann.showsRoom("lobby");
  await ben.listed(/Ann.*unread/).click();
  await ben.showsRoom("Ann");
  await ben.say("hello Ann");
  await ann.listed(/Ben 1 unread/).waitFor();
  await keyboard.press("Alt+Shift+ArrowDown");
  await ann.showsRoom("Ben");

  // Unread again, from the message on.
  await page.waitForFunction(() => document.activeElement?.tagName === "TEXTAREA");
  await ann.message("hello Ann").focus();
  await keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Mark unread from here" }).press("Enter");
  await ann.listed(/Ben 1 unread/).waitFor();
  await keyboard.press("Escape");
  await keyboard.press("Control+k");
  await page.waitForFunction(() => document.activeElement?.role === "combobox");
  await keyboard.type("lob");
  await page.getByRole("option", { name: "lobby", selected: true }).waitFor();
  await keyboard.press("Enter");
  await ann.showsRoom("lobby");
  await ann.listed(/Ben 1 unread/).waitFor();
  assertEquals(await ann.listed(/unread/).count(), 1);
});
