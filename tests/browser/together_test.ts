/** Several people at the same message in the same moment, in real browsers: the same picture everywhere. */

import { assertEquals } from "@std/assert";
import type { Message } from "../../server/protocol.ts";
import { ChatPage } from "../support/chat_page.ts";
import { browserTest, type Visit } from "../support/chromium.ts";
import { startServer } from "../support/server.ts";

/** A message as it is seen. */
interface Picture {
  /** Its text; of a deleted message, that it is deleted. */
  text: string;
  isEdited: boolean;
  isPinned: boolean;
  /** Each emoji, how many people put it there, and whether who looks is one of them. */
  reactions: [emoji: string, count: number, isOwn: boolean][];
}

/** What a page shows. */
async function shownOn({ page }: ChatPage): Promise<Picture[]> {
  return await page.getByRole("log").getByRole("article").evaluateAll((articles) =>
    articles.map((article): Picture => {
      const text = article.querySelector(".text")!.textContent!;
      const isEdited = article.querySelector(".edited") !== null;
      return {
        // Who deleted it is “You” to one and a name to the others.
        text: / deleted this message\.$/.test(text) ? "deleted" : text.replace("(edited)", ""),
        isEdited,
        isPinned: article.querySelector(".pinned") !== null,
        reactions: [...article.querySelectorAll(".reaction")].map((reaction) => [
          reaction.querySelector(".emoji")!.textContent!,
          Number(reaction.querySelector(".count")!.textContent),
          reaction.ariaPressed === "true",
        ]),
      };
    })
  );
}

/** What the server says to the person of a page. */
async function toldTo({ page }: ChatPage, room: string): Promise<Picture[]> {
  const messages = await page.evaluate(async (room) => {
    const response = await fetch(`/api/rooms/${room}/messages?limit=100`);
    return (await response.json()).messages as Message[];
  }, room);
  return messages.map(pictureOf);
}

function pictureOf({ message, deleted, edited, pinned, reactions = [] }: Message): Picture {
  return {
    text: deleted ? "deleted" : message,
    isEdited: edited !== undefined,
    isPinned: pinned ?? false,
    reactions: reactions.map(({ emoji, count, mine = false }) => [emoji, count, mine]),
  };
}

/** What one does is done before what one says after it: once all have heard all, nothing is under way. */
async function untilAllIsDone(chats: readonly ChatPage[]): Promise<void> {
  const ends = chats.map((_, index) => `end of ${index}`);
  await Promise.all(chats.map((chat, index) => chat.say(ends[index]!)));
  for (const chat of chats) {
    for (const end of ends) await chat.sees(end);
  }
}

/** Checks that all show what the server says, now and after a reload. Resolves to what the first sees. */
async function assertSameEverywhere(
  room: string,
  chats: readonly [ChatPage, ...ChatPage[]],
): Promise<Picture[]> {
  await untilAllIsDone(chats);
  for (const chat of chats) assertEquals(await shownOn(chat), await toldTo(chat, room));
  await Promise.all(chats.map(async (chat) => {
    await chat.page.reload();
    await chat.isOnline();
    await chat.sees(`end of ${chats.length - 1}`);
  }));
  for (const chat of chats) assertEquals(await shownOn(chat), await toldTo(chat, room), "reloaded");
  return await shownOn(chats[0]);
}

/** Mo's room, with Ann and Ben in it, and what Ann has said. */
async function moAnnAndBen(visit: Visit, url: string, ...texts: string[]) {
  const mo = await ChatPage.enter(visit, url, "Mo");
  const address = await mo.createRoom("Team", "public");
  const ann = await ChatPage.enter(visit, address, "Ann");
  const ben = await ChatPage.enter(visit, address, "Ben");
  for (const text of texts) await ann.say(text);
  for (const chat of [mo, ann, ben]) await chat.sees(texts.at(-1)!);
  return { mo, ann, ben, room: new URL(address).pathname.split("/").at(-1)! };
}

browserTest(
  "edited by its author, reacted to and deleted by a moderator in one moment, a message is gone for all",
  async (visit) => {
    await using server = await startServer();
    const { mo, ann, ben, room } = await moAnnAndBen(visit, server.url, "before", "disputed");
    await ann.act("disputed", "Edit");
    await ann.composerHolds("disputed");
    await ann.composer.fill("changed");
    await ben.act("disputed", "React");
    await ben.emojiField.fill("thumbs up");
    await mo.act("disputed", "Delete…");
    const remove = mo.page.getByRole("alertdialog").getByRole("button", { name: "Delete" });
    await remove.waitFor();
    await Promise.all([ann.composer.press("Enter"), ben.emojiField.press("Enter"), remove.click()]);

    await mo.message("You deleted this message.").waitFor();
    for (const chat of [ann, ben]) await chat.message("Mo deleted this message.").waitFor();
    // Whoever came too late is told so, and has nothing left to be sent again.
    const pictures = await assertSameEverywhere(room, [mo, ann, ben]);
    const gone = { text: "deleted", isEdited: false, isPinned: false, reactions: [] };
    assertEquals(pictures[1], gone);
    await mo.message("You deleted this message.").waitFor();
    await ben.message("Mo deleted this message.").waitFor();
  },
);

browserTest("an edit, reactions and a pin in one moment are all there", async (visit) => {
  await using server = await startServer();
  const { mo, ann, ben, room } = await moAnnAndBen(visit, server.url, "helo", "other");
  await ann.act("helo", "Edit");
  await ann.composerHolds("helo");
  await ann.composer.fill("hello");
  await ben.act("helo", "React");
  await ben.emojiField.fill("thumbs up");
  await mo.openMenu("helo");
  const pin = mo.page.getByRole("menuitem", { name: "Pin" });
  await Promise.all([ann.composer.press("Enter"), ben.emojiField.press("Enter"), pin.click()]);
  const [picture] = await assertSameEverywhere(room, [mo, ann, ben]);
  assertEquals(picture, {
    text: "hello",
    isEdited: true,
    isPinned: true,
    reactions: [["👍", 1, false]],
  });
});

browserTest(
  "a reaction toggled quickly in two tabs of one person is the same everywhere",
  async (visit) => {
    await using server = await startServer();
    const ann = await ChatPage.enter(visit, server.url, "Ann");
    const ben = await ChatPage.enter(visit, server.url, "Ben");
    await ann.say("cake?");
    await ben.sees("cake?");
    await ben.react("cake?", "thumbs up");
    const second = await ann.anotherTab();
    const chip = (chat: ChatPage) => chat.message("cake?").getByRole("button", { name: /^👍/ });
    for (const chat of [ann, second]) await chip(chat).waitFor();
    const toggle = async (chat: ChatPage, times: number) => {
      for (let turn = 0; turn < times; turn++) {
        await chip(chat).dispatchEvent("click");
      }
    };
    await Promise.all([toggle(ann, 5), toggle(second, 4)]);
    const [picture] = await assertSameEverywhere("lobby", [ann, second, ben]);
    const [[emoji, count, isOwn]] = picture!.reactions as [[string, number, boolean]];
    // Ben's is there, and Ann's or not.
    assertEquals([emoji, count], ["👍", isOwn ? 2 : 1]);
  },
);
