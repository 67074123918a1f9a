/** Which pages may talk to this server: the rules on `Origin` and `Host`. */

import { Refusal } from "./protocol.ts";

const LOOPBACK_NAME = /^(localhost|[^.]+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** An address, as URLs have it. A browser that names one talks to that very machine. */
const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:.]+\])$/;

/**
 * A name that only the local network gives a meaning: of one word, or under an ending that the public
 * name system never answers for (RFC 6762, RFC 8375, and what ICANN keeps for private use).
 */
const LOCAL_NAME = /^([a-z0-9_-]+|.+\.(local|lan|home|internal|home\.arpa))$/;

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
 * page is behind it, or that the page is of the host that `Host` names: so that must be one of ours.
 */
export function checkOrigin(request: Request, rules: OriginRules): void {
  const url = URL.parse(request.url);
  if (!url) throw new Refusal("bad_frame", "The Host header of this request is no address.");
  checkHost(url, rules);
  const origin = request.headers.get("origin");
  if (origin === null || isOwnOrigin(request, rules.publicUrl)) return;
  if (rules.allowOrigins.includes(origin)) return;
  if (isLoopback(rules.host) && (origin === "null" || isLocalPage(origin))) return;
  throw new Refusal(
    "forbidden",
    "Pages of this origin may not connect. The server's --allow-origin can permit it.",
  );
}

/**
 * A name of elsewhere that points here (DNS rebinding) would make a foreign page look like our own. On
 * loopback only names of this machine can be meant. On other addresses also those that nobody outside
 * of the local network can make point here; and over TLS any, as the certificate has vouched for it.
 */
function checkHost({ protocol, hostname, origin }: URL, { host, publicUrl }: OriginRules): void {
  if (LOOPBACK_NAME.test(hostname)) return;
  if (publicUrl !== undefined && hostname === new URL(publicUrl).hostname) return;
  if (isLoopback(host)) {
    throw new Refusal(
      "forbidden",
      "This server answers to localhost only. Start it with --host or --public-url to open it.",
    );
  }
  if (protocol === "https:" || hostname === host.toLowerCase()) return;
  if (ADDRESS.test(hostname) || LOCAL_NAME.test(hostname)) return;
  throw new Refusal(
    "forbidden",
    publicUrl === undefined
      ? `This server does not know that it is called ${hostname}. ` +
        `Start it with --public-url ${origin}, or open it by its IP address.`
      : `This server is called ${new URL(publicUrl).host}. Open ${publicUrl} instead.`,
  );
}

function isLocalPage(origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname } = new URL(origin);
  return protocol === "http:" && LOOPBACK_NAME.test(hostname);
}
