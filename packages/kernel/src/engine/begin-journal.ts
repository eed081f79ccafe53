import type { CompiledChart } from "../chart/compiled-chart.ts";
import { hex, NO_LEAF } from "../hash.ts";
import { CLOCK_AHEAD_MS, CLOCK_BEHIND_MS } from "../limits.ts";
import { genesisInputs } from "../reduce/genesis.ts";
import type { Accepted, ClockBounds } from "../reduce/state.ts";
import { World } from "../reduce/world.ts";
import type { ChartShelf } from "./chart-shelf.ts";
import { chartText } from "./chart-text.ts";
import type { EngineKernel } from "./engine-kernel.ts";
import { assertDurable, assertRecord, assertTerm } from "./invariants.ts";
import type { Ports } from "./ports.ts";
import { createSignRecord } from "./sign-record.ts";

/** What a new journal begins with. The node's key is that of the port `Crypto`. */
export interface NewJournal {
  /** Of the installation; with 32 random hex digits it is the origin. */
  readonly name: string;
  /** `hmmm:pubkey:…` of the first operator. */
  readonly operator: string;
  /** `charts/identity.yaml`, compiled. */
  readonly identityChart: CompiledChart;
  readonly bounds?: ClockBounds;
  /** Flags that records are made under; none unless given. */
  readonly flags?: readonly number[];
}

export type Begun =
  | { readonly ok: true; readonly accepted: Accepted; readonly world: World }
  | { readonly ok: false; readonly reasons: readonly string[] };

/**
 * Writes record 0, durably, and gives it with the empty world that it is still to be folded into. Where reduce refuses the
 * genesis nothing was written.
 */
export async function beginJournal(
  kernel: EngineKernel,
  ports: Ports,
  given: { readonly genesis: NewJournal; readonly shelf: ChartShelf },
): Promise<Begun> {
  const { clock, crypto, journal, random } = ports;
  const { genesis, shelf } = given;
  const chart = genesis.identityChart;
  shelf.put(chart);
  await journal.saveEvidence(chart.hash, chartText(chart));
  const world = new World((hash) => shelf.at(hash));
  const at = clock.now();
  const verdict = kernel.reduce(world, {
    kind: "engine",
    moment: { index: 0, prev: NO_LEAF, at, now: at },
    act: {
      act: "@genesis",
      inputs: genesisInputs({
        origin: `${genesis.name}/${hex(random.bytes(16))}`,
        node: crypto.node,
        operator: genesis.operator,
        bounds: genesis.bounds ?? { behindMs: CLOCK_BEHIND_MS, aheadMs: CLOCK_AHEAD_MS },
        flags: genesis.flags ?? [],
        identityChart: chart.hash,
      }),
    },
    sign: createSignRecord(kernel.hasher, crypto),
  });
  if (verdict.kind !== "accepted")
    return { ok: false, reasons: verdict.kind === "refused" ? verdict.reasons : [] };
  assertRecord(verdict, { end: world.end, head: () => undefined });
  const term = journal.term;
  await journal.append({ firstIndex: 0, records: [verdict.text], term });
  assertTerm(term, journal.term);
  assertDurable(0, journal.size);
  return { ok: true, accepted: verdict, world };
}
