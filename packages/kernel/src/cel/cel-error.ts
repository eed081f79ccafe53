import type { CelErrorName, CelResult } from "./cel.ts";

/** The one symbol of each error: compared by identity, never made anew. */
export const CEL_ERRORS: Readonly<Record<CelErrorName, symbol>> = {
  division_by_zero: Symbol("division_by_zero"),
  no_such_key: Symbol("no_such_key"),
  overflow: Symbol("overflow"),
  type: Symbol("type"),
  cost: Symbol("cost"),
};

const NAMES: ReadonlyMap<symbol, CelErrorName> = new Map<symbol, CelErrorName>([
  [CEL_ERRORS.division_by_zero, "division_by_zero"],
  [CEL_ERRORS.no_such_key, "no_such_key"],
  [CEL_ERRORS.overflow, "overflow"],
  [CEL_ERRORS.cost, "cost"],
  [CEL_ERRORS.type, "type"],
]);

export function isCelError(result: CelResult): result is symbol {
  return typeof result === "symbol";
}

/** What to write after `error: `; a symbol that is none of ours counts as `type`. */
export function celErrorName(error: symbol): CelErrorName {
  return NAMES.get(error) ?? "type";
}
