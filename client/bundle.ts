/**
 * Bundles the browser client: `client/` and `static/` → `static/build/assets.json`, one module that
 * holds every file in every encoding, so that the server and the single executable have it inside.
 *
 *     deno task build                 build
 *     deno task build --if-needed     build unless nothing has changed
 *     deno task build --watch         build at every change, for development
 */

import type { BuildOptions } from "esbuild";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const ROOT = new URL("..", import.meta.url).pathname;
const OUTPUT = join(ROOT, "static/build/assets.json");
/** What the client is made of: a change in any of these asks for a build. */
const SOURCES = [
  "client",
  "static",
  "server/protocol.ts",
  "server/protocol_parse.ts",
  "deno.json",
];
/** Files served as they are, at the root, where browsers look for them. */
const ROOT_FILES: Record<string, string> = {
  "icon.svg": "image/svg+xml",
  "icon-192.png": "image/png",
  "icon-512.png": "image/png",
  "apple-touch-icon.png": "image/png",
  "manifest.webmanifest": "application/manifest+json",
  "robots.txt": "text/plain; charset=utf-8",
};
/** Begins the name of a build that is neither compressed nor meant for others. */
const WATCHED = "watched-";
const TYPES: Record<string, string> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
};

type Theme = "system" | "light" | "dark";

/** A file as the server reads it; bodies are base64. */
interface BundledFile {
  type: string;
  /** The path names the content, so it never changes. */
  immutable: boolean;
  identity: string;
  /** Only where smaller. */
  br?: string;
  gzip?: string;
}

interface Bundle {
  /** Names the contents; begins with `watched-` where they were made for development. */
  build: string;
  files: Record<string, BundledFile>;
  /** The page in each theme. */
  pages: Record<Theme, BundledFile>;
}

/** Builds everything. `watching` trades size for speed and lets the page reload by itself. */
async function build(watching: boolean): Promise<void> {
  const started = performance.now();
  const files = await bundleSources(watching);
  for (const [name, type] of Object.entries(ROOT_FILES)) {
    const contents = await Deno.readFile(join(ROOT, "static", name));
    files.set(`/${name}`, { type, contents });
  }
  const contents = await digest([...files].map(([path, { contents }]) => [path, contents]));
  const name = watching ? `${WATCHED}${contents}` : contents;
  const pack = (type: string, contents: Uint8Array, immutable: boolean) =>
    packed(type, contents, immutable, watching);
  const packedPage = async (theme: Theme) =>
    pack(
      "text/html; charset=utf-8",
      new TextEncoder().encode(await page([...files.keys()], name, theme)),
      false,
    );
  const bundle: Bundle = {
    build: name,
    files: Object.fromEntries(
      [...files].map(([path, { type, contents }]) => [
        path,
        pack(type, contents, path.startsWith("/assets/")),
      ]),
    ),
    pages: {
      system: await packedPage("system"),
      light: await packedPage("light"),
      dark: await packedPage("dark"),
    },
  };
  await Deno.mkdir(join(ROOT, "static/build"), { recursive: true });
  // Renamed into place, so that a server that starts meanwhile never reads half of it.
  await Deno.writeTextFile(`${OUTPUT}.new`, JSON.stringify(bundle));
  await Deno.rename(`${OUTPUT}.new`, OUTPUT);
  report(bundle, Math.round(performance.now() - started));
}

interface BuiltFile {
  type: string;
  contents: Uint8Array;
}

/** Scripts and styles under `/assets/` by path, named by content. */
async function bundleSources(watching: boolean): Promise<Map<string, BuiltFile>> {
  const esbuild = await import("esbuild");
  try {
    const common: BuildOptions = {
      absWorkingDir: ROOT,
      bundle: true,
      format: "esm",
      target: "es2022",
      legalComments: "none",
      outdir: "assets",
      minify: true,
      write: false,
      logLevel: "warning",
    };
    const parts = await esbuild.build({
      ...common,
      entryPoints: { main: "client/main.tsx" },
      splitting: true,
      jsx: "automatic",
      jsxImportSource: "preact",
      entryNames: "[name]",
      chunkNames: "[name]-[hash]",
      define: { WATCHING: String(watching) },
    });
    const scripts = new Map(
      parts.outputFiles!.map(({ path, text }) => [`./${path.split("/").at(-1)}`, text]),
    );
    const named = (name: string) =>
      [...scripts.keys()].filter((path) => path.startsWith(`./${name}-`));
    const [shared, later] = [named("chunk"), named("later")];
    if (scripts.size !== 3 || shared.length !== 1 || later.length !== 1) {
      throw new Error(`What is loaded later is one bundle, but there are ${[...scripts.keys()]}.`);
    }
    /** A script with the parts that it is made of inside, and the other ones as addresses. */
    const joined = async (entry: string, addresses: Record<string, string>): Promise<string> => {
      const { outputFiles } = await esbuild.build({
        ...common,
        stdin: { contents: entry },
        plugins: [{
          name: "parts",
          setup({ onResolve, onLoad }) {
            onResolve({ filter: /^\.\// }, ({ path }) => {
              const address = addresses[path];
              return address ? { path: address, external: true } : { path, namespace: "parts" };
            });
            onLoad({ filter: /.*/, namespace: "parts" }, ({ path }) => ({
              contents: scripts.get(path)!,
              loader: "js",
            }));
          },
        }],
      });
      return watching ? outputFiles![0]!.text : await minifiedAgain(outputFiles![0]!.text);
    };
    // What both need is inside the main script: one file less to ask for, and it compresses better.
    const main = await joined(`export * from "${shared[0]}"; import "./main.js";`, {
      [later[0]!]: LATER_PLACE,
    });
    const rest = await joined(`export * from "${later[0]}";`, { [shared[0]!]: MAIN_PLACE });
    const others = await esbuild.build({
      ...common,
      entryPoints: { style: "static/style.css" },
      entryNames: "[name]-[hash]",
    });
    // The two name each other, so both are named by what is in both.
    const hash = await digest([main, rest].map((text) => ["", new TextEncoder().encode(text)]));
    const [mainName, laterName] = [`main-${hash}.js`, `later-${hash}.js`];
    const files = [
      ...others.outputFiles!.map(({ path, text }) => [path.split("/").at(-1)!, text] as const),
      [mainName, main.replaceAll(LATER_PLACE, `./${laterName}`)] as const,
      [laterName, rest.replaceAll(MAIN_PLACE, `./${mainName}`)] as const,
    ];
    return new Map(files.map(([name, text]) => [`/assets/${name}`, {
      type: TYPES[name.split(".").at(-1)!]!,
      contents: new TextEncoder().encode(text),
    }]));
  } finally {
    await esbuild.stop();
  }
}

/** Three in a hundred smaller on the wire than what the bundler makes of it alone. */
async function minifiedAgain(script: string): Promise<string> {
  const { minify } = await import("terser");
  const { code } = await minify(script, {
    module: true,
    ecma: 2020,
    // Reading a signal is more than reading: it subscribes.
    compress: { ecma: 2020, passes: 2, pure_getters: false },
  });
  return code!;
}

/** Stand for the names of the two scripts, which are not known before their contents. */
const MAIN_PLACE = "./main-of-this-build.js";
const LATER_PLACE = "./later-of-this-build.js";

/** `static/index.html` with the names of this build in the places of `%name%`. */
async function page(paths: string[], build: string, theme: Theme): Promise<string> {
  const template = await Deno.readTextFile(join(ROOT, "static/index.html"));
  /** Where the colour of the browser's own bars holds that belongs to a scheme. */
  const bar = (scheme: Theme) => {
    if (theme === "system") return `(prefers-color-scheme: ${scheme})`;
    return scheme === theme ? "all" : "not all";
  };
  const values: Record<string, string> = {
    build,
    theme: theme === "system" ? "" : ` data-theme="${theme}"`,
    light: bar("light"),
    dark: bar("dark"),
  };
  for (const path of paths) {
    const entry = /^\/assets\/(main|style)-[^.]+\.(js|css)$/.exec(path);
    if (entry) values[entry[1]!] = path;
  }
  return template.replace(/%(\w+)%/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`static/index.html asks for an unknown %${name}%.`);
    return value;
  });
}

function packed(
  type: string,
  contents: Uint8Array,
  immutable: boolean,
  watching: boolean,
): BundledFile {
  const file: BundledFile = { type, immutable, identity: contents.toBase64() };
  if (watching) return file;
  const br = brotliCompressSync(contents, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: contents.length,
    },
  });
  const gzip = gzipSync(contents, { level: 9 });
  if (br.byteLength < contents.byteLength) file.br = br.toBase64();
  if (gzip.byteLength < contents.byteLength) file.gzip = gzip.toBase64();
  return file;
}

async function digest(parts: [string, Uint8Array][]): Promise<string> {
  const hashes = await Promise.all(parts.map(async ([path, contents]) => {
    const hash = await crypto.subtle.digest("SHA-256", contents as BufferSource);
    return `${path} ${new Uint8Array(hash).toHex()}`;
  }));
  const all = new TextEncoder().encode(hashes.sort().join("\n"));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", all)).toHex().slice(0, 10);
}

function report({ build, files, pages }: Bundle, milliseconds: number): void {
  const size = (file: BundledFile) => Uint8Array.fromBase64(file.br ?? file.identity).byteLength;
  console.log(`Client build ${build} in ${milliseconds} ms, bytes on the wire:`);
  for (const [path, file] of [["/", pages.system] as const, ...Object.entries(files)]) {
    console.log(`${String(size(file)).padStart(8)}  ${path}`);
  }
}

/** Whether a source is newer than the last build, or that one was made for development. */
async function isNeeded(): Promise<boolean> {
  const built = await Deno.stat(OUTPUT).catch(() => undefined);
  if (!built?.mtime) return true;
  if ((await Deno.readTextFile(OUTPUT)).startsWith(`{"build":"${WATCHED}`)) return true;
  const newest = Math.max(
    ...await Promise.all(SOURCES.map((path) => lastChange(join(ROOT, path)))),
  );
  return newest > built.mtime.getTime();
}

/** The time of the last change of a file, or of anything in a folder, in milliseconds. */
async function lastChange(path: string): Promise<number> {
  const { isDirectory, mtime } = await Deno.stat(path);
  let newest = mtime?.getTime() ?? 0;
  if (!isDirectory) return newest;
  if (path === join(ROOT, "static")) newest = 0; // Changes whenever `build` is written into it.
  for await (const { name } of Deno.readDir(path)) {
    if (path === join(ROOT, "static") && name === "build") continue;
    newest = Math.max(newest, await lastChange(join(path, name)));
  }
  return newest;
}

/** Builds at every change of a source, until interrupted. */
async function watch(): Promise<void> {
  await build(true);
  const paths = SOURCES.map((path) => join(ROOT, path));
  let timer: ReturnType<typeof setTimeout> | undefined;
  for await (const { paths: changed } of Deno.watchFs(paths)) {
    if (changed.every((path) => path.startsWith(join(ROOT, "static/build")))) continue;
    // Editors write a file in several steps: the last one counts.
    clearTimeout(timer);
    timer = setTimeout(() => build(true).catch((error) => console.error(error.message)), 50);
  }
}

if (Deno.args.includes("--watch")) await watch();
else if (!Deno.args.includes("--if-needed") || await isNeeded()) await build(false);
