/** Which pages may talk to this server: the rules on `Origin` and `Host`. */

import { Refusal } from "./protocol.ts";

const LOOPBACK_NAME = /^(localhost|[^.]+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** What the configuration says about origins. */
export interface OriginRules {
  /** The address listened on. */
  host: string;
  publicUrl: string | undefined;
  allowOrigins: readonly string[];
}

/** The origin under which a browser sees this server. */
export function ownOrigin(request: Request, publicUrl: string | undefined): string {
  return publicUrl ?? new URL(request.url).origin;
}

/** Whether a request names our own origin as the page that it comes from. */
export function isOwnOrigin(request: Request, publicUrl: string | undefined): boolean {
  return request.headers.get("origin") === ownOrigin(request, publicUrl);
}

/** Whether a server listens only on the machine that it runs on. */
export function isLoopback(host: string): boolean {
  return LOOPBACK_NAME.test(host) || host === "::1";
}

/**
 * Refuses a request that a page of a foreign site makes a browser send. No `Origin` means that no
 * page is behind it. On loopback, `Host` must name this machine too: a name of elsewhere that points
 * here (DNS rebinding) would make a foreign page look like our own.
 */
export function checkOrigin(request: Request, rules: OriginRules): void {
  const url = URL.parse(request.url);
  if (!url) throw new Refusal("bad_frame", "The Host header of this request is no address.");
  const { hostname } = url;
  const isPublic = () => rules.publicUrl && new URL(rules.publicUrl).hostname === hostname;
  if (isLoopback(rules.host) && !LOOPBACK_NAME.test(hostname) && !isPublic()) {
    throw new Refusal(
      "forbidden",
      "This server answers to localhost only. Start it with --host or --public-url to open it.",
    );
  }
  const origin = request.headers.get("origin");
  if (origin === null || isOwnOrigin(request, rules.publicUrl)) return;
  if (rules.allowOrigins.includes(origin)) return;
  if (isLoopback(rules.host) && (origin === "null" || isLocalPage(origin))) return;
  throw new Refusal(
    "forbidden",
    "Pages of this origin may not connect. The server's --allow-origin can permit it.",
  );
}

function isLocalPage(origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname } = new URL(origin);
  return protocol === "http:" && LOOPBACK_NAME.test(hostname);
}
