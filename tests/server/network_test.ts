import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { UsageError } from "../../server/errors.ts";
import { clientAddress, networkOf, parseProxies } from "../../server/network.ts";

function addressOf(peer: string, forwarded: string | undefined, proxies: string[]): string {
  const headers: Record<string, string> = forwarded === undefined
    ? {}
    : { "x-forwarded-for": forwarded };
  return clientAddress(new Request("http://localhost/", { headers }), peer, parseProxies(proxies));
}

Deno.test("without a trusted proxy nobody says where they come from", () => {
  assertEquals(addressOf("192.0.2.1", "10.0.0.1", []), "192.0.2.1");
  assertEquals(addressOf("192.0.2.1", "10.0.0.1", ["127.0.0.1"]), "192.0.2.1");
});

Deno.test("of what a trusted proxy forwards, the last address that is no trusted proxy counts", () => {
  const proxies = ["127.0.0.1", "10.0.0.0/8", "fd00::/8"];
  const cases: [string | undefined, string][] = [
    ["198.51.100.7", "198.51.100.7"],
    // Whatever stands before can have been written by whoever asks.
    ["203.0.113.9, 198.51.100.7", "198.51.100.7"],
    ["198.51.100.7, 10.1.2.3", "198.51.100.7"],
    ["203.0.113.9, 198.51.100.7,10.1.2.3 , 10.4.5.6", "198.51.100.7"],
    ["10.1.1.1, 10.2.2.2", "10.1.1.1"],
    ["2001:db8::7, fd00::1", "2001:db8::7"],
    ["[2001:db8::7]", "2001:db8::7"],
    ["::ffff:198.51.100.7", "198.51.100.7"],
    ["nonsense", "127.0.0.1"],
    ["nonsense, 10.1.2.3", "10.1.2.3"],
    ["", "127.0.0.1"],
    [undefined, "127.0.0.1"],
    ["198.51.100.7\u00a0, evil", "127.0.0.1"],
  ];
  for (const [forwarded, address] of cases) {
    assertEquals([forwarded, addressOf("127.0.0.1", forwarded, proxies)], [forwarded, address]);
  }
  assertEquals(addressOf("::ffff:127.0.0.1", "198.51.100.7", proxies), "198.51.100.7");
});

Deno.test("a proxy is an address or a network", () => {
  for (
    const wrong of ["proxy", "10.0.0.0/33", "10.0.0/8", "::1/129", "1.2.3.4/8/9", "1.2.3.4/", "/8"]
  ) {
    const { message } = assertThrows(() => parseProxies([wrong]), UsageError);
    assertMatch(message, /--trust-proxy.+\.$/);
  }
});

Deno.test("limits count an IPv6 address by its network, however it is written", () => {
  const cases = [
    ["192.0.2.1", "192.0.2.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0DB8:0001:0002::1", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["2001:db8:0:0:1::", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["::", "0:0:0:0::/64"],
    ["64:ff9b::192.0.2.1", "64:ff9b:0:0::/64"],
  ];
  for (const [address, network] of cases) {
    assertEquals([address, networkOf(address!)], [address, network]);
  }
});
