/**
 * Makes the picture in the README from the real client: a server, a conversation, Chromium.
 *
 *     deno task screenshot
 */

import { chromium } from "playwright-core";
import { signIn } from "./client.ts";
import { CHROMIUM, find, howToInstall } from "./programs.ts";
import { startServer } from "./server.ts";

const OUTPUT = new URL("../../static/screenshot.png", import.meta.url);

const CONVERSATION: [name: string, message: string][] = [
  [
    "Ada Lovelace",
    "Morning. The new build is on the staging machine. Could somebody have a look before lunch?",
  ],
  ["Ada Lovelace", "Notes are at https://example.org/notes/build-112, the short version."],
  ["Grace Hopper", "Looking now."],
  [
    "Grace Hopper",
    "One thing: the export takes twelve seconds with the large data set. It was three last week, so it must be the index that we dropped.\n\nI will bring it back and measure again.",
  ],
  ["Mei Lin", "I can take the index, I have the migration open anyway."],
  ["Grace Hopper", "Thank you. Then I look at the memory graph instead."],
  ["Ada Lovelace", "Perfect. The release can wait for that."],
];

const executable = find(CHROMIUM);
if (!executable) throw new Error(howToInstall(CHROMIUM));

await using server = await startServer();
const tokens = new Map<string, string>();
for (const [name, message] of CONVERSATION) {
  if (!tokens.has(name)) tokens.set(name, (await signIn(server.url, name)).token);
  await post(message, `/api/rooms/release/messages`, tokens.get(name));
}
await post("Backup finished: 2.4 GB in 38 s", "/api/rooms/release/messages?name=backup");

const browser = await chromium.launch({
  executablePath: executable,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
});
try {
  const page = await browser.newPage({
    viewport: { width: 1280, height: 800 },
    colorScheme: "light",
    deviceScaleFactor: 2,
  });
  for (const room of ["design", "lobby", "release"]) {
    await page.goto(`${server.url}/r/${room}`);
    const name = page.getByLabel("Your name");
    if (room === "design") {
      await name.fill("Charles Babbage");
      await name.press("Enter");
    }
    await page.getByRole("log").waitFor();
  }
  const composer = page.getByRole("textbox", { name: /^Message to/ });
  await composer.fill("I can test it in the afternoon, on the old machine too.");
  await composer.press("Enter");
  await page.getByText("on the old machine too").waitFor();
  await page.getByText("Sending…").waitFor({ state: "detached" });
  await page.screenshot({ path: OUTPUT.pathname });
  console.log(`Made ${OUTPUT.pathname}`);
} finally {
  await browser.close();
}

async function post(message: string, path: string, token?: string): Promise<void> {
  const response = await fetch(new URL(path, server.url), {
    method: "POST",
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    body: JSON.stringify({ message }),
  });
  if (!response.ok) throw new Error(await response.text());
  await response.body?.cancel();
}
