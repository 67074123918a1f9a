/** A transport whose code comes later loses nothing that was said until then. */

import { assertEquals } from "@std/assert";
import type { OpenTransport, TransportHandlers } from "../../client/transport.ts";
import { openLater } from "../../client/transport_later.ts";
import type { Command } from "../../server/protocol.ts";

const TYPING: Command = { type: "typing", room: "lobby" };
const LEAVE: Command = { type: "leave", room: "lobby" };

/** What was done with the transport. */
function trial() {
  const did: unknown[] = [];
  const loaded = Promise.withResolvers<OpenTransport>();
  const handlers: TransportHandlers = {
    events: () => {},
    closed: (code) => did.push(["closed", code]),
  };
  const transport = openLater(() => loaded.promise)([{ type: "join", room: "lobby" }], handlers);
  const open: OpenTransport = (joins) => {
    did.push(["opened", ...joins.map(({ room }) => room)]);
    return { send: (commands) => did.push(commands), close: () => did.push("close") };
  };
  return { did, loaded, transport, open };
}

Deno.test("what is sent while a transport is loaded goes out in order", async () => {
  const { did, loaded, transport, open } = trial();
  transport.send([TYPING]);
  transport.send([LEAVE]);
  assertEquals(did, []);
  loaded.resolve(open);
  await loaded.promise;
  transport.send([TYPING]);
  transport.close();
  assertEquals(did, [["opened", "lobby"], [TYPING], [LEAVE], [TYPING], "close"]);
});

Deno.test("a transport that is closed before it is loaded never opens", async () => {
  const { did, loaded, transport, open } = trial();
  transport.close();
  loaded.resolve(open);
  await loaded.promise;
  assertEquals(did, []);
});

Deno.test("a transport that cannot be loaded is a connection that did not come to be", async () => {
  const { did, loaded } = trial();
  loaded.reject(new Error("no server"));
  await loaded.promise.catch(() => {});
  await Promise.resolve();
  assertEquals(did, [["closed", 1006]]);
});
