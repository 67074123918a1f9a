/** Which pages may talk to a server, by where it listens and where they come from. */

import { assertEquals, assertThrows } from "@std/assert";
import { checkOrigin, isLoopback, isOwnOrigin, type OriginRules } from "../../server/origin.ts";
import { Refusal } from "../../server/protocol.ts";

const LOCAL: OriginRules = { host: "localhost", publicUrl: undefined, allowOrigins: [] };
const OPEN: OriginRules = { ...LOCAL, host: "0.0.0.0" };
const PROXIED: OriginRules = { ...OPEN, publicUrl: "https://chat.example" };

function isPermitted(url: string, origin: string | undefined, rules: OriginRules): boolean {
  const request = new Request(url, { headers: origin === undefined ? {} : { origin } });
  try {
    checkOrigin(request, rules);
    return true;
  } catch (error) {
    if (error instanceof Refusal && error.code === "forbidden") return false;
    throw error;
  }
}

Deno.test("addresses of this machine are known in every way they are written", () => {
  for (const host of ["localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]", "chat.localhost"]) {
    assertEquals([host, isLoopback(host)], [host, true]);
  }
  const others = [
    "0.0.0.0",
    "::",
    "10.0.0.1",
    "localhost.example",
    "127.0.0.1.example",
    "xlocalhost",
  ];
  for (const host of others) assertEquals([host, isLoopback(host)], [host, false]);
});

Deno.test("on this machine local pages may talk, others not, and no other name may lead here", () => {
  const own = "http://localhost:8000/";
  const origins: [string | undefined, boolean][] = [
    [undefined, true],
    ["http://localhost:8000", true],
    ["http://localhost:3000", true],
    ["http://127.0.0.1:5500", true],
    ["http://[::1]:80", true],
    ["null", true],
    ["https://localhost", false],
    ["https://evil.example", false],
    ["http://localhost.evil.example", false],
    ["file://", false],
    ["", false],
  ];
  for (const [origin, expected] of origins) {
    assertEquals([origin, isPermitted(own, origin, LOCAL)], [origin, expected]);
  }
  assertEquals(isPermitted("http://evil.example:8000/", undefined, LOCAL), false);
  assertEquals(isPermitted("http://evil.example:8000/", "http://evil.example:8000", LOCAL), false);
});

Deno.test("elsewhere only the own page may talk, and those that are listed", () => {
  const own = "http://10.0.0.5:8000/";
  assertEquals(isPermitted(own, undefined, OPEN), true);
  assertEquals(isPermitted(own, "http://10.0.0.5:8000", OPEN), true);
  for (
    const origin of ["null", "http://localhost:3000", "http://10.0.0.5", "https://10.0.0.5:8000"]
  ) {
    assertEquals([origin, isPermitted(own, origin, OPEN)], [origin, false]);
  }
  const listing = { ...OPEN, allowOrigins: ["https://app.example"] };
  assertEquals(isPermitted(own, "https://app.example", listing), true);
  assertEquals(isPermitted(own, "http://app.example", listing), false);
  assertEquals(isPermitted(own, "https://x.app.example", listing), false);
});

Deno.test("a server of the local network answers to what only that network can call it", () => {
  const isKnown = (url: string, rules: OriginRules) => isPermitted(url, undefined, rules);
  const local = [
    "http://192.168.1.20:8000/",
    "http://0x7f.1/",
    "http://[fe80::1]:8000/",
    "http://parlor/",
    "http://build_box:8000/",
    "http://Parlor.local:8000/",
    "http://parlor.lan/",
    "http://chat.svc.cluster.local/",
    "http://parlor.home.arpa/",
    "http://parlor.internal/",
    "http://localhost:8000/",
  ];
  for (const url of local) assertEquals([url, isKnown(url, OPEN)], [url, true]);
  const foreign = [
    "http://evil.example:8000/",
    "http://local.evil.example/",
    "http://192.168.1.20.evil.example/",
    "http://evil.example./",
    "http://parlor.local./",
    "http://localhost.evil.example/",
    "http://evil.example.local.example/",
  ];
  for (const url of foreign) {
    assertEquals([url, isKnown(url, OPEN)], [url, false]);
    assertEquals([url, isKnown(url, PROXIED)], [url, false]);
    // With a certificate a name that is not ours does not get so far.
    assertEquals(isKnown(url.replace("http:", "https:"), OPEN), true);
  }
  assertEquals(isKnown("http://chat.example/", PROXIED), true);
  assertEquals(isKnown("http://chat.example/", { ...OPEN, host: "Chat.example" }), true);
});

Deno.test("behind a proxy the public address is the own one", () => {
  const inner = new Request("http://10.0.0.5:8000/", {
    headers: { origin: "https://chat.example" },
  });
  assertEquals(isOwnOrigin(inner, PROXIED.publicUrl), true);
  assertEquals(isPermitted(inner.url, "https://chat.example", PROXIED), true);
  assertEquals(isPermitted(inner.url, "http://10.0.0.5:8000", PROXIED), false);
  // A proxy on the same machine passes the public name on.
  const local = { ...LOCAL, publicUrl: "https://chat.example" };
  assertEquals(isPermitted("http://chat.example/", "https://chat.example", local), true);
  assertEquals(isPermitted("http://other.example/", "https://chat.example", local), false);
});

Deno.test("a request whose address cannot be read is refused", () => {
  const broken = { url: "http://a b/", headers: new Headers() } as Request;
  assertEquals(assertThrows(() => checkOrigin(broken, LOCAL), Refusal).code, "bad_frame");
});
