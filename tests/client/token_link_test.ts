import { assertEquals } from "@std/assert";
import { withoutMisplacedToken } from "../../client/misplaced_token.ts";
import { withoutToken } from "../../client/token_link.ts";

const TOKEN = "eyJh.eyJz-_.c2ln";

Deno.test("a token is taken out of an address, and the rest of it stays", () => {
  for (const place of ["/", "/r/games", "/r/games?theme=dark"]) {
    const { rest, token } = withoutToken(`https://chat.example${place}#token=${TOKEN}`);
    assertEquals([rest, token], [`https://chat.example${place}`, TOKEN]);
  }
});

Deno.test("an address without a token stays as it is", () => {
  for (const place of ["/", "/r/games#m12", "/?a=%7E&b", "/#tokens=1", "/r/~x#"]) {
    const address = `https://chat.example${place}`;
    assertEquals(withoutToken(address), { rest: address, token: undefined });
    assertEquals(withoutMisplacedToken(address), address);
  }
});

Deno.test("a token where logs would keep it is taken out but not used", () => {
  const address = `https://chat.example/r/a?token=${TOKEN}&b=1#m2`;
  assertEquals(withoutToken(address).token, undefined);
  assertEquals(withoutMisplacedToken(address), "https://chat.example/r/a?b=1#m2");
});

Deno.test("an empty token is none", () => {
  assertEquals(withoutToken("https://chat.example/#token="), {
    rest: "https://chat.example/",
    token: undefined,
  });
});
