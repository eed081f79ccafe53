import { performance } from "node:perf_hooks";
import type { Answer, State } from "@swoosh/kernel";
import type { Problem } from "@swoosh/protocol";
import type { JournalMeter } from "./metered-journal.ts";
import { MetricStore } from "./metric-store.ts";
import { QuarantineWatch } from "./quarantine-watch.ts";
import { glanceAtRecord, instanceOfProposal, transitionOfAnswer } from "./record-glance.ts";

type Document = NonNullable<ReturnType<State["head"]>>["document"];

/** A proposal on its way: when it came, and where its instance stood. */
export interface ProposalWatch {
  readonly begunMs: number;
  readonly instance: string | undefined;
  readonly before: Document | undefined;
}

/** What one node counts of its work. Everything here is called for every record or proposal, so it parses nothing. */
export class NodeMetrics implements JournalMeter {
  readonly store = new MetricStore();
  #snapshotFailure: unknown = null;
  readonly #quarantine = new QuarantineWatch(() => this.store.add("swoosh_quarantine_total"));

  noteBatch(records: number): void {
    this.store.observe("swoosh_batch_records", records);
  }

  noteSync(seconds: number): void {
    this.store.observe("swoosh_fsync_seconds", seconds);
  }

  /** Why the newest snapshot was not stored; null where it was. */
  get snapshotFailure(): unknown {
    return this.#snapshotFailure;
  }

  noteSnapshot(result: "stored" | "failed", error: unknown = null): void {
    this.#snapshotFailure = error;
    this.store.add("swoosh_snapshot_total", { result });
  }

  /** The folder is open: `seconds` were needed for it, and this is the state that it holds. */
  noteOpened(seconds: number, state: Pick<State, "head">, instances: Iterable<string>): void {
    this.store.set("swoosh_recovery_time_seconds", seconds);
    for (const instance of instances)
      this.#quarantine.begin(instance, state.head(instance)?.document.configuration ?? []);
  }

  /** Every record after it became durable. */
  noteRecord(text: string): void {
    const glance = glanceAtRecord(text);
    this.store.add("swoosh_transition_total", { transition: glance.transition });
    this.#quarantine.note(text, glance);
  }

  beginProposal(text: string, state: Pick<State, "head">): ProposalWatch {
    const instance = instanceOfProposal(text);
    const before = instance === undefined ? undefined : state.head(instance)?.document;
    return { begunMs: performance.now(), instance, before };
  }

  noteAnswer(
    watch: ProposalWatch,
    answer: Answer,
    now: { readonly state: Pick<State, "head">; readonly size: number },
  ): void {
    if (answer.kind === "refused" || answer.dryRun) return;
    if (answer.replayed) {
      const transition = transitionOfAnswer(answer.text);
      this.store.observe("swoosh_retry", now.size - 1 - answer.index, { transition });
      return;
    }
    const seconds = (performance.now() - watch.begunMs) / 1000;
    const after = watch.instance === undefined ? undefined : now.state.head(watch.instance);
    for (const region of movedRegions(watch.before, after?.document))
      this.store.observe("swoosh_state_advance_latency_seconds", seconds, { region });
  }

  noteRefusal(problem: Problem): void {
    this.store.add("swoosh_refusal_total", { code: problem.code });
    for (const { guard, ok } of problem.guard_outcomes ?? [])
      if (!ok) this.store.add("swoosh_guard_fail_total", { guard });
  }
}

/** Regions whose epoch grew between the two; all of an instance that is new. */
function movedRegions(before: Document | undefined, after: Document | undefined): string[] {
  const moved: string[] = [];
  for (const [region, epoch] of Object.entries(after?.epoch ?? {}))
    if (before?.epoch[region] !== epoch) moved.push(region);
  return moved;
}
