import { linkify } from "../linkify.ts";

/** What somebody typed: text, with its links made clickable. Never HTML. */
export function Text({ text }: { text: string }) {
  return (
    <>
      {linkify(text).map(({ text, href }) =>
        href
          ? <a key={href} href={href} target="_blank" rel="noopener noreferrer nofollow">{text}</a>
          : text
      )}
    </>
  );
}
