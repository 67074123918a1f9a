/**
 * Links with which an application sends its users here: `/#token=…` and `/r/ROOM#token=…`. What stands
 * behind the `#` goes into no request, so into no log and no `Referer`.
 */

/** Takes the token out of the address bar and the tab's history, before anything else is done. */
export function takeToken(): string | undefined {
  const { rest, token } = withoutToken(location.href);
  if (rest !== location.href) history.replaceState(null, "", rest);
  return token;
}

/** An address and the token that it brought, apart. */
export function withoutToken(address: string): { rest: string; token: string | undefined } {
  const [, rest = address, token] = /^([^#]*)#token=(.*)$/.exec(address) ?? [];
  return { rest, token: token || undefined };
}
