import { suggestion } from "./did-you-mean.ts";

/** The name that `regions` has for the root itself. */
export const ROOT_REGION = "root";

export type RegionMatch<State> =
  | { readonly state: State; readonly message: null }
  | { readonly state: null; readonly message: string };

/**
 * The state that an entry of `regions` means: `root` the root, else the state of that path, else the only state of that
 * name (`Ingestion` for `Lifecycle.PROJECT.Ingestion`). `states` in document order, histories left out.
 */
export function matchRegion<State extends { readonly name: string; readonly path: string }>(
  entry: string,
  states: readonly State[],
): RegionMatch<State> {
  const path = entry === ROOT_REGION ? "" : entry;
  const exact = states.find((state) => state.path === path);
  if (exact !== undefined) return { state: exact, message: null };
  const named = states.filter((state) => state.name === entry);
  const [only, ...others] = named;
  if (only !== undefined && others.length === 0) return { state: only, message: null };
  if (only !== undefined) {
    const paths = named.map((state) => state.path).join(", ");
    return { state: null, message: `region "${entry}" could be ${paths}; write the path` };
  }
  const names = states.slice(1).map((state) => state.name);
  const hint = suggestion(entry, new Set(names));
  return { state: null, message: `region "${entry}": there is no such state${hint}` };
}
