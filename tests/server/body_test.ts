/** Bodies are read to a bound in bytes and in time. */

import { assertEquals } from "@std/assert";
import { readText } from "../../server/body.ts";
import { Refusal } from "../../server/protocol.ts";

const encoder = new TextEncoder();

/** A request whose body comes in pieces, and then ends, breaks off, or never ends. */
function requestOf(pieces: readonly string[], end: "closed" | "broken" | "open") {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(encoder.encode(piece));
      if (end === "closed") controller.close();
      if (end === "broken") controller.error(new Error("connection reset"));
    },
    cancel() {
      cancelled = true;
    },
  });
  const request = new Request("http://localhost/", { method: "POST", body });
  return { request, isCancelled: () => cancelled };
}

async function refusalOf(text: Promise<string>): Promise<string> {
  try {
    return `taken: ${await text}`;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.code;
  }
}

Deno.test("a body in pieces is one text, also where a piece ends within a character", async () => {
  const bytes = encoder.encode("a€b");
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  const request = new Request("http://localhost/", { method: "POST", body });
  assertEquals(await readText(request, bytes.length), "a€b");
  assertEquals(await readText(new Request("http://localhost/"), 10), "");
});

Deno.test("a body past the limit is refused without waiting for its end", async () => {
  const { request, isCancelled } = requestOf(["12345", "678"], "open");
  assertEquals(await refusalOf(readText(request, 7)), "frame_too_long");
  assertEquals(isCancelled(), true);
});

Deno.test("a body that does not come in time is refused, and no longer waited for", async () => {
  const { request, isCancelled } = requestOf(["{"], "open");
  assertEquals(await refusalOf(readText(request, 10, 20)), "bad_frame");
  assertEquals(isCancelled(), true);
});

Deno.test("a body that breaks off is a refusal, not an error of ours", async () => {
  const { request } = requestOf([], "broken");
  assertEquals(await refusalOf(readText(request, 10)), "bad_frame");
});
