const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** `500ms`, `60s`, `5m`, `12h`, `7d`, `2w` in ms; undefined where it is no duration. */
export function parseDuration(text: string): number | undefined {
  const found = /^(0|[1-9]\d{0,8})(ms|s|m|h|d|w)$/.exec(text);
  if (found === null) return undefined;
  return Number(found[1]) * (UNITS_MS[found[2] ?? ""] ?? 0);
}

/** For people: the two largest units that say something (`2 d 3 h`, `4 s`, `120 ms`). */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 10_000) return `${Math.floor(ms / 1_000)}.${Math.floor((ms % 1_000) / 100)} s`;
  const seconds = Math.floor(ms / 1_000);
  const parts = [
    { amount: Math.floor(seconds / 86_400), unit: "d" },
    { amount: Math.floor((seconds % 86_400) / 3_600), unit: "h" },
    { amount: Math.floor((seconds % 3_600) / 60), unit: "min" },
    { amount: seconds % 60, unit: "s" },
  ];
  const first = parts.findIndex(({ amount }) => amount > 0);
  return parts
    .slice(first, first + 2)
    .filter(({ amount }) => amount > 0)
    .map(({ amount, unit }) => `${amount} ${unit}`)
    .join(" ");
}
