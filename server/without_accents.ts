/** How names are compared, by the server and by the browser client. */

/** As names are compared that somebody looks for: case and accents make no difference. */
export function withoutAccents(text: string): string {
  return text.normalize("NFD").replace(/\p{Mn}/gu, "").toLowerCase();
}
