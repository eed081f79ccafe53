/** A claim as `council/<project>` holds it. */
export interface Claim {
  readonly key: string;
  readonly load: number;
  readonly role: string;
  readonly weight: number;
}

/** How many members a role has; core roles are filled first. */
export interface Seat {
  readonly core: boolean;
  readonly name: string;
  readonly seats: number;
}

export interface Member {
  readonly key: string;
  readonly role: string;
}

/**
 * Who sits on the council (orchestrator design §3): for each role, core ones first and each group in its own order, the
 * claimants of that role by (weight descending, load ascending, key ascending). A function of the recorded claims alone,
 * so whoever reads the same log elects the same. The members come sorted by key; a role without claimants stays empty.
 */
export function electCouncil(seats: readonly Seat[], claims: readonly Claim[]): readonly Member[] {
  const ordered = [...seats.filter(({ core }) => core), ...seats.filter(({ core }) => !core)];
  const members = new Map<string, string>();
  for (const { name, seats: count } of ordered) {
    const able = claims
      .filter(({ key, role }) => role === name && !members.has(key))
      .toSorted(
        (one, other) =>
          other.weight - one.weight || one.load - other.load || byText(one.key, other.key),
      );
    for (const { key } of able.slice(0, count)) members.set(key, name);
  }
  return [...members]
    .map(([key, role]) => ({ key, role }))
    .toSorted((one, other) => byText(one.key, other.key));
}

/** Roles with fewer claimants than seats, each as often as seats are missing. */
export function openSeats(seats: readonly Seat[], claims: readonly Claim[]): readonly string[] {
  const ordered = [...seats.filter(({ core }) => core), ...seats.filter(({ core }) => !core)];
  return ordered.flatMap(({ name, seats: count }) => {
    const taken = claims.filter(({ role }) => role === name).length;
    return Array.from({ length: Math.max(0, count - taken) }, () => name);
  });
}

/** Keys are ASCII: units are bytes. */
function byText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
