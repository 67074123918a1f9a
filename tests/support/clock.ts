/** A clock that a test sets by hand, in milliseconds. */
export class Clock {
  time = 1_700_000_000_000;
  readonly now = (): number => this.time;
}
