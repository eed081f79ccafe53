/** With the `u` flag a surrogate that belongs to a pair is part of its code point, so this finds lone ones only. */
const LONE_SURROGATE = /\p{Surrogate}/u;
/** Without the flag: a unit that a pair begins with. */
const HIGH_SURROGATE = /[\ud800-\udbff]/;

/** No lone surrogate: the text has a UTF-8 form (ECMAScript's `isWellFormed`, which ES2023 does not have). */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

/** The first `codePointsMax` code points; the text itself where it has no more. Never cuts a surrogate pair. */
export function cutCodePoints(text: string, codePointsMax: number): string {
  if (text.length <= codePointsMax) return text;
  let at = 0;
  for (let count = 0; count < codePointsMax && at < text.length; count += 1) {
    at += isPairAt(text, at) ? 2 : 1;
  }
  return at >= text.length ? text : text.slice(0, at);
}

/**
 * Code points of a text; a lone surrogate counts as one. The engine's own scan says first whether there can be a pair at
 * all: it costs less than the loop, and nothing for a text that the engine keeps in one byte a unit.
 */
export function countCodePoints(text: string): number {
  if (!HIGH_SURROGATE.test(text)) return text.length;
  let pairs = 0;
  let isAfterHigh = false;
  for (let at = 0; at < text.length; at += 1) {
    const kind = text.charCodeAt(at) & 0xfc00;
    if (isAfterHigh && kind === 0xdc00) pairs += 1;
    isAfterHigh = kind === 0xd800;
  }
  return text.length - pairs;
}

/** Bytes of the UTF-8 form. A lone surrogate counts as the three bytes of U+FFFD, which encoders put in its place. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes += 1;
    else if (isPairAt(text, at)) {
      bytes += 2;
      at += 1;
    } else bytes += 2;
  }
  return bytes;
}

/** Order of RFC 8785 §3.2.3 and of everything that the kernel sorts: by UTF-16 code units. */
export function compareUtf16(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function isPairAt(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00;
}
