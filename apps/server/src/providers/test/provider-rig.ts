import type { JsonObject } from "@swoosh/kernel";
import { ManualClock } from "@swoosh/kernel/testing";
import { BlobStore } from "../../evidence/blob-store.ts";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SHIPPED_CHARTS } from "../../charts/shipped-charts.ts";
import { readCharts } from "../../charts/read-charts.ts";
import { createServerKernel } from "../../node/create-server-kernel.ts";
import type { Propose, ProposeAnswer, ReadFact } from "../propose.ts";
import type { Notify } from "../provider.ts";

export interface Proposed {
  readonly instance: string;
  readonly transition: string;
  readonly inputs: JsonObject;
  readonly answer: ProposeAnswer["kind"];
}

const kernel = createServerKernel();
const charts = new Map(
  readCharts(kernel, [SHIPPED_CHARTS], () => undefined).map((chart) => [chart.name, chart]),
);

/**
 * A log for providers: every proposal is decided by the shipped chart itself, in memory, at the time of a clock that tests move. Evidence
 * must have been kept here before it is named.
 */
export class ProviderRig {
  readonly folder = mkdtempSync(join(tmpdir(), "swoosh-provider-"));
  readonly clock: ManualClock;
  readonly proposed: Proposed[] = [];
  readonly notes: string[] = [];
  readonly blobs = new BlobStore(join(this.folder, "blobs"));
  /** Where false, proposals reject as they do while an engine is away. */
  isUp = true;
  readonly #facts = new Map<string, Fact>();

  constructor(start = 1_767_225_600_000) {
    this.clock = new ManualClock(start);
  }

  readonly notify: Notify = (level, message) => {
    this.notes.push(`${level} ${message}`);
  };

  readonly read: ReadFact = (instance) => this.#facts.get(instance)?.context;

  readonly keep = async (bytes: Uint8Array): Promise<string> => this.blobs.save(bytes);

  readonly propose: Propose = async (instance, transition, inputs) => {
    if (!this.isUp) throw new Error("the engine is away");
    const answer = this.#decide(instance, transition, inputs);
    this.proposed.push({ instance, transition, inputs, answer: answer.kind });
    return answer;
  };

  /** Leaves of a fact's configuration: `STATUS.GRANTED`. */
  configuration(instance: string): readonly string[] {
    return this.#facts.get(instance)?.configuration ?? [];
  }

  transitions(): readonly string[] {
    return this.proposed.map(({ transition }) => transition);
  }

  /** Lets everything run that waits for nothing but promises and real sockets' first answers. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 20; turn += 1)
      await new Promise<void>((resolve) => setImmediate(resolve));
  }

  /** Moves time in steps, so that each alarm finds the one before done. */
  async advance(ms: number, stepMs: number = ms): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) {
      this.clock.advance(Math.min(stepMs, left));
      await this.settle();
    }
  }

  #decide(instance: string, transition: string, inputs: JsonObject): ProposeAnswer {
    const missing = Object.values(inputs).find(
      (value) => typeof value === "string" && HASH.test(value) && !this.blobs.has(value),
    );
    if (missing !== undefined)
      return {
        kind: "refused",
        code: "guard_rejected",
        reasons: [`${String(missing)} is not stored`],
      };
    const known = this.#facts.get(instance) ?? begin(instance);
    // A chart alone has no store to attest evidence: that it is there was looked at above.
    const told = Object.entries(inputs).filter(
      ([, value]) => !(typeof value === "string" && HASH.test(value)),
    );
    const event = { transition, inputs: Object.fromEntries(told), at: this.clock.now() };
    const text = known.run.line(JSON.stringify(event), 1);
    const line: RunAnswer = JSON.parse(text ?? "{}");
    if (line.accepted !== true)
      return { kind: "refused", code: line.code ?? "", reasons: line.reasons ?? [] };
    this.#facts.set(instance, {
      ...known,
      configuration: line.configuration ?? [],
      context: line.context ?? {},
    });
    return { kind: "accepted" };
  }

  end(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const HASH = /^sha256-[0-9a-f]{64}$/;

interface Fact {
  readonly run: ReturnType<typeof kernel.createChartRun>;
  readonly configuration: readonly string[];
  readonly context: JsonObject;
}

interface RunAnswer {
  readonly accepted?: boolean;
  readonly code?: string;
  readonly reasons?: readonly string[];
  readonly configuration?: readonly string[];
  readonly context?: JsonObject;
}

function begin(instance: string): Fact {
  const chart = charts.get(instance.split("/")[0] ?? "");
  if (chart === undefined) throw new Error(`no chart for ${instance}`);
  return { run: kernel.createChartRun(chart), configuration: [], context: {} };
}
