import { assertEquals, assertMatch } from "@std/assert";
import { withoutToken } from "../../client/token_link.ts";

const TOKEN = "eyJh.eyJz-_.c2ln";

Deno.test("a token is taken out of an address, and the rest of it stays", () => {
  for (const place of ["/", "/r/games", "/r/games?theme=dark"]) {
    const { rest, token, problem } = withoutToken(`https://chat.example${place}#token=${TOKEN}`);
    assertEquals([rest, token, problem], [`https://chat.example${place}`, TOKEN, undefined]);
  }
});

Deno.test("an address without a token stays as it is", () => {
  for (const place of ["/", "/r/games#m12", "/?a=%7E&b", "/#tokens=1", "/r/~x#"]) {
    assertEquals(withoutToken(`https://chat.example${place}`), {
      rest: `https://chat.example${place}`,
    });
  }
});

Deno.test("a token where logs would keep it is taken out but not used, and the reason is told", () => {
  const { rest, token, problem } = withoutToken(`https://chat.example/r/a?token=${TOKEN}&b=1#m2`);
  assertEquals([rest, token], ["https://chat.example/r/a?b=1#m2", undefined]);
  assertMatch(problem!, /after “#”/);
});

Deno.test("an empty token is none", () => {
  assertEquals(withoutToken("https://chat.example/#token="), { rest: "https://chat.example/" });
});
