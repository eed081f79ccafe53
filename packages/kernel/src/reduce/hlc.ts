import { assert } from "../invariant.ts";
import { HLC_COUNTER_MAX, WALL_MS_MAX, WALL_MS_MIN } from "../limits.ts";

/**
 * Hybrid logical clock reading (kernel design §3): wall time in ms since the epoch, then a counter.
 * On the wire `YYYY-MM-DDTHH:MM:SS.mmm+00:00#N`; the normal form has no padding in the counter.
 */
export interface Hlc {
  readonly wallMs: number;
  readonly counter: number;
}

const MS_PER_DAY = 86_400_000;
/** Length of `YYYY-MM-DDTHH:MM:SS.mmm+00:00#`; the counter follows. */
const WALL_LENGTH = 30;
const COUNTER_DIGITS_MAX = 10;
const DAYS_OF_MONTH: readonly number[] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const DASH = 45;
const COLON = 58;
const DOT = 46;
const LETTER_T = 84;
const ZONE = "+00:00#";
const ZONE_AT = 23;

/** Reads an HLC, padded or not; undefined where it is not one (syntax, a day that is none, a counter past 2^31 − 1). */
export function parseHlc(text: string): Hlc | undefined {
  const counter = parseCounter(text);
  if (counter < 0 || !isPunctuated(text)) return undefined;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  const hour = digits(text, 11, 13);
  const minute = digits(text, 14, 16);
  const second = digits(text, 17, 19);
  const ms = digits(text, 20, 23);
  if (year < 0 || hour < 0 || minute < 0 || second < 0 || ms < 0) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  if (day < 1 || day > daysOfMonth(year, month)) return undefined;
  const seconds = (hour * 60 + minute) * 60 + second;
  return { wallMs: daysFromCivil(year, month, day) * MS_PER_DAY + seconds * 1000 + ms, counter };
}

/** Normal form; `wallMs` must lie in the years 0000 to 9999. */
export function formatHlc(hlc: Hlc): string {
  const { wallMs, counter } = hlc;
  assert(wallMs >= WALL_MS_MIN && wallMs <= WALL_MS_MAX, `HLC wall time in range: ${wallMs}`);
  assert(counter >= 0 && counter <= HLC_COUNTER_MAX, `HLC counter in range: ${counter}`);
  const day = Math.floor(wallMs / MS_PER_DAY);
  const ms = wallMs - day * MS_PER_DAY;
  const clock = `${pad(Math.floor(ms / 3_600_000), 2)}:${pad(Math.floor(ms / 60_000) % 60, 2)}:${pad(Math.floor(ms / 1000) % 60, 2)}`;
  return `${formatDay(day)}T${clock}.${pad(ms % 1000, 3)}+00:00#${counter}`;
}

/** Normal form of a text that `parseHlc` read as `hlc`. */
export function normalHlc(text: string, hlc: Hlc): string {
  return text.slice(0, WALL_LENGTH) + String(hlc.counter);
}

/** Negative, zero, positive: by wall, then by counter, as numbers. */
export function compareHlc(left: Hlc, right: Hlc): number {
  return left.wallMs === right.wallMs ? left.counter - right.counter : left.wallMs - right.wallMs;
}

export function maxHlc(left: Hlc, right: Hlc): Hlc {
  return compareHlc(left, right) < 0 ? right : left;
}

/** The least reading after this one. A full counter goes over into the next millisecond. */
export function nextHlc(hlc: Hlc): Hlc {
  if (hlc.counter < HLC_COUNTER_MAX) return { wallMs: hlc.wallMs, counter: hlc.counter + 1 };
  return { wallMs: hlc.wallMs + 1, counter: 0 };
}

/** Do the literal characters of `YYYY-MM-DDTHH:MM:SS.mmm+00:00#` stand in their places? */
function isPunctuated(text: string): boolean {
  return (
    text.charCodeAt(4) === DASH &&
    text.charCodeAt(7) === DASH &&
    text.charCodeAt(10) === LETTER_T &&
    text.charCodeAt(13) === COLON &&
    text.charCodeAt(16) === COLON &&
    text.charCodeAt(19) === DOT &&
    text.startsWith(ZONE, ZONE_AT)
  );
}

/** −1 where the text after `#` is no counter. */
function parseCounter(text: string): number {
  const length = text.length - WALL_LENGTH;
  if (length < 1 || length > COUNTER_DIGITS_MAX) return -1;
  const counter = digits(text, WALL_LENGTH, text.length);
  return counter > HLC_COUNTER_MAX ? -1 : counter;
}

/** Decimal digits as a number, −1 where one is none. */
function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, "0");
}

/** 0 where there is no such month. */
function daysOfMonth(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && leap ? 29 : (DAYS_OF_MONTH[month - 1] ?? 0);
}

/**
 * Days since 1970-01-01 in the proleptic Gregorian calendar. Years are counted from March, so that the leap day is
 * the last of its year, in eras of 400 years (146,097 days).
 */
function daysFromCivil(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return era * 146_097 + yearOfEra * 365 + leapDays + dayOfYear - 719_468;
}

/** `YYYY-MM-DD` of a number of days since 1970-01-01: the inverse of `daysFromCivil`. */
function formatDay(days: number): string {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
}
