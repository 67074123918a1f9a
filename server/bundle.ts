/**
 * Bundles the server for the single executable: `dist/server/main.js` with everything inside, the
 * browser client too, and the database's writer thread beside it. Both run from an empty folder,
 * without npm packages, configuration or network.
 */

import * as esbuild from "esbuild";

const FOLDER = "dist/server";
const WORKER = "server/store_sqlite_writer.ts";
/** How `server/store_sqlite.ts` names the thread's module, which is another file once bundled. */
const WORKER_IN_SOURCE = `new URL("./store_sqlite_writer.ts", import.meta.url)`;
const WORKER_IN_BUNDLE = `new URL("./store_sqlite_writer.js", import.meta.url)`;

const nameWorkerInBundle: esbuild.Plugin = {
  name: "name the worker in the bundle",
  setup(build) {
    let replaced = 0;
    build.onLoad({ filter: /[\\/]server[\\/].*\.ts$/ }, async ({ path }) => {
      const parts = (await Deno.readTextFile(path)).split(WORKER_IN_SOURCE);
      replaced += parts.length - 1;
      return { contents: parts.join(WORKER_IN_BUNDLE), loader: "ts" };
    });
    build.onEnd(() => {
      if (replaced === 1) return;
      return {
        errors: [{ text: `${WORKER_IN_SOURCE} must stand once, but stands ${replaced} times.` }],
      };
    });
  },
};

const shared: esbuild.BuildOptions = {
  bundle: true,
  format: "esm",
  platform: "neutral",
  target: "esnext",
  external: ["node:*"],
  // Not minified, so that a stack trace can be read.
  logLevel: "warning",
};

try {
  await Deno.remove(FOLDER, { recursive: true });
} catch (error) {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
await esbuild.build({
  ...shared,
  entryPoints: ["main.ts"],
  outfile: `${FOLDER}/main.js`,
  plugins: [nameWorkerInBundle],
});
await esbuild.build({
  ...shared,
  entryPoints: [WORKER],
  outfile: `${FOLDER}/store_sqlite_writer.js`,
});
await esbuild.stop();
