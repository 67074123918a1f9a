/** The content security policy in a real browser: the client lives under it, and what is slipped in does not. */

import { assertEquals } from "@std/assert";
import { ChatPage } from "../support/chat_page.ts";
import { browserTest } from "../support/chromium.ts";
import { post } from "../support/http.ts";
import { serveInProcess } from "../support/in_process.ts";

/** Where the page writes down each breach of the policy. */
interface Watched {
  breaches: string[];
  ran: string[];
}

browserTest("the client works under trusted types without a single breach", async (visit) => {
  await using server = await serveInProcess();
  const first = await ChatPage.enter(visit, server.url, "Ann");
  await first.page.context().addInitScript(() => {
    const watched = globalThis as unknown as Watched;
    watched.breaches = [];
    addEventListener("securitypolicyviolation", ({ violatedDirective, sample }) => {
      watched.breaches.push(`${violatedDirective} ${sample}`);
    });
  });
  const chat = await first.anotherTab();
  await chat.say("see https://example.com/a?b=c and <b>this</b>");
  await chat.message("see https://example.com/a?b=c and <b>this</b>").waitFor();
  await chat.online(1).click();
  for (const key of ["Escape", "?", "Escape"]) await chat.page.keyboard.press(key);
  await post(server.url, { message: "from elsewhere" });
  await chat.sees("from elsewhere");
  await chat.page.goto(`${server.url}/r/another-room`);
  await chat.isOnline();
  assertEquals(await chat.page.evaluate(() => (globalThis as unknown as Watched).breaches), []);
});

/** Texts that run in a page that takes what people type for HTML, or for an address. */
const SCRIPTS = [
  `<script>globalThis.ran.push("script")</script>`,
  `<img src=x onerror='globalThis.ran.push("handler")'>`,
  `<svg onload='globalThis.ran.push("svg")'>`,
  `<iframe srcdoc="<script>parent.ran.push('frame')</script>"></iframe>`,
  `javascript:globalThis.ran.push("address")`,
  `[link](javascript:globalThis.ran.push("link"))`,
  `"><style onload='globalThis.ran.push("style")'></style>`,
  `{{constructor.constructor('globalThis.ran.push("template")')()}}`,
];

browserTest("a script in any field that is shown stays text", async (visit) => {
  await using server = await serveInProcess();
  const victim = await ChatPage.enter(visit, server.url, "Victim");
  await victim.page.evaluate(() => (globalThis as unknown as Watched).ran = []);
  for (const script of SCRIPTS) {
    // As a message, and as the name shown beside it.
    const name = encodeURIComponent(script.slice(0, 60));
    const asked = new URL(`/api/rooms/lobby/messages?name=${name}`, server.url);
    const answer = await fetch(asked, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ message: script }),
    });
    await answer.body?.cancel();
    assertEquals([script, answer.status], [script, 201]);
    await victim.message(script).waitFor();
    // And as the draft of the victim's own.
    await victim.say(script);
    await victim.message(script).nth(1).waitFor();
  }
  const found = await victim.page.evaluate(() => ({
    ran: (globalThis as unknown as Watched).ran,
    elements:
      document.querySelectorAll("[role=log] :is(script, img, iframe, style, [onload])").length,
    addresses: [...document.querySelectorAll("a")].filter(({ href }) => /^javascript:/i.test(href))
      .length,
  }));
  assertEquals(found, { ran: [], elements: 0, addresses: 0 });
});

browserTest("what gets into the page in spite of all that does not run", async (visit) => {
  await using server = await serveInProcess();
  const { page } = await ChatPage.enter(visit, server.url, "Ann");
  const attempts = await page.evaluate(() => {
    const attempt = (act: () => unknown) => {
      try {
        act();
        return "allowed";
      } catch (error) {
        return (error as Error).name;
      }
    };
    const text: string = "<img src=x onerror=alert(1)>";
    return {
      html: attempt(() => document.createElement("div").innerHTML = text),
      write: attempt(() => document.write(text)),
      address: attempt(() => document.createElement("script").src = "/assets/main.js"),
      parsed: attempt(() => new DOMParser().parseFromString(text, "text/html")),
    };
  });
  assertEquals(attempts, {
    html: "TypeError",
    write: "TypeError",
    address: "TypeError",
    parsed: "TypeError",
  });
});
