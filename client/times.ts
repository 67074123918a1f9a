/** Times as people read them, in their own locale and time zone. */

/** The ways to write times. */
interface Formats {
  clock: Intl.DateTimeFormat;
  day: Intl.DateTimeFormat;
  dayOfYear: Intl.DateTimeFormat;
  full: Intl.DateTimeFormat;
}

let made: Formats | undefined;

/**
 * Made when first needed: the first of them has the browser load what it knows of languages, which
 * keeps a phone busy for a while, and the page that asks for a name shows no time.
 */
function formats(): Formats {
  return made ??= {
    clock: new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" }),
    day: new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" }),
    dayOfYear: new Intl.DateTimeFormat(undefined, { dateStyle: "long" }),
    full: new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" }),
  };
}

/** The time of day. Timestamps are milliseconds. */
export function timeOf(timestamp: number): string {
  return formats().clock.format(timestamp);
}

/** The time of day where there is little room: without AM or PM. */
export function shortTimeOf(timestamp: number): string {
  return formats().clock.formatToParts(timestamp)
    .filter(({ type }) => type !== "dayPeriod")
    .map(({ value }) => value).join("").trim();
}

export function fullTimeOf(timestamp: number): string {
  return formats().full.format(timestamp);
}

/** “Today”, “Yesterday”, or the date. */
export function dayOf(timestamp: number, now: number): string {
  const days = daysBetween(timestamp, now);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  const sameYear = new Date(timestamp).getFullYear() === new Date(now).getFullYear();
  const { day, dayOfYear } = formats();
  return (sameYear ? day : dayOfYear).format(timestamp);
}

export function isSameDay(one: number, other: number): boolean {
  return daysBetween(one, other) === 0;
}

/** Whole calendar days between two moments; a day of 23 or 25 hours is one too. */
function daysBetween(earlier: number, later: number): number {
  const start = (timestamp: number) => new Date(timestamp).setHours(0, 0, 0, 0);
  return Math.round((start(later) - start(earlier)) / 86_400_000);
}
