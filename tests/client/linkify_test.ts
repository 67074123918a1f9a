/** Text that somebody typed, and which parts of it become links. */

import { assertEquals, assertLess } from "@std/assert";
import { linkify } from "../../client/linkify.ts";

/** The links of a text, as shown. */
function linksIn(text: string): string[] {
  return linkify(text).filter(({ href }) => href).map(({ text }) => text);
}

Deno.test("a text without an address is one piece", () => {
  assertEquals(linkify("hello\n  world"), [{ text: "hello\n  world" }]);
  assertEquals(linkify(""), []);
});

Deno.test("web and mail addresses become links, and the words around them stay", () => {
  assertEquals(linkify("see https://example.com/a?b=c#d or mailto:ann@example.com today"), [
    { text: "see " },
    { text: "https://example.com/a?b=c#d", href: "https://example.com/a?b=c#d" },
    { text: " or " },
    { text: "mailto:ann@example.com", href: "mailto:ann@example.com" },
    { text: " today" },
  ]);
});

Deno.test("an address that begins with www is a secure one", () => {
  assertEquals(linkify("www.example.com"), [
    { text: "www.example.com", href: "https://www.example.com/" },
  ]);
});

Deno.test("nothing else becomes a link", () => {
  for (
    const text of [
      "javascript:alert(1)",
      "JaVaScRiPt://example.com/%0aalert(1)",
      "data:text/html,<script>alert(1)</script>",
      "vbscript:msgbox(1)",
      "file:///etc/passwd",
      "blob:https",
      "ftp://example.com",
      "xhttps//example.com",
      "https://",
      "http://:80",
      "mailto:nobody",
      "example.com",
    ]
  ) assertEquals(linkify(text), [{ text }], text);
});

Deno.test("punctuation that ends a sentence is not part of the address", () => {
  assertEquals(linksIn("Is it https://example.com/a? No, https://example.com/b."), [
    "https://example.com/a",
    "https://example.com/b",
  ]);
  assertEquals(linksIn("https://example.com/!?…"), ["https://example.com/!?…"]);
});

Deno.test("brackets belong to the address only where it opens them itself", () => {
  assertEquals(linksIn("(https://example.com/a)"), ["https://example.com/a"]);
  assertEquals(linksIn("https://example.com/a_(b)"), ["https://example.com/a_(b)"]);
  assertEquals(linksIn("(see https://example.com/a_(b).)"), ["https://example.com/a_(b)"]);
});

Deno.test("markup and quotes end an address", () => {
  assertEquals(linksIn('<a href="https://example.com/">x</a>'), ["https://example.com/"]);
  assertEquals(linksIn("“https://example.com/”"), ["https://example.com/"]);
});

Deno.test("the pieces together are the text, whatever it was", () => {
  for (
    const text of [
      "a https://example.com/ b https://example.com/",
      "https://example.com/\nhttps://example.com/",
      "(((https://example.com)))...",
      "https://https://https://",
      "mailto:mailto:a@b www.www.www",
      "\u202ehttps://example.com/\u0000 😀https://example.com/😀",
    ]
  ) assertEquals(linkify(text).map((piece) => piece.text).join(""), text);
});

Deno.test("a long hostile text takes no longer than it must", () => {
  const text = "https://example.com/" + ")".repeat(16_000) + " www." + "(".repeat(16_000);
  const started = performance.now();
  linkify(text);
  const taken = performance.now() - started;
  // Trying every ending anew took seconds.
  assertLess(taken, 500);
});
