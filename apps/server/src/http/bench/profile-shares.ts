/** A CPU profile as V8's inspector and `--cpu-prof` give it. */
export interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[];
}

/** A part, and which frames are its own, as `function url`. Where two know one frame the first has it. */
export type Part = readonly [name: string, frame: RegExp];

/** What no part knows. */
export const NO_PART = "everything else";

const COLLECTOR = "(garbage collector)";
/** Gaps longer than this, in microseconds, are other processes' time, not this one's. */
const GAP_MAX = 3_000;

/**
 * Share of the time by part. A sample belongs to the first part, from its innermost frame outwards, that knows a frame of
 * it. `under`: of the time below frames that it matches alone; a collection, which has no frames, is below what it
 * interrupted.
 */
export function sharesOf(
  profile: Profile,
  parts: readonly Part[],
  under?: RegExp,
): ReadonlyMap<string, number> {
  const frames = new Map(
    profile.nodes.map(({ id, callFrame: { functionName, url } }) => [id, `${functionName} ${url}`]),
  );
  const parents = new Map(
    profile.nodes.flatMap(({ id, children }) => (children ?? []).map((child) => [child, id])),
  );
  const partOf = (id: number | undefined): string => {
    const frame = id === undefined ? undefined : frames.get(id);
    if (frame === undefined) return NO_PART;
    return parts.find(([, own]) => own.test(frame))?.[0] ?? partOf(parents.get(id ?? 0));
  };
  const isUnder = (id: number | undefined): boolean => {
    const frame = id === undefined ? undefined : frames.get(id);
    if (frame === undefined) return false;
    return under === undefined || under.test(frame) || isUnder(parents.get(id ?? 0));
  };
  const shares = new Map<string, number>();
  let total = 0;
  let isCounted = false;
  for (const [at, id] of profile.samples.entries()) {
    const frame = frames.get(id) ?? "";
    if (!frame.startsWith(COLLECTOR) || under === undefined) isCounted = isUnder(id);
    if (!isCounted || frame.startsWith("(idle)")) continue;
    const took = Math.min(profile.timeDeltas[at + 1] ?? 0, GAP_MAX);
    const part = partOf(id);
    shares.set(part, (shares.get(part) ?? 0) + took);
    total += took;
  }
  return new Map([...shares].map(([part, took]) => [part, took / total]));
}
