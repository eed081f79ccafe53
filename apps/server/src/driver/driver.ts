// The driver's door: pure over its ports, so that the simulator drives, and counts its agents, with it too.
import { chartNameOf, type Hasher, type Json, type JsonObject } from "@swoosh/kernel";
import type { Session } from "@swoosh/fleet";
import { decide } from "./decide.ts";
import { decideRecall } from "./decide-recall.ts";
import type { CallAnswer, Patience, Step } from "./view.ts";
import { ViewMaker, type Seeing } from "./view-maker.ts";

export { countFree } from "../projects/count-free.ts";
export { decide } from "./decide.ts";
export { Project } from "./project-document.ts";
export type { CallAnswer, Step, View } from "./view.ts";
export { ViewMaker, type Seeing } from "./view-maker.ts";

/** What became of a proposal of the driver's. */
export type DriverAnswer =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: string; readonly reasons: readonly string[] };

/** The doors of the driver. Nothing here throws but where it says so. */
export interface DriverPorts extends Seeing {
  readonly hasher: Hasher;
  /** Calls `wake` once, `ms` from now; the answer cancels it. */
  wakeIn(ms: number, wake: () => void): () => void;
  propose(
    by: "driver" | "fleet",
    proposal: {
      readonly instance: string;
      readonly transition: string;
      readonly inputs: JsonObject;
      readonly window?: string;
      readonly evidence?: readonly string[];
    },
  ): Promise<DriverAnswer>;
  /** Stores a text as evidence; resolves when it is durable. */
  store(text: string): Promise<void>;
  /** Calls an agent; rejects where no answer comes, with a `code`. */
  ask(agent: string, op: string, data: JsonObject, deadlineMs: number): Promise<Json>;
  lease(session: Session, data: JsonObject): Promise<void>;
  release(session: Session, reason: string): Promise<void>;
  seal(instance: string): Promise<void>;
  /** Told of what the driver could not do, for the log: `warn` where an agent itself said so more than once. */
  note(level: "info" | "warn", message: string, about: JsonObject): void;
}

export interface DriverOptions {
  readonly patience?: Partial<Patience>;
  /** ms between two looks where nothing happens: time alone makes some rows true. */
  readonly lookMs?: number;
}

export interface Driver {
  /** A record became durable, or an agent came or went: look again. Cheap; looks are coalesced. */
  look(): void;
  /** Resolves when what is under way has ended. */
  stop(): Promise<void>;
}

const PATIENCE: Patience = { quorumMs: 2_000, lostMs: 10_000 };
const LOOK_MS = 500;
/** ms before a call that failed, or a proposal that was refused, is tried again. */
const AGAIN_MS = 1_000;
/** ms at most before a call that an agent keeps refusing is made again; the wait doubles up to there. */
const AGAIN_MS_MAX = 30_000;
const REFUSALS_KEPT = 1_000;
/** Codes of calls that never came to an answer: they say nothing of what the agent can. */
const UNANSWERED: ReadonlySet<string> = new Set(["deadline", "lost", "no_credit", "offline"]);

/**
 * The loop around the table (orchestrator design §1): for each project that goes on, the view, then the steps. Owns what
 * only the present knows: calls under way and their answers, and what was refused lately. All of it may be lost at any time:
 * a driver that starts anew finds in the log what it needs.
 */
export function createDriver(ports: DriverPorts, options: DriverOptions = {}): Driver {
  return new Loop(ports, options);
}

class Loop implements Driver {
  readonly #ports: DriverPorts;
  readonly #views: ViewMaker;
  readonly #lookMs: number;
  readonly #answers = new Map<string, CallAnswer>();
  /** How often in a row an agent said no to a call. */
  readonly #refusals = new Map<string, number>();
  /** Steps that were refused, by what they were and on which state. */
  readonly #refused = new Map<string, number>();
  readonly #sealed = new Set<string>();
  /** ms until the next look: a licence that ends by time alone tells nobody. */
  #nextMs = LOOK_MS;
  #isDue = false;
  #isStopped = false;
  #running: Promise<void> | null = null;
  #cancel: () => void = () => {};

  constructor(ports: DriverPorts, { lookMs = LOOK_MS, patience = {} }: DriverOptions) {
    this.#ports = ports;
    this.#lookMs = lookMs;
    this.#views = new ViewMaker(ports, { ...PATIENCE, ...patience });
    this.look();
  }

  look(): void {
    this.#isDue = true;
    if (this.#isStopped || this.#running !== null) return;
    this.#cancel();
    this.#running = this.#run().finally(() => {
      this.#running = null;
      if (this.#isStopped) return;
      if (this.#isDue) this.look();
      else this.#cancel = this.#ports.wakeIn(this.#nextMs, () => this.look());
    });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel();
    await this.#running;
  }

  async #run(): Promise<void> {
    this.#isDue = false;
    this.#nextMs = this.#lookMs;
    // A look is a turn of its own: whoever told of a record has finished with it.
    await Promise.resolve();
    this.#views.begin();
    const projects = [...this.#ports.instances()].filter((one) => chartNameOf(one) === "project");
    let isRecalled = false;
    for (const instance of projects) {
      if (this.#isStopped) return;
      if (!isRecalled && this.#hasLicenceEnded()) {
        for (const one of projects) this.#recall(one);
        isRecalled = true;
      }
      await this.#drive(instance);
    }
  }

  #hasLicenceEnded(): boolean {
    const stopAt = this.#ports.document("license/main")?.context["stop_at"];
    return typeof stopAt === "number" && stopAt <= this.#ports.now();
  }

  /** Tasks may hold any socket, and must not wait for what other projects propose, one by one. */
  #recall(instance: string): void {
    const view = this.#views.of(instance, this.#answers);
    if (view === undefined || view.project.isEnded) return;
    for (const step of decideRecall(view)) if (step.kind === "release") this.#call(step);
  }

  async #drive(instance: string): Promise<void> {
    const view = this.#views.of(instance, this.#answers);
    if (view === undefined) return;
    const leftMs = (view.licence?.stop_at ?? 0) - view.now;
    if (leftMs > 0) this.#nextMs = Math.min(this.#nextMs, leftMs);
    for (const step of decide(view, this.#ports.hasher)) {
      if (this.#isStopped) return;
      if (step.kind !== "propose") this.#call(step);
      else if (await this.#propose(step, view.project.seq)) this.#isDue = true;
    }
    if (view.project.isEnded) await this.#seal(instance);
  }

  async #propose(step: Extract<Step, { kind: "propose" }>, seq: number): Promise<boolean> {
    const { by, evidence, inputs, instance, store = [], transition, window } = step;
    const key = `${instance} ${transition} ${seq} ${window ?? ""} ${JSON.stringify(inputs)}`;
    const now = this.#ports.now();
    if (now - (this.#refused.get(key) ?? -AGAIN_MS) < AGAIN_MS) return false;
    for (const text of store) await this.#ports.store(text);
    const answer = await this.#ports.propose(by, {
      instance,
      transition,
      inputs,
      ...(window === undefined ? {} : { window }),
      ...(evidence === undefined ? {} : { evidence }),
    });
    if (answer.ok) return true;
    this.#refused.set(key, now);
    if (this.#refused.size > 1_000) this.#forgetRefusals(now);
    this.#ports.note("info", `${transition} on ${instance} was refused`, {
      code: answer.code,
      reasons: [...answer.reasons],
    });
    return false;
  }

  #forgetRefusals(now: number): void {
    for (const [key, at] of this.#refused) if (now - at >= AGAIN_MS) this.#refused.delete(key);
  }

  #call(step: Exclude<Step, { kind: "propose" }>): void {
    const key = keyOf(step);
    if (this.#answers.has(key)) return;
    this.#answers.set(key, { kind: "pending" });
    const settle = (answer: CallAnswer, againMs: number): void => {
      this.#answers.set(key, answer);
      // What failed may be asked again, and what was handed over is seen from then on.
      if (answer.kind === "failed" || step.kind !== "ask")
        this.#ports.wakeIn(againMs, () => this.#answers.delete(key));
      this.look();
    };
    void this.#made(step).then(
      (value) => {
        this.#refusals.delete(key);
        settle({ kind: "done", value }, AGAIN_MS);
      },
      (error: unknown) => {
        const { code, message } = failureOf(error);
        const refusals = UNANSWERED.has(code) ? 0 : this.#countRefusal(key);
        const level = refusals > 1 ? "warn" : "info";
        this.#ports.note(level, `a call to an agent failed: ${message}`, { call: key, code });
        const againMs = AGAIN_MS * 2 ** Math.max(0, refusals - 1);
        settle({ kind: "failed", code, message, refusals }, Math.min(againMs, AGAIN_MS_MAX));
      },
    );
  }

  #countRefusal(key: string): number {
    const refusals = (this.#refusals.get(key) ?? 0) + 1;
    // Keys name a state of the world, and most never come back: to forget them all asks some again sooner.
    if (this.#refusals.size >= REFUSALS_KEPT) this.#refusals.clear();
    this.#refusals.set(key, refusals);
    return refusals;
  }

  async #made(step: Exclude<Step, { kind: "propose" }>): Promise<Json> {
    switch (step.kind) {
      case "ask":
        return this.#ports.ask(step.agent, step.op, step.data, step.deadlineMs);
      case "lease":
        await this.#ports.lease(step.session, step.data);
        return null;
      case "release":
        await this.#ports.release(step.session, step.reason);
        this.#ports.note("info", `the agent ${step.session.agent} was told to stop`, {
          reason: step.reason,
          session: step.session.id,
        });
        return null;
    }
  }

  async #seal(instance: string): Promise<void> {
    if (this.#sealed.has(instance)) return;
    this.#sealed.add(instance);
    await this.#ports.seal(instance);
  }
}

function keyOf(step: Exclude<Step, { kind: "propose" }>): string {
  if (step.kind === "ask") return step.key;
  return `${step.kind}:${step.session.id}:${step.session.fence}`;
}

function failureOf(error: unknown): { readonly code: string; readonly message: string } {
  const code: unknown = Object(error)["code"];
  return {
    code: typeof code === "string" ? code : "failed",
    message: error instanceof Error ? error.message : String(error),
  };
}
