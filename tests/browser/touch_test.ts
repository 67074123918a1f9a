/** Rooms and people on a phone, by touch alone. */

import { assert, assertEquals } from "@std/assert";
import type { Locator } from "playwright-core";
import { SIZES } from "../support/accessibility.ts";
import { ChatPage } from "../support/chat_page.ts";
import { browserTest } from "../support/chromium.ts";
import { startServer } from "../support/server.ts";

const PHONE = { viewport: SIZES[0]!, hasTouch: true, isMobile: true };
/** Pixels that a fingertip needs in each direction. */
const FINGER = 44;

/** Touches something that is large enough for it. */
async function tap(target: Locator): Promise<void> {
  const box = (await target.boundingBox({ timeout: 10_000 }))!;
  assert(box.height >= FINGER || box.width >= FINGER, `${target}: ${box.width} × ${box.height}`);
  await target.tap();
}

/** Writes and sends with the button, as there is no Enter on a phone. */
async function say(chat: ChatPage, text: string): Promise<void> {
  await chat.composer.tap();
  await chat.page.keyboard.insertText(text);
  await tap(chat.page.getByRole("button", { name: "Send" }));
  await chat.sees(text);
}

async function toRooms({ page }: ChatPage): Promise<void> {
  await tap(page.getByRole("button", { name: /^Rooms/ }));
}

/** Chooses people in the dialog for a new message, and begins. */
async function begin(chat: ChatPage, names: readonly string[]): Promise<void> {
  await toRooms(chat);
  await tap(chat.page.getByRole("button", { name: "New message" }));
  for (const name of names) {
    await chat.dialog.getByRole("searchbox").tap();
    await chat.page.keyboard.insertText(name.slice(0, 2));
    await tap(chat.dialog.getByRole("list", { name: "People" }).getByRole("button", { name }));
    await chat.dialog.getByRole("button", { name: `Take out ${name}` }).waitFor();
  }
  // Nothing is beyond the edge of the phone.
  const box = (await chat.dialog.boundingBox())!;
  assert(box.x >= 0 && box.x + box.width <= PHONE.viewport.width);
  assert(box.y >= 0 && box.y + box.height <= PHONE.viewport.height);
  await tap(chat.dialog.getByRole("button", { name: "Begin" }));
  await chat.showsRoom(names.join(", "));
}

browserTest(
  "a group begins, begins again with one more, and goes off the list by touch",
  async (visit) => {
    await using server = await startServer();
    const ben = await ChatPage.enter(visit, server.url, "Ben");
    const chi = await ChatPage.enter(visit, server.url, "Chi");
    await ChatPage.enter(visit, server.url, "Dov");
    const ann = await ChatPage.enter(visit, server.url, "Ann", PHONE);

    await begin(ann, ["Ben", "Chi"]);
    await say(ann, "All three");
    const three = ann.page.url();
    await ben.listed(/Ann, Chi.*unread/).click();
    await ben.sees("All three");

    // Whoever is taken out again before it begins is not in it.
    await toRooms(ann);
    await tap(ann.page.getByRole("button", { name: "New message" }));
    await tap(
      ann.dialog.getByRole("list", { name: "People" }).getByRole("button", { name: "Dov" }),
    );
    await tap(ann.dialog.getByRole("button", { name: "Take out Dov" }));
    await ann.dialog.getByRole("button", { name: "Begin", disabled: true }).waitFor();
    await tap(ann.dialog.getByRole("button", { name: "Close" }));
    await ann.page.goBack();

    // One more is another conversation: what was said before stays between the three.
    await begin(ann, ["Ben", "Chi", "Dov"]);
    assert(ann.page.url() !== three);
    assertEquals(await ann.messages.count(), 0);
    await say(ann, "All four");
    await ben.listed(/Ann, Chi, Dov.*unread/).waitFor();

    // Off the list it is until somebody speaks there.
    await tap(ann.page.getByRole("button", { name: "Room menu" }));
    await tap(ann.page.getByRole("menuitem", { name: "Remove from my list" }));
    await ann.showsRoom("lobby");
    await toRooms(ann);
    await ann.listed(/Ben, Chi/).first().waitFor();
    await ann.listed(/Ben, Chi, Dov/).waitFor({ state: "detached" });
    await chi.listed(/Ann, Ben, Dov/).click();
    await chi.say("Wait for me");
    await tap(ann.listed(/Ben, Chi, Dov.*1 unread/));
    await ann.sees("Wait for me");
  },
);

browserTest("a private room is made, somebody is added, and it is left by touch", async (visit) => {
  await using server = await startServer();
  const ben = await ChatPage.enter(visit, server.url, "Ben", PHONE);
  const ann = await ChatPage.enter(visit, server.url, "Ann", PHONE);
  const menu = async (chat: ChatPage, item: string) => {
    await tap(chat.page.getByRole("button", { name: "Room menu" }));
    await tap(chat.page.getByRole("menuitem", { name: item }));
    await chat.dialog.waitFor();
  };
  await toRooms(ann);
  await tap(ann.page.getByRole("button", { name: "New room" }));
  await ann.dialog.getByRole("textbox", { name: "Name" }).tap();
  await ann.page.keyboard.insertText("Secret plans");
  await ann.dialog.getByText("Only its members").tap();
  await tap(ann.dialog.getByRole("button", { name: "Create the room" }));
  await ann.showsRoom("Secret plans");
  await say(ann, "For two");

  await menu(ann, "Members");
  await ann.dialog.getByRole("searchbox").tap();
  await ann.page.keyboard.insertText("be");
  await tap(ann.dialog.getByRole("button", { name: "Add Ben" }));
  await ann.dialog.getByText("2 members").waitFor();
  await tap(ann.dialog.getByRole("button", { name: "Close" }));
  await ann.page.getByText("Ann made Ben a member").waitFor();

  await toRooms(ben);
  await tap(ben.listed(/Secret plans/));
  await ben.sees("For two");
  await menu(ben, "Leave the room…");
  await tap(ben.dialog.getByRole("button", { name: "Leave" }));
  await ben.showsRoom("lobby");
  await ann.page.getByText("Ben left").waitFor();
  await toRooms(ben);
  await ben.listed("lobby").waitFor();
  assertEquals(await ben.listed(/Secret plans/).count(), 0);
});
