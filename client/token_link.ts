/**
 * Links with which an application sends its users here: `/#token=…` and `/r/ROOM#token=…`. What stands
 * behind the `#` goes into no request, so into no log and no `Referer`.
 */

export interface Brought {
  token?: string;
  /** What is wrong with the link, for people. */
  problem?: string;
}

/** Takes the token out of the address bar and the tab's history, before anything else is done. */
export function takeToken(): Brought {
  const { rest, ...brought } = withoutToken(location.href);
  if (rest !== location.href) history.replaceState(null, "", rest);
  return brought;
}

/** An address and what it brought, apart. */
export function withoutToken(address: string): Brought & { rest: string } {
  const url = new URL(address);
  const { searchParams, hash } = url;
  const isMisplaced = searchParams.has("token");
  const token = /^#token=(.*)$/.exec(hash)?.[1];
  if (isMisplaced) searchParams.delete("token");
  if (token !== undefined) url.hash = "";
  const rest = isMisplaced || token !== undefined ? url.href : address;
  if (token) return { rest, token };
  if (!isMisplaced) return { rest };
  return {
    rest,
    problem:
      "This link does not sign you in: it has its token after “?”, where servers and proxies " +
      "write it into their logs. The application has to put it after “#”, as in /#token=…",
  };
}
