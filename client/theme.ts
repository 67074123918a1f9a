/**
 * Runs before the first paint, so that the page never flashes in the wrong theme. Loaded as a classic
 * script: it imports nothing.
 */

try {
  const theme = localStorage.getItem("parlor.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is blocked: the system's theme holds.
}
