import type { JsonObject } from "@swoosh/kernel";
import type { Page } from "@swoosh/protocol";
import { DECISIONS_SCANNED_MAX } from "./limits.ts";
import type { LogView } from "./log-view.ts";
import { given, refused, type Reading } from "./reading.ts";
import type { Viewer } from "./viewer.ts";

export interface DecisionsQuery {
  readonly instance: string | undefined;
  readonly transition: string | undefined;
  readonly signer: string | undefined;
  /** From this index on. */
  readonly since: number | undefined;
  /** Index of the last one on the page before. */
  readonly after: string | undefined;
  readonly limit: number;
}

/** A page of decision records by index. It may be short and still go on: `next` alone says that there is no more. */
export async function listDecisions(
  log: LogView,
  { query, viewer }: { readonly query: DecisionsQuery; readonly viewer: Viewer },
): Promise<Reading<Page<JsonObject>>> {
  const { after, limit, since = 0 } = query;
  if (after !== undefined && !/^(?:0|[1-9][0-9]{0,14})$/.test(after))
    return refused("bad_query", `after is ${JSON.stringify(after)}; the cursor of the page before`);
  const { columns } = log;
  const from = Math.max(since, after === undefined ? 0 : Number(after) + 1);
  const to = Math.min(columns.size, from + DECISIONS_SCANNED_MAX);
  const found: number[] = [];
  for (const index of columns.matching({ from, to }, query)) {
    if (!viewer.sees(columns.instanceAt(index))) continue;
    found.push(index);
    // One more than the page holds tells whether there is another.
    if (found.length > limit) break;
  }
  const page = found.slice(0, limit);
  const items: JsonObject[] = [];
  for (const index of page) items.push(await log.decisionOf(await log.at(index)));
  if (found.length > limit) return given({ items, next: String(page.at(-1)) });
  return given({ items, next: to < columns.size ? String(to - 1) : null });
}

/** The decision record whose id ends in this hash (`sha256-…` of the record's leaf). */
export async function readDecision(
  log: LogView,
  { hash, viewer }: { readonly hash: string; readonly viewer: Viewer },
): Promise<Reading<JsonObject>> {
  const leaf = hash.slice("sha256-".length);
  for (const index of log.columns.withLeaf(leaf)) {
    const seen = await log.at(index);
    if (seen.leaf !== leaf || !viewer.sees(log.columns.instanceAt(index))) continue;
    return given(await log.decisionOf(seen));
  }
  return refused("not_found", `no record has the leaf hash ${hash}`);
}
