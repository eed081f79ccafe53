/** The name that `regions` has for the root itself. */
export const ROOT_REGION = "root";

/**
 * The states that an entry of `regions` can mean, exactly one where it is right: `root` the root, else the state of that
 * path, else the states of that name (`Ingestion` for `Lifecycle.PROJECT.Ingestion`). `states` without histories.
 */
export function matchRegion<State extends { readonly name: string; readonly path: string }>(
  entry: string,
  states: readonly State[],
): readonly State[] {
  const path = entry === ROOT_REGION ? "" : entry;
  const exact = states.find((state) => state.path === path);
  return exact === undefined ? states.filter((state) => state.name === entry) : [exact];
}
