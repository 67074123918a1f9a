import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type Later, loadLater } from "./load_later.ts";

const loaded = signal<Later | undefined>(undefined);

/** What the first messages do without, from when it is first needed and has come. */
export function useLater(isNeeded: boolean): Later | undefined {
  useEffect(() => {
    if (isNeeded && !loaded.peek()) loadLater().then((later) => loaded.value = later);
  }, [isNeeded]);
  return isNeeded ? loaded.value : undefined;
}
