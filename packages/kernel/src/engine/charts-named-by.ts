import { isValueHash, type ValueHash } from "../hash.ts";
import { decodeRecord } from "../log/decode-record.ts";

/** Charts that a record needs to be decided again, by hash: those that `@genesis`, `@chart` and `@migrate` name. */
export function chartsNamedBy(text: string): readonly ValueHash[] {
  // A proposal's transition never begins with @, and in a text of inputs the quotes would be escaped.
  if (!text.includes('"transition":"@')) return [];
  const decoded = decodeRecord(text);
  if (!decoded.ok) return [];
  const { inputs, proposal } = decoded.record;
  if (!proposal.transition.startsWith("@")) return [];
  const named = [inputs?.["chart_hash"], inputs?.["identity_chart"]];
  return named.filter((hash) => typeof hash === "string").filter(isValueHash);
}
