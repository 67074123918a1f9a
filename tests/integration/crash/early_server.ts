/**
 * Parlor built wrongly on purpose: it acknowledges and shows a message first and commits it a moment later,
 * as if the disk were slow. The crash test must find that out.
 */

import { readConfig } from "../../../server/config.ts";
import { createLog } from "../../../server/log.ts";
import { serve } from "../../../server/serve.ts";
import type { Appended, Draft, Store } from "../../../server/store.ts";
import { eventOf } from "../../../server/store_rules.ts";
import { changedStore } from "../../support/changed_store.ts";
import { openSqliteStore } from "../../../server/store_sqlite.ts";

/** How much later it commits, in milliseconds: slow, but not unheard of. */
const COMMIT_DELAY = 20;

/** A store that tells what will be before it is. Only `append` differs. */
function acknowledgeEarly(store: Store): Store {
  const heads = new Map<string, Promise<number>>();
  const append = async (draft: Draft): Promise<Appended> => {
    const next = (heads.get(draft.room) ?? store.head(draft.room)).then((head) => head + 1);
    heads.set(draft.room, next);
    const seq = await next;
    setTimeout(() => store.append(draft), COMMIT_DELAY);
    return { event: eventOf(draft, seq, Date.now()), repeated: false };
  };
  return changedStore(store, { append });
}

const invocation = readConfig(Deno.args, Deno.env);
if (invocation.action !== "serve") throw new Error("This only serves.");
const { config } = invocation;
const log = createLog();
const store = await openSqliteStore({ path: config.data, onProblem: (what) => log.error(what) });
const parlor = await serve(config, log, {
  store: acknowledgeEarly(store),
  // It shows what the log does not have yet; a heartbeat soon repairs the gaps that come of it.
  hub: { heartbeat: 200 },
});
console.log(`Parlor is running at ${parlor.url}`);
