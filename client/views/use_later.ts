import { useEffect } from "preact/hooks";
import { type Later, loadLater, whatIsLoaded } from "./load_later.ts";

/** What the first messages do without, from when it is first needed and has come. */
export function useLater(isNeeded: boolean): Later | undefined {
  useEffect(() => {
    if (isNeeded && !whatIsLoaded.peek()) loadLater();
  }, [isNeeded]);
  return isNeeded ? whatIsLoaded.value : undefined;
}
