import { linkify, type Piece } from "../linkify.ts";

interface Props {
  text: string;
  /** How much of it is shown; all where absent. A link that is cut still leads to the whole address. */
  end?: number | undefined;
}

/** What somebody typed: text, with its links made clickable. Never HTML. */
export function Text({ text, end = text.length }: Props) {
  return (
    <>
      {upTo(end, linkify(text)).map(({ text, href }) =>
        href
          ? <a key={href} href={href} target="_blank" rel="noopener noreferrer nofollow">{text}</a>
          : text
      )}
      {end < text.length && "…"}
    </>
  );
}

function upTo(end: number, pieces: readonly Piece[]): Piece[] {
  let left = end;
  return pieces.flatMap((piece) => {
    const text = piece.text.slice(0, left);
    left -= text.length;
    return text === "" ? [] : [{ ...piece, text }];
  });
}
