/**
 * Puts the chosen theme on the page. Runs before the first paint, so that the page never flashes in
 * the wrong one. Loaded as a classic script: it imports nothing.
 */

{
  const apply = (choice: string | null) => {
    const root = document.documentElement;
    const isChosen = choice === "light" || choice === "dark";
    if (isChosen) root.dataset.theme = choice;
    else delete root.dataset.theme;
    // The browser's own bars have a colour for each scheme.
    for (const bar of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
      const scheme = bar.dataset.scheme!;
      if (!isChosen) bar.media = `(prefers-color-scheme: ${scheme})`;
      else bar.media = scheme === choice ? "all" : "not all";
    }
  };
  try {
    apply(localStorage.getItem("parlor.theme"));
  } catch {
    // Storage is blocked: the system's theme holds.
  }
  addEventListener("theme", (event) => apply((event as CustomEvent<string>).detail));
  // Chosen in another tab.
  addEventListener("storage", ({ key, newValue }) => key === "parlor.theme" && apply(newValue));
}
