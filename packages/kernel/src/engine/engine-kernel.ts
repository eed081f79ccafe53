import type { CompiledChart } from "../chart/compiled-chart.ts";
import type { Attestation } from "../chart/native-guard.ts";
import type { NormalChart } from "../chart/normal-chart.ts";
import type { Hasher, LeafHash } from "../hash.ts";
import type { LogRecord } from "../log/record.ts";
import type { Replayed } from "../reduce/replay.ts";
import type { ProposalInput, ReduceInput, State, Verdict } from "../reduce/state.ts";
import type { World } from "../reduce/world.ts";

/** Charts that are installed, by name, for the types of reads. */
export type OtherCharts = (name: string) => NormalChart | undefined;

export type CompiledNormal =
  | { readonly ok: true; readonly chart: CompiledChart }
  | { readonly ok: false; readonly problem: string };

/** The pure functions that the engine drives. Nothing else of the kernel decides anything here. */
export interface EngineKernel {
  readonly hasher: Hasher;
  reduce(state: State, input: ReduceInput): Verdict;
  /** What must be checked outside before this proposal can be reduced, in the order of the verdict; [] mostly. */
  attestations(state: State, input: ProposalInput): readonly Attestation[];
  /** Decides again about a world's next record from its bytes. */
  replay(world: World, text: string): Replayed;
  /** Body of the 202 answer, from the record alone. */
  answer(record: LogRecord, leaf: LeafHash): string;
  /** A chart from the text of its normal form. */
  compileNormal(text: string, otherCharts: OtherCharts): CompiledNormal;
}
