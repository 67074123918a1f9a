/** Small things remembered in this browser. Works without, where storage is blocked. */

const PREFIX = "parlor.";

export function read(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** Calls back when another tab remembers another text, or forgets it. */
export function onChanged(name: string, callback: (value: string | null) => void): void {
  addEventListener("storage", ({ key, newValue }) => {
    if (key === PREFIX + name) callback(newValue);
  });
}

/** Remembers a text; null forgets it. */
export function write(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
  } catch {
    // Blocked or full: it lasts for as long as the page.
  }
}

/** The names of what is remembered that begin so. */
export function namesUnder(beginning: string): string[] {
  try {
    return Array.from({ length: localStorage.length }, (_, index) => localStorage.key(index)!)
      .filter((key) => key.startsWith(PREFIX + beginning))
      .map((key) => key.slice(PREFIX.length));
  } catch {
    // Blocked: nothing is there.
    return [];
  }
}
