/**
 * A process that only pretends: it holds what it is told to lose or to waste and a steady amount besides, so that the
 * criteria of hours can be judged in a moment. The real ones are tested where they are. What `job` says it wastes or leaks,
 * in bytes, is in what is given back.
 */
export function pretendProcess(
  job: object,
): Promise<
  { readonly ok: true; readonly value: object } | { readonly ok: false; readonly problem: string }
> {
  const fields = new Map<string, unknown>(Object.entries(job));
  const number = (name: string): number => Number(fields.get(name) ?? 0);
  if (fields.get("kind") === "hold")
    return Promise.resolve({
      ok: true,
      value: { peakBytes: 50_000_000 + number("wasteBytes"), arrayBytes: 60_000_000 },
    });
  if (fields.has("throwAtTick")) return Promise.resolve({ ok: false, problem: "thrown" });
  const samples = Array.from({ length: 60 }, (_, index) => {
    const seconds = (number("seconds") * index) / 60;
    const bytes = 40_000_000 + ((index * 7_919) % 13) + seconds * number("leak");
    return { seconds, heapBytes: bytes, residentBytes: bytes, handles: 1 };
  });
  const ticks = number("seconds") * number("ticksPerSecond");
  return Promise.resolve({
    ok: true,
    value: { samples, ticks, seconds: number("seconds"), tickMsP99: 1, held: 0 },
  });
}
