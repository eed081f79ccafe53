/** A string literal that names an instance's chart: `'stock/'`, `"stock/main"`. */
const AT_START = /^\s*['"]([a-z][a-z0-9_-]{0,31})\//;
const ANYWHERE = /['"]([a-z][a-z0-9_-]{0,31})\/[^'"]*['"]/g;

export type ReadPrefix =
  | { readonly ok: true; readonly chart: string }
  | { readonly ok: false; readonly message: string };

/**
 * The chart in the id expression of a read: it begins with the literal `'chart/'`, so the chart is known before anything
 * runs. An expression that gives a list names the chart in a literal of each item; they must agree.
 */
export function readPrefix(source: string): ReadPrefix {
  const first = AT_START.exec(source)?.[1];
  if (first !== undefined) return { ok: true, chart: first };
  const charts = new Set([...source.matchAll(ANYWHERE)].map((match) => match[1] ?? ""));
  const [only, ...others] = charts;
  if (only === undefined) {
    const message = `the id must begin with the literal chart, like 'stock/' + config.warehouse`;
    return { ok: false, message };
  }
  if (others.length === 0) return { ok: true, chart: only };
  const message = `the ids name several charts (${[...charts].join(", ")}); one read is of one chart`;
  return { ok: false, message };
}
