/** The built client, held in memory: encodings made at build time, negotiated at each request. */

import bundle from "../static/build/assets.json" with { type: "json" };

type Encoding = "br" | "gzip";

/** A file as `client/bundle.ts` writes it; bodies are base64. */
interface BundledFile {
  type: string;
  /** The path names the content, so it never changes. */
  immutable: boolean;
  identity: string;
  br?: string;
  gzip?: string;
}

interface Asset {
  type: string;
  /** Changes with the content. */
  tag: string;
  immutable: boolean;
  bodies:
    & Record<"identity", Uint8Array<ArrayBuffer>>
    & Partial<Record<Encoding, Uint8Array<ArrayBuffer>>>;
}

/** Names the client build. */
export const BUILD: string = bundle.build;

const assets = new Map<string, Asset>(
  Object.entries(bundle.files as Record<string, BundledFile>)
    .map(([path, file]) => [path, unpack(file)]),
);

/** Files outside `/assets/`: icons and the manifest, at the paths where browsers look for them. */
export const ROOT_FILES: readonly string[] = [...assets.keys()]
  .filter((path) => !path.startsWith("/assets/"));

/** The client's page in each theme. */
const pages = new Map<string, Asset>(
  Object.entries(bundle.pages as Record<string, BundledFile>)
    .map(([theme, file]) => [theme, { ...unpack(file), tag: `"${BUILD}-${theme}"` }]),
);

/** The response for a path, or undefined where there is no such file. */
export function asset(path: string, request: Request): Response | undefined {
  const found = assets.get(path);
  return found && respond(found, request);
}

/** The client's page, in the theme that the reader has chosen, if any. */
export function clientPage(request: Request, theme: string | undefined): Response {
  const response = respond(pages.get(theme ?? "") ?? pages.get("system")!, request);
  response.headers.append("vary", "cookie");
  return response;
}

function respond({ type, immutable, tag, bodies }: Asset, request: Request): Response {
  const headers = new Headers({
    "content-type": type,
    "cache-control": immutable ? "public, max-age=31536000, immutable" : "no-cache",
    "etag": tag,
    "vary": "accept-encoding",
  });
  if (request.headers.get("if-none-match")?.includes(tag)) {
    return new Response(null, { status: 304, headers });
  }
  const encoding = (["br", "gzip"] as const).find((one) =>
    bodies[one] && accepts(request.headers.get("accept-encoding") ?? "", one)
  );
  if (encoding) headers.set("content-encoding", encoding);
  return new Response(bodies[encoding ?? "identity"], { headers });
}

/** Whether an Accept-Encoding header takes an encoding (RFC 9110, section 12.5.3; `q=0` says no). */
function accepts(header: string, encoding: Encoding): boolean {
  return header.split(",").some((part) => {
    const [name, weight] = part.split(";").map((text) => text.trim().toLowerCase());
    return name === encoding && !/^q=0(\.0*)?$/.test(weight ?? "");
  });
}

function unpack({ type, immutable, identity, br, gzip }: BundledFile): Asset {
  return {
    type,
    immutable,
    tag: `"${BUILD}"`,
    bodies: {
      identity: Uint8Array.fromBase64(identity),
      ...(br === undefined ? {} : { br: Uint8Array.fromBase64(br) }),
      ...(gzip === undefined ? {} : { gzip: Uint8Array.fromBase64(gzip) }),
    },
  };
}
