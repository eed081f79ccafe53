/** Versions of the protocol that this program speaks, oldest first. 1.0.0 is that of legacy runners. */
export const AGENT_VERSIONS = ["1.0.0", "2.0.0"] as const;
export type AgentVersion = (typeof AGENT_VERSIONS)[number];

/** Oldest and newest that one side speaks, both included. */
export interface VersionRange {
  readonly max: string;
  readonly min: string;
}

export const SUPPORTED_VERSIONS: VersionRange = { max: "2.0.0", min: "1.0.0" };
/** What a runner of today offers: 1.0.0 is one agent a connection, which it does not speak. */
export const RUNNER_VERSIONS: VersionRange = { max: "2.0.0", min: "2.0.0" };

export type Negotiated =
  | { readonly ok: true; readonly version: AgentVersion }
  | { readonly ok: false; readonly message: string; readonly supported: VersionRange };

/**
 * The newest version that lies in the runner's range, of those that the controller speaks (oldest first): fixed for the
 * connection. Ask only after the runner has shown who it is: a stranger learns no versions.
 */
export function negotiate(
  offer: VersionRange,
  spoken: readonly [AgentVersion, ...AgentVersion[]] = AGENT_VERSIONS,
): Negotiated {
  const supported = { max: spoken.at(-1) ?? spoken[0], min: spoken[0] };
  const no = (message: string): Negotiated => ({ ok: false, message, supported });
  const low = parseVersion(offer.min);
  const high = parseVersion(offer.max);
  if (low === undefined || high === undefined || compare(low, high) > 0) {
    return no(`${offer.min} to ${offer.max} is no range of versions`);
  }
  const version = spoken.findLast((one) => {
    const parsed = parseVersion(one);
    return parsed !== undefined && compare(parsed, low) >= 0 && compare(parsed, high) <= 0;
  });
  if (version !== undefined) return { ok: true, version };
  const offered = offer.min === offer.max ? offer.min : `${offer.min} to ${offer.max}`;
  return no(
    `Incompatible protocol version ${offered}. Controller speaks ${spoken.join(" and ")}; upgrade whichever is older.`,
  );
}

type Parsed = readonly [number, number, number];

function parseVersion(text: string): Parsed | undefined {
  const match = /^(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})$/.exec(text);
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3])];
}

function compare(one: Parsed, other: Parsed): number {
  return one[0] - other[0] || one[1] - other[1] || one[2] - other[2];
}
