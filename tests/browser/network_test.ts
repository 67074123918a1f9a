/** Real tabs on networks as they are: cut, stalled, half-closed, or without WebSockets. */

import { assertEquals } from "@std/assert";
import { ChatPage, showTheSame } from "../support/chat_page.ts";
import { browserTest } from "../support/chromium.ts";
import { type Fault, startProxy } from "../support/proxy.ts";
import { seeded } from "../support/random.ts";
import { startServer } from "../support/server.ts";

browserTest("tabs on a network that fails at random end with the same log", async (visit) => {
  await using server = await startServer();
  await using network = startProxy(server.port);
  const address = `http://localhost:${network.port}`;
  const random = seeded(7);
  const ann = await ChatPage.enter(visit, address, "Ann");
  const ben = await ChatPage.enter(visit, address, "Ben");
  const said: string[] = [];
  const faults: Fault[] = ["cut", "stall", "half-close"];
  for (let round = 0; round < 9; round++) {
    const speaker = random() < 0.5 ? ann : ben;
    const text = `round ${round}`;
    await speaker.say(text);
    said.push(text);
    const fault = faults[Math.floor(random() * faults.length)]!;
    for (let index = network.open - 1; index >= 0; index--) network.harm(fault, index);
    // A stalled connection is only noticed when the tab has reason to doubt it.
    for (const { page } of [ann, ben]) {
      await page.evaluate(() => dispatchEvent(new Event("online")));
    }
  }
  for (const text of said) {
    await ann.sees(text);
    await ben.sees(text);
  }
  const shown = await ann.texts();
  assertEquals([...shown].sort(), [...said].sort());
  await showTheSame([ann, ben], shown);
});

browserTest(
  "who comes back hears what became of rooms and of themselves meanwhile",
  async (visit) => {
    await using server = await startServer();
    await using network = startProxy(server.port);
    const ann = await ChatPage.enter(visit, server.url, "Ann");
    const ben = await ChatPage.enter(visit, `http://localhost:${network.port}`, "Ben");
    const letIn = async () => {
      await ann.chooseFromMenu("Members");
      await ann.dialog.getByRole("searchbox").fill("ben");
      await ann.dialog.getByRole("button", { name: "Add Ben" }).click();
      await ann.dialog.getByText("2 members").waitFor();
    };
    await ann.createRoom("Tea", "private");
    await ann.say("before");
    await letIn();
    await ann.page.keyboard.press("Escape");
    await ben.listed(/Tea/).click();
    await ben.sees("before");
    await ben.isSettled();
    const loads = () => ben.page.evaluate(() => performance.timeOrigin);
    const loaded = await loads();

    for (let index = network.open - 1; index >= 0; index--) network.harm("stall", index);
    await ann.chooseFromMenu("Room settings");
    await ann.dialog.getByRole("textbox", { name: "Name" }).fill("Green tea");
    await ann.dialog.getByRole("button", { name: "Save" }).click();
    await ann.showsRoom("Green tea");
    await ann.chooseFromMenu("Members");
    await ann.dialog.getByRole("combobox", { name: "Role of Ben" }).selectOption("moderator");
    await ann.page.keyboard.press("Escape");
    await ann.page.getByText("Ann made Ben a moderator").waitFor();
    await ann.say("meanwhile");
    await ann.createRoom("Coffee", "private");
    await letIn();
    assertEquals(await ben.listed(/Coffee|Green tea/).count(), 0);

    await ben.page.evaluate(() => dispatchEvent(new Event("online")));
    await ben.showsRoom("Green tea");
    await ben.sees("meanwhile");
    await ben.page.getByText("Ann renamed the room to “Green tea”", { exact: true }).waitFor();
    await ben.page.getByText("Ann made Ben a moderator").waitFor();
    await ben.listed(/Coffee/).waitFor();
    // What a moderator may do is there, in the same page.
    await ben.chooseFromMenu("Invite people");
    await ben.dialog.waitFor();
    assertEquals(await loads(), loaded);
  },
);

browserTest("where WebSockets are blocked, people talk all the same", async (visit) => {
  await using server = await startServer();
  await using network = startProxy(server.port, { blocksSockets: true });
  const ann = await ChatPage.enter(visit, `http://localhost:${network.port}`, "Ann");
  const ben = await ChatPage.enter(visit, server.url, "Ben");
  await ann.say("from behind the wall");
  await ben.sees("from behind the wall");
  await ben.say("I hear you");
  await ann.sees("I hear you");
  await showTheSame([ann, ben], ["from behind the wall", "I hear you"]);
});

browserTest("a page that the browser kept is connected when one goes back to it", async (visit) => {
  await using server = await startServer();
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  const ben = await ChatPage.enter(visit, server.url, "Ben");
  await ann.page.evaluate(() => {
    addEventListener("pageshow", ({ persisted }) => {
      if (persisted) document.body.dataset.kept = "yes";
    });
  });
  await ann.page.goto(`${server.url}/robots.txt`);
  await ben.say("while you were away");
  // Not awaited by Playwright: a kept page is shown again without being loaded.
  await ann.page.evaluate(() => setTimeout(() => history.back()));
  await ann.page.locator("body[data-kept=yes]").waitFor();
  await ann.sees("while you were away");
  await ben.say("and live again");
  await ann.sees("and live again");
});
