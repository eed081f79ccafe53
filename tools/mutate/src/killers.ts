/** For each mutated file the test files that noticed most of its mutants in the last whole run, the best first. */
export type Killers = Readonly<Record<string, readonly string[]>>;

/** So many are worth a run of their own before all others. */
const FIRST_MAX = 4;

/**
 * A mutant is noticed soonest by the tests that noticed its neighbours.
 * @returns `first` in the order of `killers`, and all others in the order they came in
 */
export function inOrderOfKills<T>(
  tests: readonly T[],
  {
    killers,
    pathOf,
  }: { readonly killers: readonly string[]; readonly pathOf: (test: T) => string },
): { readonly first: readonly T[]; readonly rest: readonly T[] } {
  const first = killers.flatMap((path) => tests.filter((test) => pathOf(test) === path));
  return { first, rest: tests.filter((test) => !first.includes(test)) };
}

/**
 * Renews `old` for the files that `kills` tells of.
 * @param kills - of each mutant that a test noticed: its file, and the test file
 */
export function countKills(
  old: Killers,
  kills: readonly { readonly file: string; readonly by: string }[],
): Killers {
  const counts = new Map<string, Map<string, number>>();
  for (const { file, by } of kills) {
    const ofFile = counts.get(file) ?? new Map<string, number>();
    counts.set(file, ofFile.set(by, (ofFile.get(by) ?? 0) + 1));
  }
  const renewed = [...counts].map(([file, ofFile]): [string, readonly string[]] => [
    file,
    [...ofFile]
      .toSorted(([a, kept], [b, others]) => others - kept || (a < b ? -1 : 1))
      .slice(0, FIRST_MAX)
      .map(([by]) => by),
  ]);
  const all = Object.entries({ ...old, ...Object.fromEntries(renewed) });
  return Object.fromEntries(all.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
