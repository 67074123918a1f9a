import { EVERYBODY, type Mention, type User } from "../../server/protocol.ts";
import { linkify } from "../linkify.ts";
import { type Marked, markMentions, nameToday } from "../mentions.ts";

interface Props {
  text: string;
  /** How much of it is shown; all where absent. A link that is cut still leads to the whole address. */
  end?: number | undefined;
  mentions?: readonly Mention[] | undefined;
  self?: User;
  /** What somebody is called today, where that is known. */
  nameOf?: (userId: string) => string | undefined;
}

/** What somebody typed: text, with its links made clickable and names of people marked. Never HTML. */
export function Text({ text, end = text.length, mentions = [], self, nameOf }: Props) {
  return (
    <>
      {upTo(end, markMentions(linkify(text), mentions)).map((piece) => {
        const { text, href, mention } = piece;
        if (href) {
          return (
            <a key={href} href={href} target="_blank" rel="noopener noreferrer nofollow">{text}</a>
          );
        }
        if (!mention) return text;
        const isSelf = mention.id === self?.id || mention.id === EVERYBODY;
        return (
          <span class={isSelf ? "mention self" : "mention"}>
            @{nameToday(mention, nameOf)}
          </span>
        );
      })}
      {end < text.length && "…"}
    </>
  );
}

function upTo(end: number, pieces: readonly Marked[]): Marked[] {
  let left = end;
  return pieces.flatMap((piece) => {
    const text = piece.text.slice(0, left);
    left -= text.length;
    return text === "" ? [] : [{ ...piece, text }];
  });
}
