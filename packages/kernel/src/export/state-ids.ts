import type { StateRow } from "./state-rows.ts";

/**
 * Ids of states for languages whose ids hold no dots: the path with `_` for `.`, the chart's name for the root. Two paths
 * that would come out alike (`A.B_C`, `A_B.C`), and ids that are `taken`, get a number, in document order.
 */
export function stateIds(
  rows: readonly StateRow[],
  options: { readonly isTaken: (id: string) => boolean },
): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  const used = new Set<string>();
  for (const { path, name } of rows) {
    const plain = (path === "" ? name : path).replaceAll(".", "_").replaceAll("-", "_");
    let id = plain;
    for (let count = 2; used.has(id) || options.isTaken(id); count += 1) id = `${plain}_${count}`;
    used.add(id);
    ids.set(path, id);
  }
  return ids;
}
