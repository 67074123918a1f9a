import { useSignal } from "@preact/signals";

/** A request that a button starts: whether it is under way, and what the server said to it. */
export function useRequest() {
  const isBusy = useSignal(false);
  const problem = useSignal<string | undefined>(undefined);
  /** Resolves to whether it was done. */
  const run = async (request: () => Promise<unknown>): Promise<boolean> => {
    if (isBusy.value) return false;
    isBusy.value = true;
    problem.value = undefined;
    try {
      await request();
      return true;
    } catch (error) {
      problem.value = (error as Error).message;
      return false;
    } finally {
      isBusy.value = false;
    }
  };
  return { isBusy, problem, run };
}
