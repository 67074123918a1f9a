/** Whether the reader looks at a room: in this tab, or in another one of the same browser. */

/** Milliseconds in which another tab answers. */
const ANSWER = 150;

interface Asked {
  ask: string;
  room: string;
}
interface Answered {
  answer: string;
}

/** `isHere` tells it for this tab. */
export class Looking {
  readonly #channel = new BroadcastChannel("parlor-looking");
  readonly #asked = new Map<string, (isLooking: boolean) => void>();
  #count = 0;

  constructor(private readonly isHere: (room: string) => boolean) {
    this.#channel.onmessage = ({ data }: MessageEvent<Asked | Answered>) => {
      if ("answer" in data) this.#asked.get(data.answer)?.(true);
      else if (this.isHere(data.room)) this.#channel.postMessage({ answer: data.ask });
    };
  }

  async at(room: string): Promise<boolean> {
    if (this.isHere(room)) return true;
    const ask = `${Math.random()} ${this.#count++}`;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#asked.set(ask, resolve);
    this.#channel.postMessage({ ask, room });
    const timer = setTimeout(() => resolve(false), ANSWER);
    const isElsewhere = await promise;
    clearTimeout(timer);
    this.#asked.delete(ask);
    // The reader may have come meanwhile.
    return isElsewhere || this.isHere(room);
  }

  close(): void {
    this.#channel.close();
  }
}
