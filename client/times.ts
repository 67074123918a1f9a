/** Times as people read them, in their own locale and time zone. */

import { computed, signal } from "@preact/signals";
import { onChanged, read, write } from "./storage.ts";

/** `auto` is what the reader's locale has. */
export type TimeFormat = "auto" | "12" | "24";

const KEY = "time";

/** The chosen format, remembered. */
export const timeFormat = signal<TimeFormat>(parse(read(KEY)));

// Chosen in another tab.
onChanged(KEY, (text) => timeFormat.value = parse(text));

export function chooseTimeFormat(choice: TimeFormat): void {
  timeFormat.value = choice;
  write(KEY, choice);
}

function parse(text: string | null): TimeFormat {
  return text === "12" || text === "24" ? text : "auto";
}

const HOURS: Record<TimeFormat, Intl.DateTimeFormatOptions> = {
  auto: { hour: "numeric" },
  "12": { hour: "numeric", hourCycle: "h12" },
  "24": { hour: "2-digit", hourCycle: "h23" },
};

// Made when first needed: the first of them has the browser load what it knows of languages, which
// keeps a phone busy for a while, and the page that asks for a name shows no time.
const clock = computed(() =>
  new Intl.DateTimeFormat(undefined, { ...HOURS[timeFormat.value], minute: "2-digit" })
);
const full = computed(() =>
  new Intl.DateTimeFormat(undefined, {
    weekday: "long",
    year: "numeric",
    month: "long",
    day: "numeric",
    ...HOURS[timeFormat.value],
    minute: "2-digit",
  })
);
const day = computed(() =>
  new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" })
);
const dayOfYear = computed(() => new Intl.DateTimeFormat(undefined, { dateStyle: "long" }));

/** The time of day. Timestamps are milliseconds. */
export function timeOf(timestamp: number): string {
  return clock.value.format(timestamp);
}

/** The time of day where there is little room: without AM or PM. */
export function shortTimeOf(timestamp: number): string {
  return clock.value.formatToParts(timestamp)
    .filter(({ type }) => type !== "dayPeriod")
    .map(({ value }) => value).join("").trim();
}

export function fullTimeOf(timestamp: number): string {
  return full.value.format(timestamp);
}

/** “Today”, “Yesterday”, or the date. */
export function dayOf(timestamp: number, now: number): string {
  const days = daysBetween(timestamp, now);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  const sameYear = new Date(timestamp).getFullYear() === new Date(now).getFullYear();
  return (sameYear ? day : dayOfYear).value.format(timestamp);
}

export function isSameDay(one: number, other: number): boolean {
  return daysBetween(one, other) === 0;
}

/** Whole calendar days between two moments; a day of 23 or 25 hours is one too. */
function daysBetween(earlier: number, later: number): number {
  const start = (timestamp: number) => new Date(timestamp).setHours(0, 0, 0, 0);
  return Math.round((start(later) - start(earlier)) / 86_400_000);
}
