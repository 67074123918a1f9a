/** Unsent messages in the browser's database. */

import "fake-indexeddb/auto";
import { assertEquals } from "@std/assert";
import { browserOutboxStore, type OutboxStore, type Outgoing } from "../../client/outbox_store.ts";

/** Runs with the database of a browser that was never used before. */
function storeTest(name: string, run: () => Promise<void>): void {
  Deno.test(name, async () => {
    const { indexedDB } = globalThis;
    globalThis.indexedDB = new IDBFactory();
    try {
      await run();
    } finally {
      globalThis.indexedDB = indexedDB;
    }
  });
}

function written(message: string, at: number): Outgoing {
  return { id: `id-${message}`, room: "lobby", message, state: "pending", at };
}

async function textsOf(store: OutboxStore, userId: string): Promise<string[]> {
  return (await store.all(userId)).map(({ message }) => message);
}

storeTest("another page finds what was not sent, in the order of writing", async () => {
  const page = browserOutboxStore();
  for (const [index, text] of ["zebra", "apple", "mango"].entries()) {
    await page.put("u_ann", written(text, index));
  }
  assertEquals(await browserOutboxStore().all("u_ann"), [
    written("zebra", 0),
    written("apple", 1),
    written("mango", 2),
  ]);
});

storeTest("what one person wrote is not sent by another on the same computer", async () => {
  const page = browserOutboxStore();
  await page.put("u_ann", written("of Ann", 0));
  await page.put("u_ben", written("of Ben", 1));
  assertEquals(await textsOf(page, "u_ann"), ["of Ann"]);
  assertEquals(await textsOf(page, "u_ben"), ["of Ben"]);
  await page.remove("u_ben", "id-of Ann");
  assertEquals(await textsOf(page, "u_ann"), ["of Ann"]);
});

storeTest("a message is kept as it was changed last, until it is removed", async () => {
  const page = browserOutboxStore();
  const refused: Outgoing = {
    ...written("rude", 0),
    state: "failed",
    reason: "Please stay polite.",
    retryable: false,
  };
  // Not waited for: the page goes on while the browser writes.
  const writes = [page.put("u_ann", written("rude", 0)), page.put("u_ann", refused)];
  assertEquals(await page.all("u_ann"), [refused]);
  await Promise.all([...writes, page.remove("u_ann", refused.id)]);
  assertEquals(await browserOutboxStore().all("u_ann"), []);
});

/** Uses a store that cannot keep anything; nothing of it may fail. */
async function useInVain(): Promise<void> {
  const page = browserOutboxStore();
  assertEquals(await page.all("u_ann"), []);
  await page.put("u_ann", written("hello", 0));
  await page.remove("u_ann", "id-hello");
  assertEquals(await page.all("u_ann"), []);
}

storeTest("a browser that forbids its database at once does no harm", async () => {
  globalThis.indexedDB.open = () => {
    throw new DOMException("forbidden", "SecurityError");
  };
  await useInVain();
});

storeTest("a database that cannot be opened does no harm", async () => {
  // As a later version of the client leaves it behind.
  const later = globalThis.indexedDB.open("parlor", 99);
  await new Promise((resolve) => later.onsuccess = resolve);
  later.result.close();
  await useInVain();
});
