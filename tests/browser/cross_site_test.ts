/**
 * Pages of other sites in the browser of somebody who is signed in. Cookies ignore ports, so a page of
 * another program on the same machine brings the victim's along, and must still be nobody.
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Page } from "playwright-core";
import type { ServerEvent } from "../../server/protocol.ts";
import { ChatPage } from "../support/chat_page.ts";
import { browserTest, type Visit } from "../support/chromium.ts";
import { history } from "../support/http.ts";
import { type InProcessServer, serveInProcess } from "../support/in_process.ts";

/** Another program on this machine, which serves a page and writes down the cookies that it is sent. */
function serveForeignPage() {
  const cookies: string[] = [];
  const server = Deno.serve({ hostname: "localhost", port: 0, onListen() {} }, (request) => {
    cookies.push(request.headers.get("cookie") ?? "");
    return new Response("<!doctype html><title>Elsewhere</title>", {
      headers: { "content-type": "text/html" },
    });
  });
  return {
    port: server.addr.port,
    cookies,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Opens a socket from within a page; resolves to its first frame, or to `refused`. */
function firstFrame(page: Page, url: string, protocol: string[]): Promise<string> {
  return page.evaluate(([url, protocol]) =>
    new Promise<string>((resolve) => {
      const socket = new WebSocket(url, protocol);
      socket.onopen = () => protocol.length === 0 && resolve("open");
      socket.onmessage = ({ data }) => resolve(data);
      socket.onerror = () => resolve("refused");
    }), [url, protocol] as const);
}

/** Makes a request with the cookies from within a page; resolves to what its script gets to see. */
function ask(page: Page, url: string, method: string, body?: string): Promise<string> {
  return page.evaluate(async ([url, method, body]) => {
    try {
      const init = {
        method,
        credentials: "include" as const,
        ...(body === undefined ? {} : { body }),
      };
      const response = await fetch(url, init);
      return await response.text();
    } catch {
      return "blocked";
    }
  }, [url, method, body] as const);
}

/** Everything that a page can try with the victim's cookie. Nothing of it may be done as the victim. */
async function attack(page: Page, server: InProcessServer, victim: string): Promise<void> {
  const socket = server.url.replace("http", "ws");
  const frame = await firstFrame(page, `${socket}/ws`, ["parlor.v1"]);
  const [welcome] = JSON.parse(frame) as ServerEvent[];
  assert(welcome?.type === "welcome");
  assertMatch(welcome.user.name, /^Guest /);
  assertEquals(welcome.user.unverified, true);

  const plain = await firstFrame(page, `${socket}/?room=lobby`, []);
  assertEquals(plain, "open");
  await server.logged((lines) => lines.some((line) => /kind=plain user=g_/.test(line)));

  assertEquals(await ask(page, `${server.url}/api/session`, "GET"), "blocked");
  assertEquals(await ask(page, `${server.url}/api/rooms`, "GET"), "blocked");
  const post = JSON.stringify({ message: "said by a foreign page" });
  await ask(page, `${server.url}/api/rooms/lobby/messages`, "POST", post);
  for (const { message, user } of (await history(server.url)).messages) {
    assert(user.id !== victim, `“${message}” was said as the victim`);
  }
  // Neither signs the victim out, nor in as somebody else.
  await ask(page, `${server.url}/api/session`, "DELETE");
  await ask(page, `${server.url}/api/session`, "POST", JSON.stringify({ name: "Puppet" }));
  await submitForm(page, `${server.url}/api/session`);
}

/** Sends a form whose text reads as JSON, as a whole page's move: no preflight asks before. */
async function submitForm(page: Page, url: string): Promise<void> {
  const arrived = page.waitForResponse(url);
  await page.evaluate((url) => {
    const form = document.createElement("form");
    Object.assign(form, { action: url, method: "post", enctype: "text/plain" });
    const field = document.createElement("input");
    Object.assign(field, { name: '{"name":"Puppet","x":"', value: '"}' });
    form.append(field);
    document.body.append(form);
    form.submit();
  }, url);
  await arrived;
  await page.waitForLoadState();
}

async function signedInVictim(visit: Visit, server: InProcessServer) {
  const chat = await ChatPage.enter(visit, server.url, "Victim");
  const session = async () =>
    JSON.parse(await ask(chat.page, `${server.url}/api/session`, "GET")).user as { id: string };
  return { chat, session, user: await session() };
}

for (const host of ["localhost", "127.0.0.1"]) {
  browserTest(`a page on another port of ${host} cannot act as who is signed in`, async (visit) => {
    await using server = await serveInProcess();
    await using elsewhere = serveForeignPage();
    const { chat, session, user } = await signedInVictim(visit, server);
    const page = await chat.page.context().newPage();
    await page.goto(`http://${host}:${elsewhere.port}/`);
    if (host === "localhost") {
      // The cookie is there, or this would show nothing.
      assertStringIncludes(elsewhere.cookies.join(), `parlor_${server.port}=`);
    }
    await attack(page, server, user.id);

    assertEquals(await session(), user);
    await chat.say("still me");
    await chat.sees("still me");
    const said = (await history(server.url)).messages.at(-1)!;
    assertEquals([said.message, said.user.id], ["still me", user.id]);
  });
}

browserTest(
  "a frame without an origin cannot act as who is signed in",
  async (visit) => {
    await using server = await serveInProcess();
    await using elsewhere = serveForeignPage();
    const { chat, session, user } = await signedInVictim(visit, server);
    const page = await chat.page.context().newPage();
    await page.goto(`http://localhost:${elsewhere.port}/`);
    const framed = await page.evaluate((url) =>
      new Promise<string>((resolve) => {
        addEventListener("message", ({ data }) => resolve(data));
        const frame = document.createElement("iframe");
        frame.setAttribute("sandbox", "allow-scripts");
        frame.srcdoc = `<script>
        const socket = new WebSocket("${url}/ws", "parlor.v1");
        socket.onmessage = ({ data }) => parent.postMessage(data, "*");
        socket.onerror = () => parent.postMessage("refused", "*");
      </script>`;
        document.body.append(frame);
      }), server.url.replace("http", "ws"));
    const [welcome] = JSON.parse(framed) as ServerEvent[];
    assert(welcome?.type === "welcome" && welcome.user.id !== user.id);
    assertEquals(await session(), user);
  },
);
