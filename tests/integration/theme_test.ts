/** The page arrives in the theme that was chosen, before any script runs. */

import { assertEquals, assertNotEquals } from "@std/assert";
import { serveInProcess } from "../support/in_process.ts";

/** What the page says of themes before any script: its own, and where each colour of the bars holds. */
async function themeOf(url: string, cookie: string | undefined) {
  const response = await fetch(url, cookie === undefined ? {} : { headers: { cookie } });
  const page = await response.text();
  return {
    theme: /<html[^>]*data-theme="([^"]*)"/.exec(page)?.[1],
    bars: [...page.matchAll(/data-scheme="(\w+)" media="([^"]*)"/g)].map(([, scheme, media]) =>
      `${scheme}: ${media}`
    ),
    tag: response.headers.get("etag"),
  };
}

const SYSTEM = {
  theme: undefined,
  bars: ["light: (prefers-color-scheme: light)", "dark: (prefers-color-scheme: dark)"],
};

Deno.test("the page arrives in the theme that the browser asks for", async () => {
  await using server = await serveInProcess({});
  for (const path of ["/", "/r/games", "/join/abc"]) {
    const address = server.url + path;
    const system = await themeOf(address, undefined);
    const dark = await themeOf(address, "other=1; parlor-theme=dark");
    const light = await themeOf(address, "parlor-theme=light");
    assertEquals([system.theme, system.bars], [SYSTEM.theme, SYSTEM.bars]);
    assertEquals([dark.theme, dark.bars], ["dark", ["light: not all", "dark: all"]]);
    assertEquals([light.theme, light.bars], ["light", ["light: all", "dark: not all"]]);
    // A page of another theme is not taken for the same.
    assertNotEquals(dark.tag, light.tag);
    assertNotEquals(dark.tag, system.tag);
  }
});

Deno.test("a forged theme is none: what stands in the cookie never gets into the page", async () => {
  await using server = await serveInProcess({});
  for (const forged of ['"><script>', "__proto__", "constructor", "", "Dark", "%3Cb%3E"]) {
    const { theme, bars } = await themeOf(server.url, `parlor-theme=${forged}`);
    assertEquals([forged, theme, bars], [forged, SYSTEM.theme, SYSTEM.bars]);
  }
});
