/** Links that have their token where it does not sign anybody in. */

/** Takes it out of the address bar and the tab's history. What is wrong, for people; else undefined. */
export function takeMisplacedToken(): string | undefined {
  const rest = withoutMisplacedToken(location.href);
  if (rest === location.href) return undefined;
  history.replaceState(null, "", rest);
  return "This link does not sign you in: it has its token after “?”, where servers and proxies " +
    "write it into their logs. The application has to put it after “#”, as in /#token=…";
}

/** The same address where there is none. */
export function withoutMisplacedToken(address: string): string {
  const url = new URL(address);
  if (!url.searchParams.has("token")) return address;
  url.searchParams.delete("token");
  return url.href;
}
