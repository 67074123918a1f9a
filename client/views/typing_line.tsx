import type { Room } from "../model.ts";

/** Who is typing. Its line is always there, so nothing moves. */
export function TypingLine({ room }: { room: Room }) {
  const names = room.typing.value.map((user) => user.name);
  return <p class="typing" aria-live="off">{inWords(names)}</p>;
}

function inWords(names: readonly string[]): string {
  const [first, second] = names;
  switch (names.length) {
    case 0:
      return "";
    case 1:
      return `${first} is typing…`;
    case 2:
      return `${first} and ${second} are typing…`;
    default:
      return "Several people are typing…";
  }
}
