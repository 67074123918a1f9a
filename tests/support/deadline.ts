/** Waiting that ends: every wait in a test has a deadline and says what it waited for. */

/** Milliseconds that anything awaited in a test may take on a busy machine. */
export const PATIENCE = 20_000;

/**
 * Settles as `promise` does, or rejects after `milliseconds` with the sentence that `describe` makes
 * at that moment.
 */
export async function within<T>(
  promise: Promise<T>,
  describe: () => string,
  milliseconds: number = PATIENCE,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${describe()} (waited ${milliseconds} ms)`)),
      milliseconds,
    );
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
