/** Thousands of rooms and people, in a real browser. */

import { assertEquals, assertGreater, assertLess } from "@std/assert";
import type { Locator } from "playwright-core";
import { ChatPage } from "../support/chat_page.ts";
import { browserTest } from "../support/chromium.ts";
import { signIn } from "../support/client.ts";
import { tasksDuring } from "../support/long_tasks.ts";
import { type RunningServer, startServer } from "../support/server.ts";

/** Milliseconds of processor time from which on a task is long. */
const LONG = 50;
/** More rows than this in the document cost what nobody sees. */
const MOST_ROWS = 60;
const ROOMS = 10_000;
const PEOPLE = 1_000;
/** Rooms on somebody's own list. */
const OWN = 1_000;
const COMMANDS = 100;
/** Requests on their way. */
const PARALLEL = 20;

async function request(
  server: RunningServer,
  token: string,
  method: string,
  path: string,
  body: unknown,
) {
  const response = await fetch(new URL(path, server.url), {
    method,
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${answer}`);
}

/** Says something in so many rooms, each of which begins with it. */
async function beginRooms(server: RunningServer, token: string, rooms: number): Promise<void> {
  for (let first = 0; first < rooms; first += COMMANDS) {
    const commands = Array.from({ length: COMMANDS }, (_, index) => ({
      type: "chat",
      id: `first-${first + index}`,
      room: `room-${first + index}`,
      message: "hello",
    }));
    await request(server, token, "POST", "/api/commands", commands);
  }
}

/** Lets so many new people into a room. */
async function letIn(server: RunningServer, token: string, room: string): Promise<void> {
  let next = 0;
  const one = async () => {
    while (next < PEOPLE) {
      const { user } = await signIn(server.url, `Person ${next++}`);
      await request(server, token, "PUT", `/api/rooms/${room}/members/${user.id}`, {
        role: "member",
      });
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, one));
}

/** Scrolls a list to its end, as often as there is more. Returns the most rows that were drawn. */
function scrollThrough(list: Locator, last: string): Promise<number> {
  return list.evaluate(async (rows, last) => {
    const scroller = rows.closest(".scrolls")!;
    let most = 0;
    const deadline = performance.now() + 15_000;
    while (!rows.querySelector(last)) {
      if (performance.now() > deadline) throw new Error(`It has no ${last} at its end.`);
      scroller.scrollTop += 20 * scroller.clientHeight;
      await new Promise(requestAnimationFrame);
      most = Math.max(most, rows.children.length);
    }
    return most;
  }, last);
}

browserTest("ten thousand rooms to browse stay fluid", async (visit) => {
  await using server = await startServer({ data: ":memory:" });
  const { token } = await signIn(server.url, "Writer");
  await beginRooms(server, token, ROOMS);
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  const open = () => ann.page.getByRole("button", { name: "Browse rooms" }).click();
  const list = ann.dialog.getByRole("list", { name: "Rooms" });
  const search = ann.dialog.getByRole("searchbox");
  // Once before, so that the page has its code compiled.
  await open();
  await list.getByRole("listitem").first().waitFor();
  await ann.page.keyboard.press("Escape");

  let rows = 0;
  const tasks = await tasksDuring(visit.browser, ann.page, async () => {
    await open();
    // The most recent first, so the first is the last.
    rows = await scrollThrough(list, 'a[href="/r/room-0"]');
    await search.fill("room-77");
    await list.getByRole("link", { name: /^room-77/ }).first().waitFor();
    await search.fill("room-9999");
    await list.getByRole("link", { name: /^room-9999\b/ }).waitFor();
    assertEquals(await list.getByRole("listitem").count(), 1);
  });
  assertGreater(rows, 5);
  assertLess(rows, MOST_ROWS);
  assertEquals(tasks.filter(({ cpu }) => cpu >= LONG), []);

  // The first clears the field.
  await ann.page.keyboard.press("Escape");
  await ann.page.keyboard.press("Escape");
  await ann.dialog.waitFor({ state: "detached" });
  await ann.page.keyboard.press("Control+k");
  await ann.page.getByRole("combobox", { name: "Switch to" }).fill("room-4321");
  await ann.page.getByRole("option", { name: "room-4321" }).click();
  await ann.showsRoom("room-4321");
});

browserTest("a thousand members of a room stay fluid", async (visit) => {
  await using server = await startServer({ data: ":memory:" });
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  await ann.createRoom("Everybody", "public");
  const cookie = (await ann.page.context().cookies()).find(({ name }) => name.includes("parlor"))!;
  await letIn(server, cookie.value, "everybody");
  const list = ann.dialog.getByRole("list", { name: "Members" });
  await ann.chooseFromMenu("Members");
  await ann.dialog.getByText("1,001 members").waitFor();
  await ann.page.keyboard.press("Escape");

  let rows = 0;
  const tasks = await tasksDuring(visit.browser, ann.page, async () => {
    await ann.chooseFromMenu("Members");
    await ann.dialog.getByText("1,001 members").waitFor();
    rows = await scrollThrough(list, "li[aria-posinset='1001']");
    await ann.dialog.getByRole("searchbox").fill("Person 777");
    await list.getByText("Person 777", { exact: true }).waitFor();
    assertEquals(await list.getByRole("listitem").count(), 1);
  });
  assertGreater(rows, 5);
  assertLess(rows, MOST_ROWS);
  assertEquals(tasks.filter(({ cpu }) => cpu >= LONG), []);
});

browserTest("a thousand rooms and conversations of one's own stay fluid", async (visit) => {
  await using server = await startServer({ data: ":memory:" });
  const { token } = await signIn(server.url, "Writer");
  await beginRooms(server, token, OWN);
  const ann = await ChatPage.enter(visit, server.url, "Ann");
  const cookie = (await ann.page.context().cookies()).find(({ name }) => name.includes("parlor"))!;
  for (let number = 0; number < OWN; number++) {
    await request(server, cookie.value, "PATCH", `/api/rooms/room-${number}/mine`, {
      listed: true,
    });
  }
  const talk = async (round: number, rooms: readonly number[]) => {
    const commands = rooms.map((number) => ({
      type: "chat",
      id: `round-${round}-${number}`,
      room: `room-${number}`,
      message: "news",
    }));
    await request(server, token, "POST", "/api/commands", commands);
  };
  const rooms = ann.sidebar.getByRole("list").first();
  const scroll = () => scrollThrough(rooms, 'a[href="/r/room-999"]');
  await ann.page.reload();
  await ann.isOnline();
  await scroll();

  let rows = 0;
  const tasks = await tasksDuring(visit.browser, ann.page, async () => {
    await ann.page.reload();
    await ann.isOnline();
    rows = await scroll();
    // The most recent are followed live; of every third something new is said, ten times over.
    for (let round = 0; round < 10; round++) {
      await talk(round, Array.from({ length: 60 }, (_, index) => OWN - 1 - 3 * index));
    }
    await ann.listed(/^room-999 10 unread/).waitFor();
    // A room comes and a room goes, and another is opened.
    await request(server, cookie.value, "PATCH", "/api/rooms/newest/mine", { listed: true });
    await rooms.evaluate((list) => list.closest(".lists")!.scrollTop = 0);
    await ann.listed("newest").waitFor();
    await ann.listed("newest").click();
    await ann.showsRoom("newest");
    await ann.page.keyboard.press("Control+k");
    await ann.page.getByRole("combobox", { name: "Switch to" }).fill("room-77");
    await ann.page.getByRole("option", { name: "room-777" }).click();
    await ann.showsRoom("room-777");
    // It is in view, wherever it stands.
    await ann.listed("room-777").and(ann.page.locator("[aria-current]")).waitFor();
  });
  assertGreater(rows, 5);
  assertLess(rows, MOST_ROWS);
  assertEquals(tasks.filter(({ cpu }) => cpu >= LONG), []);
});
