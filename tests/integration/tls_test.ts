/** The server speaking https itself, with a certificate of `localhost` that only these tests trust. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Certificate, makeCertificate } from "../support/certificate.ts";
import { ChatPage } from "../support/chat_page.ts";
import { browserTest, type Visit } from "../support/chromium.ts";
import { serveInProcess } from "../support/in_process.ts";
import { find, OPENSSL, testWith } from "../support/programs.ts";
import { runToEnd, startServer } from "../support/server.ts";

const filesOf = ({ certificate, key }: Certificate) => ({ certificate, key });
const flagsOf = (
  { certificate, key }: Certificate,
) => ["--tls-cert", certificate, "--tls-key", key];

testWith(
  [OPENSSL],
  "over TLS the cookie is __Host- and Secure, and browsers are told to stay",
  async () => {
    using certificate = await makeCertificate();
    await using server = await startServer({ args: flagsOf(certificate) });
    using client = Deno.createHttpClient({ caCerts: [certificate.pem] });
    assertMatch(server.url, /^https:/);

    const response = await fetch(new URL("/api/session", server.url), {
      client,
      method: "POST",
      headers: { "content-type": "application/json", origin: server.url },
      body: JSON.stringify({ name: "Ann" }),
    });
    const { user } = await response.json();
    const cookie = response.headers.get("set-cookie") ?? "";
    assertMatch(cookie, /^__Host-parlor=[^;]+; .*Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    assertEquals(response.headers.get("strict-transport-security"), "max-age=31536000");

    const session = await fetch(new URL("/api/session", server.url), {
      client,
      headers: { cookie: cookie.split(";")[0]!, "sec-fetch-site": "same-origin" },
    });
    assertEquals((await session.json()).user, user);
  },
);

testWith([OPENSSL], "nobody gets an answer in the clear from a server with TLS", async () => {
  using certificate = await makeCertificate();
  await using server = await serveInProcess({ tls: filesOf(certificate) });
  using connection = await Deno.connect({ hostname: "localhost", port: server.port });
  await connection.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  const bytes = new Uint8Array(1024);
  const count = await connection.read(bytes);
  const answer = new TextDecoder().decode(bytes.subarray(0, count ?? 0));
  assert(!answer.includes("HTTP/1.1"), `An answer came in the clear:\n${answer}`);
});

Deno.test("without TLS browsers are told nothing of it, and behind an https proxy they are", async () => {
  for (
    const [publicUrl, expected] of [
      [undefined, null],
      ["http://chat.example", null],
      ["https://chat.example", "max-age=31536000"],
    ] as const
  ) {
    await using server = await serveInProcess({ publicUrl });
    const page = await fetch(server.url);
    await page.body?.cancel();
    assertEquals(page.headers.get("strict-transport-security"), expected);
  }
});

const TALK = "two people talk over wss";
async function talkOverTls(visit: Visit): Promise<void> {
  using certificate = await makeCertificate();
  await using server = await serveInProcess({ tls: filesOf(certificate) });
  const trusting = { ignoreHTTPSErrors: true };
  const ann = await ChatPage.enter(visit, server.url, "Ann", trusting);
  const ben = await ChatPage.enter(visit, server.url, "Ben", trusting);
  await ann.say("under seal");
  await ben.sees("under seal");
  const cookies = await ann.page.context().cookies();
  assertEquals(cookies.map(({ name, secure }) => [name, secure]), [["__Host-parlor", true]]);
  assert(server.log.some((line) => line.includes("kind=parlor.v1")), server.log.join("\n"));
}
if (find(OPENSSL)) browserTest(TALK, talkOverTls);
else testWith([OPENSSL], TALK, () => Promise.resolve());

testWith(
  [OPENSSL],
  "files that are no certificate and key end the start with a sentence",
  async () => {
    using certificate = await makeCertificate();
    const attempt = async (tlsCert: string, tlsKey: string) => {
      const { code, stderr } = await runToEnd(
        ["--data", ":memory:", "--port", "0", "--tls-cert", tlsCert, "--tls-key", tlsKey],
      );
      assertEquals(code, 1);
      assertEquals(stderr.trimEnd().split("\n").length, 1);
      return stderr;
    };
    const { certificate: file, key, otherKey } = certificate;
    assertStringIncludes(await attempt("nowhere.pem", key), "Cannot read nowhere.pem");
    assertStringIncludes(await attempt(file, "nowhere.pem"), "with --tls-key");
    assertStringIncludes(await attempt(file, otherKey), "is not that of the certificate");
    assertStringIncludes(await attempt(key, file), "are not a certificate and its key in PEM");
  },
);

Deno.test("a certificate without its key is wrong usage", async () => {
  for (const flag of ["--tls-cert", "--tls-key"]) {
    const { code, stderr } = await runToEnd([flag, "file.pem"]);
    assertEquals([code, stderr.includes("belong together")], [2, true]);
  }
});
