/** Up to here the engine's own search is fast enough even where every position nearly matches. */
const PART_LENGTH_NATIVE_MAX = 8;

/**
 * `text.includes(part)` in time linear in both lengths. Engines search long parts in time that can grow with the
 * product of the lengths, which the bound on an expression's time cannot allow (Knuth, Morris, Pratt 1977 instead).
 */
export function includesText(text: string, part: string): boolean {
  if (part.length <= PART_LENGTH_NATIVE_MAX || part.length >= text.length) {
    return part.length === text.length ? part === text : text.includes(part);
  }
  const units = unitsOf(part);
  const fallback = fallbackTable(units);
  const last = text.length - part.length;
  let matched = 0;
  // `at - matched` is where the part would begin: behind the last place there is no room for it.
  for (let at = 0; at - matched <= last; at += 1) {
    const unit = text.charCodeAt(at);
    while (matched > 0 && units[matched] !== unit) matched = fallback[matched - 1] ?? 0;
    if (units[matched] !== unit) continue;
    matched += 1;
    if (matched === units.length) return true;
  }
  return false;
}

/** UTF-16 units: an array of them is read faster than the text, whatever the engine keeps that as. */
function unitsOf(text: string): Uint16Array {
  const units = new Uint16Array(text.length);
  for (let at = 0; at < text.length; at += 1) units[at] = text.charCodeAt(at);
  return units;
}

/** For each prefix the length of its longest proper prefix that is also its suffix. */
function fallbackTable(units: Uint16Array): Uint32Array {
  const table = new Uint32Array(units.length);
  let matched = 0;
  for (let at = 1; at < units.length; at += 1) {
    const unit = units[at];
    while (matched > 0 && units[matched] !== unit) matched = table[matched - 1] ?? 0;
    if (units[matched] === unit) matched += 1;
    table[at] = matched;
  }
  return table;
}
