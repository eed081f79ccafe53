/** Farther off than a third of the word a suggestion confuses more than it helps; four letters may differ in two. */
const DISTANCE_SHARE = 3;
const DISTANCE_MIN = 2;
const SHORT_LENGTH_MAX = 2;
const FIRST_LISTED = 6;
/** Looking at each of thousands of names for each of thousands of problems would take minutes. */
const NAMES_MAX = 256;

/** Suggestions for the first so many problems: a file with hundreds of them is not mended by hints. */
const HINTS_MAX = 64;

/** Suggestions for the problems of one file, within a budget. */
export class Hints {
  #left = HINTS_MAX;

  nearest(name: string, names: Iterable<string>): string | undefined {
    this.#left -= 1;
    return this.#left < 0 ? undefined : nearest(name, names);
  }

  /** Both in one: what the name was meant to be, and what to say of it. */
  look(
    name: string,
    names: readonly string[],
  ): { readonly meant: string | undefined; readonly text: string } {
    this.#left -= 1;
    if (this.#left < 0) return { meant: undefined, text: "" };
    return { meant: nearest(name, names), text: suggestion(name, names) };
  }

  /** To be put behind a message: begins with `; `, or is empty. */
  suggestion(name: string, names: Iterable<string>): string {
    this.#left -= 1;
    return this.#left < 0 ? "" : suggestion(name, names);
  }
}

/** The nearest of the names by edit distance, if it is near; of equally near ones the first. */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  const share = Math.floor(name.length / DISTANCE_SHARE);
  let least = (name.length > SHORT_LENGTH_MAX ? Math.max(DISTANCE_MIN, share) : share) + 1;
  let looked = 0;
  for (const candidate of names) {
    looked += 1;
    if (looked > NAMES_MAX) break;
    if (Math.abs(candidate.length - name.length) >= least) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/** The nearest name, or what there is to choose from; begins with `; `, empty where there is nothing. */
export function suggestion(name: string, names: Iterable<string>): string {
  const all = [...names];
  const near = nearest(name, all);
  if (near !== undefined) return `; did you mean "${near}"?`;
  if (all.length === 0) return "";
  const listed = all.slice(0, FIRST_LISTED).join(", ");
  return `; there ${all.length === 1 ? "is" : "are"} ${listed}${all.length > FIRST_LISTED ? ", …" : ""}`;
}

/** Levenshtein distance with transpositions of neighbours (Damerau's optimal string alignment), in UTF-16 units. */
export function editDistance(one: string, other: string): number {
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let line = 1; line <= one.length; line += 1) {
    const next = [line];
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[line - 1] === other[column - 1];
      let cost = Math.min(
        cell(row, column) + 1,
        cell(next, column - 1) + 1,
        cell(row, column - 1) + (same ? 0 : 1),
      );
      const swapped = one[line - 1] === other[column - 2] && one[line - 2] === other[column - 1];
      if (line > 1 && column > 1 && swapped) cost = Math.min(cost, cell(before, column - 2) + 1);
      next.push(cost);
    }
    before = row;
    row = next;
  }
  return cell(row, other.length);
}

function cell(row: readonly number[], column: number): number {
  return row[column] ?? Number.MAX_SAFE_INTEGER;
}
