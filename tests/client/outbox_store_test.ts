/** Unsent messages in the browser's storage. */

import { assertEquals } from "@std/assert";
import { browserOutboxStore as store, type Outgoing } from "../../client/outbox_store.ts";
import { FakeStorage } from "./support/chat_trial.ts";

function written(message: string, at: number): Outgoing {
  return { id: `id-${message}`, room: "lobby", message, state: "pending", at };
}

function textsOf(userId: string): string[] {
  return store.all(userId).map(({ message }) => message);
}

Deno.test("another page finds what was not sent, in the order of writing", () => {
  using _storage = new FakeStorage();
  for (const [index, text] of ["zebra", "apple", "mango"].entries()) {
    store.put("u_ann", written(text, index));
  }
  assertEquals(store.all("u_ann"), [
    written("zebra", 0),
    written("apple", 1),
    written("mango", 2),
  ]);
});

Deno.test("what one person wrote is not sent by another on the same computer", () => {
  using _storage = new FakeStorage();
  // Whatever ids an application gives out.
  const people = ["u_ann", "u_ben", "u_ann.u_ben", 'u_ann".', "u_", ""];
  for (const [index, user] of people.entries()) store.put(user, written(`of ${user}`, index));
  for (const user of people) assertEquals(textsOf(user), [`of ${user}`]);
  store.remove("u_ben", "id-of u_ann");
  assertEquals(textsOf("u_ann"), ["of u_ann"]);
});

Deno.test("a message is kept as it was changed last, until it is removed", () => {
  using _storage = new FakeStorage();
  const refused: Outgoing = {
    ...written("rude", 0),
    state: "failed",
    reason: "Please stay polite.",
    retryable: false,
  };
  store.put("u_ann", written("rude", 0));
  store.put("u_ann", refused);
  assertEquals(store.all("u_ann"), [refused]);
  store.remove("u_ann", refused.id);
  assertEquals(store.all("u_ann"), []);
});

Deno.test("a browser that forbids its storage does no harm", () => {
  using storage = new FakeStorage();
  storage.isBlocked = true;
  store.put("u_ann", written("hello", 0));
  assertEquals(store.all("u_ann"), []);
  store.remove("u_ann", "id-hello");
  assertEquals(store.all("u_ann"), []);
});

Deno.test("what is no message is left alone, and those beside it are found", () => {
  using storage = new FakeStorage();
  store.put("u_ann", written("hello", 0));
  const [name] = storage.kept.keys();
  for (const [index, text] of ["", "{", "null", "[]", '"text"', '{"id":1}'].entries()) {
    storage.kept.set(`${name}${index}`, text);
  }
  assertEquals(textsOf("u_ann"), ["hello"]);
});
