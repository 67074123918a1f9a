/** What people do with messages, between two browsers and a plain page. */

import { assert, assertEquals, assertLess } from "@std/assert";
import { assertAccessible } from "../support/accessibility.ts";
import { ChatPage } from "../support/chat_page.ts";
import { browserTest, type Visit } from "../support/chromium.ts";
import { connect, connectPlain, signIn } from "../support/client.ts";
import { HOST_SECRET, hostToken } from "../support/host_application.ts";
import { numbered, sayAll } from "../support/say_all.ts";
import { startServer } from "../support/server.ts";

/** Two people in the lobby, and what the first has said. */
async function annAndBen(visit: Visit, address: string, ...texts: string[]) {
  const ann = await ChatPage.enter(visit, address, "Ann");
  const ben = await ChatPage.enter(visit, address, "Ben");
  for (const text of texts) await ann.say(text);
  for (const chat of [ann, ben]) await chat.sees(texts.at(-1)!);
  return { ann, ben };
}

browserTest(
  "an edited and a deleted message change for everybody, in quotes too; a plain page hears nothing",
  async (visit) => {
    await using server = await startServer();
    const { ann, ben } = await annAndBen(visit, server.url, "helo", "never mind");
    await using plain = await connectPlain(`${server.url}/?name=Tom`);
    await ben.act("helo", "Reply");
    await ben.page.getByText("Reply to Ann: helo").waitFor();
    await ben.say("hi Ann");
    await ann.sees("hi Ann");
    await ann.message("hi Ann").getByRole("link", { name: "Ann helo" }).waitFor();

    await ann.act("helo", "Edit");
    await ann.composerHolds("helo");
    await ann.composer.fill("hello");
    await ann.composer.press("Enter");
    await ben.message("hello").getByText("(edited)").waitFor();
    await ben.message("hi Ann").getByRole("link", { name: "Ann hello" }).waitFor();

    for (const text of ["hello", "never mind"]) {
      await ann.act(text, "Delete…");
      const question = ann.page.getByRole("alertdialog");
      await question.getByText(text, { exact: true }).waitFor();
      await question.getByRole("button", { name: "Delete" }).click();
    }
    for (const chat of [ann, ben]) {
      await chat.message("This message was deleted.").nth(1).waitFor();
      await chat.message("hi Ann").getByRole("link", { name: "A deleted message" }).waitFor();
    }
    // Nothing that looks like a message twice: a plain page has heard what was said, once.
    await ben.say("the end");
    assertEquals([await plain.next(), await plain.next()], ["Ben: hi Ann", "Ben: the end"]);
  },
);

browserTest("reactions count people, and a click joins in or takes off", async (visit) => {
  await using server = await startServer();
  const { ann, ben } = await annAndBen(visit, server.url, "cake at four");
  await ben.react("cake at four", "shortcake");

  const chip = (chat: ChatPage, names: string) =>
    chat.message("cake at four").getByRole("button", { name: `🍰 ${names}`, exact: true });
  await chip(ben, "1 You").waitFor();
  assertEquals(await chip(ben, "1 You").getAttribute("aria-pressed"), "true");
  await chip(ann, "1 Ben").click();
  await chip(ann, "2 You and Ben").waitFor();
  await chip(ben, "2 You and Ann").waitFor();
  await chip(ann, "2 You and Ben").click();
  await chip(ben, "1 You").click();
  for (const chat of [ann, ben]) {
    await chat.message("cake at four").getByRole("button", { name: /🍰/ })
      .waitFor({ state: "detached" });
  }
  // What was used last comes first.
  await ben.act("cake at four", "React");
  const picker = ben.page.getByRole("dialog", { name: "Pick a reaction" });
  assertEquals(await picker.getByRole("button").first().innerText(), "🍰");
});

browserTest(
  "who reacted is asked for where they are many: by pointer, by keyboard and in a list",
  async (visit) => {
    await using server = await startServer();
    const ann = await ChatPage.enter(visit, server.url, "Ann");
    await ann.say("cake");
    await ann.sees("cake");
    const reacts = async (name: string, emoji: string) => {
      const { token } = await signIn(server.url, name);
      const path = `/api/rooms/lobby/messages/1/reactions/${encodeURIComponent(emoji)}`;
      const headers = { authorization: `Bearer ${token}` };
      const response = await fetch(server.url + path, { method: "PUT", headers });
      assertEquals((await response.json()).emoji, emoji);
    };
    const names = ["Bo", "Cy", "Di", "Ed", "Fi", "Gus"];
    for (const name of names) await reacts(name, "🍰");
    const chip = (name: string) =>
      ann.message("cake").getByRole("button", { name: `🍰 ${name}`, exact: true });
    await chip("6 people").hover();
    await chip("6 Bo, Cy, Di, Ed, Fi and Gus").waitFor();

    // One's own is known without asking, after a reload too; the rest again once somebody looks.
    await chip("6 Bo, Cy, Di, Ed, Fi and Gus").click();
    await chip("7 You and 6 others").waitFor();
    await ann.isSettled();
    await ann.page.reload();
    await chip("7 You and 6 others").waitFor();
    assertEquals(await chip("7 You and 6 others").getAttribute("aria-pressed"), "true");
    await ann.page.mouse.move(0, 0);
    await ann.message("cake").focus();
    await ann.page.keyboard.press("Tab");
    await chip("7 You, Bo, Cy, Di, Ed, Fi and Gus").waitFor();

    await ann.message("cake").focus();
    await ann.page.keyboard.press("Enter");
    await ann.page.getByRole("menuitem", { name: "Who reacted" }).press("Enter");
    const list = ann.page.getByRole("dialog", { name: "Who reacted" });
    await list.getByRole("listitem").filter({ hasText: "Bo, Cy, Di, Ed, Fi, Gus and You" })
      .waitFor();
    await assertAccessible(ann.page, "who reacted");
    // It follows what happens meanwhile.
    await reacts("Hal", "🎉");
    await list.getByRole("listitem").filter({ hasText: "Hal" }).waitFor();
    await ann.page.keyboard.press("Escape");
    await list.waitFor({ state: "detached" });
    await ann.page.locator("article:focus-within", { hasText: "cake" }).waitFor();
  },
);

browserTest("a quote leads to what it answers, however far back that is", async (visit) => {
  await using server = await startServer();
  const { ann, ben } = await annAndBen(visit, server.url, "the question");
  const { token } = await signIn(server.url, "Cleo");
  await using cleo = await connect(server.url, { token });
  await sayAll(cleo, numbered(150, 0, "filler"));
  await ben.sees("filler 150");
  await ann.page.reload();
  await ann.isOnline();
  await ann.sees("filler 150");
  await ben.page.goto(`${server.url}/r/lobby#m1`);
  await ben.act("the question", "Reply");
  await ben.say("the answer");
  // Not loaded on Ann's page, whose quote is fetched.
  const quote = ann.message("the answer").getByRole("link", { name: "Ann the question" });
  await quote.click();
  await ann.page.locator("article.target", { hasText: "the question" }).waitFor();
  await ann.page.waitForURL("**/r/lobby#m1");
});

browserTest("what is pinned is found again, and goes when it is unpinned", async (visit) => {
  await using server = await startServer();
  const { ann, ben } = await annAndBen(visit, server.url, "the rules", "the menu");
  await ann.act("the rules", "Pin");
  await ann.act("the menu", "Pin");
  await ben.message("the menu").getByText("Pinned").waitFor();

  await ben.page.getByRole("button", { name: "Pinned messages" }).click();
  const list = ben.page.getByRole("dialog", { name: "Pinned messages" });
  await list.getByRole("listitem").nth(1).waitFor();
  assertEquals(await list.locator(".snippet").allInnerTexts(), ["the menu", "the rules"]);
  await ann.act("the rules", "Unpin");
  await list.getByText("the rules").waitFor({ state: "detached" });
  await ann.act("the rules", "Pin");
  await list.getByText("the rules").waitFor();
  await list.getByRole("listitem").first().getByRole("button", { name: /^Unpin/ }).click();
  await ann.message("the rules").getByText("Pinned").waitFor({ state: "detached" });
  await list.getByText("the menu").click();
  await ben.page.locator("article.target", { hasText: "the menu" }).waitFor();
});

browserTest(
  "who was offline comes back to edits, deletions, reactions and pins exactly",
  async (visit) => {
    await using server = await startServer();
    const { ann, ben } = await annAndBen(visit, server.url, "one", "two", "three", "four");
    await ben.isSettled();
    await ben.page.context().setOffline(true);
    await ben.page.getByText("You are offline.").waitFor();
    await ann.act("one", "Edit");
    await ann.say("first");
    await ann.act("two", "Delete…");
    await ann.page.getByRole("button", { name: "Delete", exact: true }).click();
    await ann.act("three", "Pin");
    await ann.react("four", "thumbs up");
    await ann.message("four").getByRole("button", { name: "👍 1 You" }).waitFor();
    // And what Ben does meanwhile is done once he is back.
    await ben.react("three", "party popper");
    await ben.message("three").getByRole("button", { name: "🎉 1 You" }).waitFor();
    await ben.page.context().setOffline(false);

    for (const [chat, other] of [[ben, "Ann"], [ann, "You"]] as const) {
      await chat.message("first").getByText("(edited)").waitFor();
      await chat.message("This message was deleted.").waitFor();
      await chat.message("three").getByText("Pinned").waitFor();
      await chat.message("four").getByRole("button", { name: `👍 1 ${other}` }).waitFor();
    }
    await ann.message("three").getByRole("button", { name: "🎉 1 Ben" }).waitFor();
    await ben.page.reload();
    await ben.message("three").getByRole("button", { name: "🎉 1 You" }).waitFor();
  },
);

browserTest(
  "an edit keeps the draft of before, and Esc leaves everything as it was",
  async (visit) => {
    await using server = await startServer();
    const { ann } = await annAndBen(visit, server.url, "as it is");
    await ann.composer.fill("a draft");
    await ann.act("as it is", "Edit");
    await ann.composerHolds("as it is");
    await ann.composer.fill("something else");
    await ann.page.keyboard.press("Escape");
    await ann.composerHolds("a draft");
    // The same text again changes nothing.
    await ann.act("as it is", "Edit");
    await ann.composer.press("Enter");
    await ann.composerHolds("a draft");
    assertEquals(await ann.message("as it is").getByText("(edited)").count(), 0);
    // Without a text it can only be deleted.
    await ann.act("as it is", "Edit");
    await ann.composerHolds("as it is");
    await ann.say("");
    await ann.page.getByRole("alertdialog", { name: "Delete this message?" })
      .getByRole("button", { name: "Keep" }).click();
    await ann.composer.press("Escape");
    await ann.message("as it is").waitFor();
    await ann.composerHolds("a draft");
  },
);

browserTest("only what one may do with a message is offered", async (visit) => {
  await using server = await startServer();
  const { ann, ben } = await annAndBen(visit, server.url, "by Ann");
  const items = async (chat: ChatPage) => {
    await chat.openMenu("by Ann");
    const labels = await chat.page.getByRole("menuitem").locator("span").allInnerTexts();
    await chat.page.keyboard.press("Escape");
    return labels;
  };
  assertEquals(await items(ben), [
    "Reply",
    "React",
    "Pin",
    "Copy text",
    "Copy link",
    "Mark unread from here",
  ]);
  assertEquals(await items(ann), [
    "Reply",
    "React",
    "Edit",
    "Pin",
    "Copy text",
    "Copy link",
    "Mark unread from here",
    "Delete…",
  ]);
});

browserTest(
  "what a token makes of somebody shows in what is offered: moderators delete, readers only read",
  async (visit) => {
    await using server = await startServer({ env: { PARLOR_JWT_SECRET: HOST_SECRET } });
    const enter = async (name: string, role: string) => {
      const token = await hostToken({ sub: name, name, role });
      const chat = new ChatPage(await visit.open(`${server.url}/r/lobby#token=${token}`));
      await chat.log.waitFor();
      return chat;
    };
    const ann = await ChatPage.enter(visit, server.url, "Ann");
    await ann.say("rude");
    await ann.sees("rude");
    const mo = await enter("Mo", "moderator");
    const rita = await enter("Rita", "reader");
    await rita.page.getByText("You may read this room, but not write in it.").waitFor();
    assertEquals(await rita.composer.count(), 0);
    await rita.openMenu("rude");
    const offered = await rita.page.getByRole("menuitem").locator("span").allInnerTexts();
    assertEquals(offered, ["Copy text", "Copy link", "Mark unread from here"]);
    await rita.page.keyboard.press("Escape");

    await mo.act("rude", "Delete…");
    await mo.page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
    await mo.message("You deleted this message.").waitFor();
    for (const chat of [ann, rita]) await chat.message("Mo deleted this message.").waitFor();
    await ann.page.reload();
    await ann.message("Mo deleted this message.").waitFor();
    // A screen reader hears the same.
    await ann.page.getByRole("article", { name: /: Mo deleted this message\.$/ }).waitFor();
    await mo.composer.pressSequentially("@roo");
    await mo.page.getByRole("option", { name: "room everybody in this room" }).waitFor();
  },
);

browserTest(
  "what is said is not changed any more once the time that its room sets is over",
  async (visit) => {
    await using server = await startServer();
    const ann = await ChatPage.enter(visit, server.url, "Ann");
    await ann.createRoom("Minutes", "public");
    await ann.say("for the record");
    await ann.sees("for the record");
    await ann.chooseFromMenu("Room settings");
    await ann.dialog.getByLabel("Authors may edit and delete what they said").selectOption("5");
    await ann.dialog.getByRole("button", { name: "Save" }).click();
    await ann.dialog.waitFor({ state: "detached" });
    const offered = async () => {
      await ann.openMenu("for the record");
      const labels = await ann.page.getByRole("menuitem").locator("span").allInnerTexts();
      await ann.page.keyboard.press("Escape");
      return labels;
    };
    assert((await offered()).includes("Edit"));
    await ann.page.clock.install();
    await ann.page.reload();
    await ann.sees("for the record");
    await ann.page.clock.fastForward("05:01");
    const later = await offered();
    assert(!later.includes("Edit"), String(later));
    // As the owner she may still delete.
    assert(later.includes("Delete…"));
  },
);

browserTest("what is marked as unread waits in the list of rooms", async (visit) => {
  await using server = await startServer();
  const { ben } = await annAndBen(visit, server.url, "one", "two", "three");
  await ben.act("two", "Mark unread from here");
  await ben.page.waitForFunction(() => document.title.startsWith("(2)"));
  await ben.page.getByRole("separator").getByText("New").waitFor();
});

browserTest("text and link of a message are copied", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann", {
    permissions: ["clipboard-read", "clipboard-write"],
  });
  await ann.say("copy me");
  await ann.sees("copy me");
  const copied = () => ann.page.evaluate(() => navigator.clipboard.readText());
  await ann.act("copy me", "Copy text");
  await ann.page.getByText("Copied").waitFor();
  assertEquals(await copied(), "copy me");
  await ann.act("copy me", "Copy link");
  await ann.page.waitForFunction(async () =>
    (await navigator.clipboard.readText()).startsWith("http")
  );
  assertEquals(await copied(), `${server.url}/r/lobby#m1`);
});

browserTest("what the server refuses is taken back, and says why", async (visit) => {
  await using server = await startServer();
  const { ann, ben } = await annAndBen(visit, server.url, "by Ann");
  await ben.page.routeWebSocket(/\/ws$/, (socket) => {
    const upstream = socket.connectToServer();
    socket.onMessage((frame) => {
      const refused = [JSON.parse(String(frame))].flat().find(({ type }) => type === "react");
      if (!refused) return upstream.send(frame);
      const { id, room } = refused;
      socket.send(JSON.stringify([
        { type: "error", code: "forbidden", message: "Not here.", id, room },
      ]));
    });
  });
  await ben.page.reload();
  await ben.isOnline();
  await ben.react("by Ann", "thumbs up");
  const problem = ben.message("by Ann").getByRole("alert");
  await problem.getByText("Not reacted. Not here.").waitFor();
  assertEquals(await ben.message("by Ann").getByRole("button", { name: /👍/ }).count(), 0);
  await problem.getByRole("button", { name: "Dismiss" }).click();
  await problem.waitFor({ state: "detached" });
  assertEquals(await ann.message("by Ann").getByRole("button", { name: /👍/ }).count(), 0);
});

browserTest("what comes above, edited or reacted to, does not move what is read", async (visit) => {
  await using server = await startServer();
  const texts = Array.from({ length: 60 }, (_, index) => `message ${index + 1}`);
  const { ann, ben } = await annAndBen(visit, server.url, ...texts);
  for (const { log, page } of [ann, ben]) {
    await log.hover();
    await page.mouse.wheel(0, -300);
    await page.getByRole("button", { name: "Latest" }).waitFor();
  }
  const visible = await ben.page.evaluate(() => {
    const log = document.querySelector(".log")!.getBoundingClientRect();
    const rows = [...document.querySelectorAll("article")];
    // The second is the one that the upper edge cuts.
    const index = rows.findIndex((row) => row.getBoundingClientRect().bottom > log.top);
    return [rows[index + 2]!, rows[index]!].map((row) => row.querySelector(".text")!.textContent);
  });
  const [read, above] = visible as [string, string];
  const before = await ben.message(read).boundingBox();
  await ann.act(above, "Edit");
  await ann.say(`${above}\nwith\nmany\nmore\nlines`);
  await ben.message(`${above} with many more lines`).waitFor({ state: "attached" });
  const after = await ben.message(read).boundingBox();
  // Browsers scroll by parts of pixels that layouts do not have.
  assertLess(Math.abs(after!.y - before!.y), 1);
});
