/**
 * Loaded before the server (`deno run --preload`), in its process and with its permissions: tries what
 * a server should not be able to do, when it is loaded and again when the server ends.
 */

/** What is tried. Each throws where it is not permitted. */
const ATTEMPTS: Readonly<Record<string, () => unknown>> = {
  read: () => Deno.readTextFileSync("/etc/passwd"),
  write: () => Deno.mkdirSync("/tmp", { recursive: true }),
  environment: () => Deno.env.get("HOME"),
  system: () => Deno.systemMemoryInfo(),
  run: () => new Deno.Command("/bin/true").outputSync(),
};

/** Writes one line `probe WHEN: NAME …` with the attempts that succeeded. */
function tell(when: string): void {
  const succeeded = Object.keys(ATTEMPTS).filter((name) => {
    try {
      ATTEMPTS[name]!();
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) return false;
      throw error;
    }
  });
  console.log(`probe ${when}: ${succeeded.join(" ")}`);
}

tell("before");
addEventListener("unload", () => tell("after"));
