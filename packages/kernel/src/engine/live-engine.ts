import type { CompiledChart } from "../chart/compiled-chart.ts";
import { assert } from "../invariant.ts";
import type { JsonObject } from "../json/json.ts";
import type { IndexedHead } from "../reduce/document.ts";
import type { EngineAct, State } from "../reduce/state.ts";
import type { Refused } from "../refusal.ts";
import type { Answer, RefusedAnswer } from "./answer.ts";
import { chartText } from "./chart-text.ts";
import { clear, signatureProblem, type ClearanceDoors } from "./clearance.ts";
import type { DurableState } from "./durable-state.ts";
import { edgeRefusal } from "./edge-refusal.ts";
import type { EngineKernel } from "./engine-kernel.ts";
import type { EngineBounds } from "./engine-options.ts";
import type { Engine, EngineActs, EngineStatus, ProposeOptions } from "./engine.ts";
import { fenceOf, type Fence } from "./fence.ts";
import { assertDurable, assertSameSize, assertTerm } from "./invariants.ts";
import { isOperator } from "./is-operator.ts";
import { JournalError } from "./journal-error.ts";
import { Lanes, type Lane } from "./lanes.ts";
import { parseProposal, type SignedProposal } from "./parse-proposal.ts";
import type { Pending, PendingProposal } from "./pending.ts";
import type { Ports } from "./ports.ts";
import type { Recovered } from "./recover.ts";
import { settlePlan } from "./settle-plan.ts";
import { createSignRecord, type SignRecord } from "./sign-record.ts";
import { Sleeper } from "./sleeper.ts";
import { SnapshotTaker, type SnapshotResult } from "./snapshot-taker.ts";
import { planTurn, type TurnPlan } from "./turn.ts";
import { Underway, type Ticket } from "./underway.ts";

/**
 * The engine at work. Owns the loop, the queues and the fence; the durable state is changed here alone, between an
 * append that resolved and the answers. Never owns time, bytes or keys: those are the ports'.
 *
 * L1: one turn at a time. L2: after the fence nothing is appended, published or answered but `fenced`.
 */
export class LiveEngine implements Engine {
  readonly fenced: Promise<Fence>;
  readonly act: EngineActs;
  readonly #kernel: EngineKernel;
  readonly #ports: Ports;
  readonly #bounds: EngineBounds;
  readonly #recovered: Recovered;
  readonly #durable: DurableState;
  readonly #doors: ClearanceDoors;
  readonly #sign: SignRecord;
  readonly #lanes: Lanes<Pending>;
  readonly #underway = new Underway();
  readonly #sleeper: Sleeper;
  readonly #snapshots: SnapshotTaker;
  /** Timers that reduce refused: left alone until the instance moves. */
  readonly #stuck = new Map<string, Refused>();
  readonly #term: number;
  #announceFence: (fence: Fence) => void = () => {};
  #fence: Fence | null = null;
  #stopping = false;
  #running: Promise<void> | null = null;
  /** While the disk is full: when it was found to be, by the clock. */
  #fullSince: number | null = null;
  /** Instances whose timers fired at this reading of the clock: a timer that sets itself anew waits for the next ms. */
  #fired: { now: number; readonly instances: Set<string> } = { now: -1, instances: new Set() };

  constructor(given: {
    readonly kernel: EngineKernel;
    readonly ports: Ports;
    readonly bounds: EngineBounds;
    readonly recovered: Recovered;
  }) {
    const { kernel, ports, bounds, recovered } = given;
    this.#kernel = kernel;
    this.#ports = ports;
    this.#bounds = bounds;
    this.#recovered = recovered;
    this.#durable = recovered.durable;
    this.#term = ports.journal.term;
    const { crypto, journal, clock } = ports;
    this.#doors = { kernel, crypto, journal, clock, durable: this.#durable };
    this.#sign = createSignRecord(kernel.hasher, ports.crypto);
    this.#lanes = new Lanes(bounds.lanes);
    this.#sleeper = new Sleeper(ports.clock, () => this.#wake());
    this.#snapshots = new SnapshotTaker(kernel, ports.journal, this.#durable);
    this.fenced = new Promise((resolve) => (this.#announceFence = resolve));
    this.act = {
      installChart: (chart) => this.#actWithChart(chart, { act: "@chart", chart }),
      migrate: (instance, to, mapping) =>
        this.#actWithChart(to, { act: "@migrate", instance, to, mapping }),
      seal: (instance) => this.#enqueueAct({ act: "@seal", instance }),
    };
    this.#guard(() => this.#resume());
  }

  get state(): State {
    return this.#durable.state;
  }

  propose(request: string | JsonObject, options: ProposeOptions = {}): Promise<Answer> {
    const closed = this.#closed();
    if (closed !== null) return Promise.resolve(closed);
    const lane = this.#admit(options.operator === true);
    if (lane === null) return Promise.resolve(this.#crowded());
    return new Promise((resolve) => {
      const ticket = this.#underway.open(resolve, () => this.#lanes.leave(lane));
      void this.#clear(request, { lane, ticket, dryRun: options.dryRun === true });
    });
  }

  turnsAway(options: Pick<ProposeOptions, "operator"> = {}): RefusedAnswer | null {
    const closed = this.#closed();
    if (closed !== null) return closed;
    const isOpen =
      this.#lanes.hasRoom("proposals") ||
      (options.operator === true && this.#lanes.hasRoom("operators"));
    return isOpen && !this.#isFull() ? null : this.#crowded();
  }

  head(instance: string): IndexedHead | undefined {
    return this.#durable.world.head(instance);
  }

  *instances(from = 0): Iterable<string> {
    let place = 0;
    for (const head of this.#durable.world.heads()) {
      if (place >= from) yield head.document.meta.instance;
      place += 1;
    }
  }

  charts(): Iterable<CompiledChart> {
    return this.#durable.world.charts();
  }

  async records(from: number, limit: number): Promise<readonly string[]> {
    const count = Math.min(limit, this.#durable.size - from);
    return count > 0 ? this.#ports.journal.read(from, count) : [];
  }

  checkpoint(): { readonly size: number; readonly root: string } {
    const size = this.#durable.treeSize;
    assertDurable(size - 1, this.#ports.journal.size);
    return { size, root: this.#durable.root() };
  }

  status(): EngineStatus {
    const problems = [
      ...(this.#fence === null ? [] : [this.#fence.message]),
      ...(this.#fullSince === null ? [] : ["the journal's disk is full; free some space"]),
      ...[...this.#stuck].map(
        ([instance, refused]) =>
          `a timer of ${instance} was refused: ${refused.reasons.join("; ")}`,
      ),
    ];
    return {
      condition: this.#condition(problems.length > 0),
      problems,
      fence: this.#fence,
      origin: this.state.origin,
      term: this.#term,
      size: this.#durable.size,
      at: this.#durable.end.at,
      depths: this.#lanes.depths,
      stuck: new Map(this.#stuck),
      snapshotIndex: this.#snapshots.lastIndex,
      recovery: this.#recovered.recovery,
    };
  }

  async snapshot(): Promise<SnapshotResult> {
    if (this.#fence !== null)
      return { kind: "failed", message: `the engine is fenced: ${this.#fence.message}` };
    return this.#snapshots.take();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.race([this.#underway.whenIdle(), this.fenced]);
    await this.#running;
    this.#sleeper.sleepUntil(undefined);
    if (this.#fence === null) await this.#snapshots.take();
  }

  #condition(hasProblems: boolean): EngineStatus["condition"] {
    if (this.#fence !== null) return "fenced";
    if (this.#stopping) return "stopped";
    return hasProblems ? "degraded" : "ok";
  }

  /** After recovery: effects that are still open are handed out again, and what became due meanwhile is done. */
  #resume(): void {
    for (const effect of this.#recovered.openEffects) this.#ports.transport.dispatch(effect);
    this.#wake();
  }

  /** A place, general ones first; operators have some of their own. null: none. Costs the same however full it is. */
  #admit(operator: boolean): Lane | null {
    if (this.#isFull()) return null;
    if (this.#lanes.admit("proposals")) return "proposals";
    return operator && this.#lanes.admit("operators") ? "operators" : null;
  }

  #closed(): RefusedAnswer | null {
    if (this.#fence !== null) return fencedAnswer(this.#fence);
    return this.#stopping
      ? this.#overloaded("the engine is stopping; ask again after the restart")
      : null;
  }

  #refusal(refused: Refused): Answer {
    const [reason = ""] = refused.reasons;
    return refused.code === "overloaded" ? this.#overloaded(reason) : refusedAnswer(refused);
  }

  #crowded(): RefusedAnswer {
    return this.#overloaded(
      `${this.#bounds.lanes.proposals} proposals are under way, the most there may be`,
    );
  }

  #overloaded(reason: string): RefusedAnswer {
    const waitMs = this.#bounds.retryAfterMs;
    const [dice = 0] = this.#ports.random.bytes(1);
    // Spread, so that those who were refused together do not come back together.
    const retryAfterMs = waitMs + Math.floor((waitMs * dice) / 256);
    const full =
      this.#fullSince === null ? reason : "the journal's disk is full; it is tried again by itself";
    return { kind: "refused", refused: edgeRefusal("overloaded", [full]), retryAfterMs };
  }

  /** Everything before the queue: the edge's rules, the signature, the key, the attestations. */
  async #clear(
    request: string | JsonObject,
    given: { readonly lane: Lane; readonly ticket: Ticket; readonly dryRun: boolean },
  ): Promise<void> {
    const { lane, ticket, dryRun } = given;
    try {
      const { origin } = this.state;
      const parsed = parseProposal(request, { hasher: this.#kernel.hasher, origin });
      if (!parsed.ok) return ticket.settle(refusedAnswer(parsed.refused));
      const { signed } = parsed;
      if (lane === "operators" && !isOperator(this.state, signed.proposal.signer))
        return ticket.settle(this.#overloaded("the reserved places are for operators"));
      const problem = await signatureProblem(this.#doors, signed);
      if (problem !== undefined) return ticket.settle(this.#refusal(problem));
      await this.#enqueueCleared(signed, { lane, ticket, dryRun, bounces: 0 });
    } catch (error) {
      this.#fail(error);
    }
  }

  async #enqueueCleared(
    signed: SignedProposal,
    given: Pick<PendingProposal, "lane" | "ticket" | "dryRun" | "bounces">,
  ): Promise<void> {
    const cleared = clear(this.#doors, signed, given.dryRun);
    const found = "ok" in cleared ? cleared : await cleared;
    if (!found.ok) return given.ticket.settle(this.#refusal(found.refused));
    this.#lanes.push({ kind: "proposal", signed, ...given, ...found.cleared });
    this.#wake();
  }

  async #clearAgain(item: PendingProposal): Promise<void> {
    try {
      const { lane, ticket, dryRun, bounces } = item;
      await this.#enqueueCleared(item.signed, { lane, ticket, dryRun, bounces: bounces + 1 });
    } catch (error) {
      this.#fail(error);
    }
  }

  /** An act that names a chart by its hash: the normal form is durable before the record can be (a log without it cannot be replayed). */
  async #actWithChart(chart: CompiledChart, act: EngineAct): Promise<Answer> {
    try {
      const closed = this.#closed();
      if (closed !== null) return closed;
      await this.#ports.journal.saveEvidence(chart.hash, chartText(chart));
      this.#recovered.shelf.put(chart);
    } catch (error) {
      if (error instanceof JournalError && error.retryable) return this.#overloaded(error.message);
      this.#fail(error);
    }
    return this.#enqueueAct(act);
  }

  #enqueueAct(act: EngineAct): Promise<Answer> {
    const closed = this.#closed();
    if (closed !== null) return Promise.resolve(closed);
    if (this.#isFull() || !this.#lanes.admit("engine"))
      return Promise.resolve(
        this.#overloaded(`${this.#bounds.lanes.engine} acts are under way, the most there may be`),
      );
    return new Promise((resolve) => {
      const ticket = this.#underway.open(resolve, () => this.#lanes.leave("engine"));
      this.#lanes.push({ kind: "act", lane: "engine", act, ticket });
      this.#wake();
    });
  }

  #wake(): void {
    if (this.#running !== null || this.#fence !== null) return;
    this.#running = this.#run();
  }

  /** L1: the loop. Begins after the present moment, so that callers of one moment share a batch. */
  async #run(): Promise<void> {
    try {
      await Promise.resolve();
      while (this.#fence === null && this.#hasWork()) await this.#turn();
      if (this.#fence === null) this.#sleeper.sleepUntil(this.#nextAlarm());
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#running = null;
    }
  }

  #hasWork(): boolean {
    if (this.#isFull()) return false;
    return this.#lanes.waiting > 0 || (!this.#stopping && this.#due(this.#now()).length > 0);
  }

  async #turn(): Promise<void> {
    const now = this.#now();
    const at = Math.max(now, this.#durable.end.at);
    const due = this.#stopping ? [] : this.#due(now);
    const plan = planTurn(
      {
        kernel: this.#kernel,
        durable: this.#durable,
        sign: this.#sign,
        bounds: this.#bounds.batch,
        at,
        now,
      },
      { due, items: this.#lanes.take(this.#bounds.batch.recordsMax) },
    );
    this.#lanes.putBack(plan.left);
    if (plan.accepted.length > 0 && !(await this.#append(plan))) {
      this.#refuseAll(plan);
      return;
    }
    if (this.#fence !== null) return;
    this.#noteFired(now, plan.fired);
    this.#publish(plan);
    settlePlan(this.#kernel, plan, this.#durable.size);
    for (const [item, finding] of plan.findings)
      if (finding.kind === "bounced" && item.kind === "proposal") void this.#clearAgain(item);
  }

  /** False: there was no room, and nothing of the batch is in the journal. */
  async #append(plan: TurnPlan): Promise<boolean> {
    const { journal } = this.#ports;
    const firstIndex = this.#durable.size;
    assertTerm(this.#term, journal.term);
    try {
      await journal.append({
        firstIndex,
        records: plan.accepted.map((accepted) => accepted.text),
        term: this.#term,
      });
    } catch (error) {
      if (!(error instanceof JournalError && error.retryable)) throw error;
      this.#fullSince = this.#now();
      return false;
    }
    this.#fullSince = null;
    assertDurable(firstIndex + plan.accepted.length - 1, journal.size);
    return true;
  }

  /** K5: the batch is durable from here on; the state is folded whole before anything leaves. */
  #publish(plan: TurnPlan): void {
    const { journal, transport } = this.#ports;
    // Before folding: what moves in this very batch is not stuck.
    for (const [instance, refused] of plan.stuck) {
      this.#stuck.set(instance, refused);
      this.#durable.dues.forget(instance);
    }
    for (const [position, accepted] of plan.accepted.entries()) {
      this.#durable.fold(accepted, plan.digests[position]);
      for (const head of accepted.heads) this.#stuck.delete(head.document.meta.instance);
    }
    if (plan.accepted.length > 0)
      assertSameSize({
        tree: this.#durable.treeSize,
        journal: journal.size,
        state: this.#durable.size,
      });
    for (const accepted of plan.accepted) {
      const { record, effects } = accepted;
      assertDurable(record.index, journal.size);
      transport.publish(record.index, accepted.text, accepted.leaf);
      for (const id of effects.closed) transport.withdraw(id);
      for (const effect of effects.opened) transport.dispatch(effect);
    }
  }

  /**
   * Nothing was written. Verdicts of this turn may rest on records that will never be, so none may be told; dry runs
   * saw the durable state alone.
   */
  #refuseAll(plan: TurnPlan): void {
    const refused = this.#overloaded("the journal's disk is full; it is tried again by itself");
    const rehearsed = plan.findings.filter(([, finding]) => finding.kind === "rehearsed");
    settlePlan(this.#kernel, { ...plan, accepted: [], findings: rehearsed }, this.#durable.size);
    for (const [item] of plan.findings) item.ticket.settle(refused);
  }

  /** Full until tried again: after a while, or at once where the clock was set back. */
  #isFull(): boolean {
    if (this.#fullSince === null) return false;
    const waitedMs = this.#now() - this.#fullSince;
    return waitedMs >= 0 && waitedMs < this.#bounds.fullRetryMs;
  }

  /** When to look again though nobody calls. */
  #nextAlarm(): number | undefined {
    const now = this.#now();
    if (this.#fullSince !== null && this.#isFull())
      return this.#fullSince + this.#bounds.fullRetryMs;
    // What is still due after the loop has ended set itself anew at this very reading of the clock.
    return this.#allDue(now).length > 0 ? now + 1 : this.#durable.dues.nextAt;
  }

  #due(now: number): readonly string[] {
    const all = this.#allDue(now);
    return this.#fired.now === now
      ? all.filter((instance) => !this.#fired.instances.has(instance))
      : all;
  }

  #allDue(now: number): readonly string[] {
    const at = Math.max(now, this.#durable.end.at);
    return this.#durable.dues.due({ at, beat: this.#durable.beat });
  }

  #noteFired(now: number, fired: readonly string[]): void {
    if (this.#fired.now !== now) this.#fired = { now, instances: new Set() };
    for (const instance of fired) this.#fired.instances.add(instance);
  }

  #now(): number {
    const now = this.#ports.clock.now();
    assert(Number.isSafeInteger(now) && now >= 0, `the clock reads whole ms, not ${now}`);
    return now;
  }

  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** L2. */
  #fail(error: unknown): void {
    if (this.#fence !== null) return;
    this.#fence = fenceOf(error);
    this.#sleeper.sleepUntil(undefined);
    this.#underway.settleAll(fencedAnswer(this.#fence));
    this.#announceFence(this.#fence);
  }
}

function refusedAnswer(refused: Refused): RefusedAnswer {
  return { kind: "refused", refused, retryAfterMs: null };
}

function fencedAnswer(fence: Fence): RefusedAnswer {
  return refusedAnswer(
    edgeRefusal("fenced", [
      `the engine is fenced: ${fence.message}`,
      "whether this was recorded is not known; ask again with the same idem_key after the restart",
    ]),
  );
}
