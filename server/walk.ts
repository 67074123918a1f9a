/** Walks through a map round after round, some entries at a time, so that tidying up never takes long. */
export class Walk<Key, Value> {
  #rest: Iterator<[Key, Value]> | undefined;

  constructor(private readonly map: ReadonlyMap<Key, Value>) {}

  /** The next so many entries, fewer at the end of a round. Entries may be deleted on the way. */
  *next(count: number): Iterable<[Key, Value]> {
    this.#rest ??= this.map.entries();
    for (let taken = 0; taken < count; taken++) {
      const step = this.#rest.next();
      if (step.done) {
        this.#rest = undefined;
        return;
      }
      yield step.value;
    }
  }
}
