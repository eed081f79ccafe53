import type { Document, State } from "@swoosh/kernel";
import { Project } from "@swoosh/server/driver";
import type { SeededRandom } from "@swoosh/kernel/testing";
import type { Healed, Outlook, Wished } from "../workload.ts";
import { AGENTS, beat, documentOf, dueFacts } from "./project-facts.ts";
import { disagreements, fleetOf, unconverged } from "./fleet-problems.ts";

/** One beat each. Six of them, and whoever is gone is given up. */
const ROUND_MS = 5_000;
/** Three bars see a project through, and it may be worked at after another, with a council and agents that changed. */
const ROUNDS_MAX = 120;
/** A round that proposes more does not come to rest. */
const PROPOSALS_MAX = 200;

/** A fleet in which everybody does at once and well what is asked. */
export interface WellFleet {
  /** Instances. */
  readonly projects: readonly string[];
  look(state: State, outlook: Outlook): void;
  isAlive(agent: string): boolean;
  /** It dies, for good. */
  bury(agent: string): void;
  /** What driver, agents and ingestion would propose for a project now. */
  due(random: SeededRandom, instance: string): Iterable<Wished>;
  /** An agent's next connection. */
  connect(agent: string): Wished;
  disconnect(agent: string): Wished;
  /** What a person decides. */
  decided(instance: string, transition: string, reason?: string): Wished;
}

/**
 * Drives a healed world on until every project has ended, and says what is not as it must be then. In half of the seeds the
 * first agent that is lent dies for good: its lease must be taken back.
 */
export async function converge(
  fleet: WellFleet,
  random: SeededRandom,
  healed: Healed,
): Promise<void> {
  await new Convergence(fleet, random, healed).run();
}

class Convergence {
  readonly #fleet: WellFleet;
  readonly #random: SeededRandom;
  readonly #healed: Healed;
  /** Projects that people give up where they find them in quarantine. */
  readonly #blocked: ReadonlySet<string>;
  #dies: boolean;
  #refused = "nothing";

  constructor(fleet: WellFleet, random: SeededRandom, healed: Healed) {
    this.#fleet = fleet;
    this.#random = random;
    this.#healed = healed;
    this.#dies = random.chance(50);
    this.#blocked = new Set(fleet.projects.filter(() => random.chance(30)));
  }

  async run(): Promise<void> {
    const { expect, mark, tell } = this.#healed;
    let round = 0;
    this.#compare();
    for (; round < ROUNDS_MAX && !this.#isEnded(); round += 1) {
      await this.#healed.pass(ROUND_MS);
      await this.#play();
      this.#compare();
      this.#strike();
    }
    // Once more: what the last records left behind is cleared away as well.
    await this.#healed.pass(ROUND_MS);
    await this.#play();
    this.#compare();
    const problems = unconverged(fleetOf(this.#documents()), (agent) => this.#fleet.isAlive(agent));
    for (const problem of problems)
      expect(false, () => `after ${round} rounds: ${problem}; refused last: ${this.#refused}`);
    if (problems.length === 0) mark("fleet: converged");
    tell(
      `the fleet ${problems.length === 0 ? "converges" : "does not converge"} in ${round} rounds`,
    );
  }

  /** A beat, and then whatever somebody has to propose, until nobody has. */
  async #play(): Promise<void> {
    const { expect, outlook, state } = this.#healed;
    await this.#healed.propose(beat(state, outlook.now));
    const tried = new Set<string>();
    for (let count = 0; count < PROPOSALS_MAX; count += 1) {
      const wished = this.#next(tried);
      if (wished === undefined) return;
      const { instance, transition } = wished.wish;
      const answer = await this.#healed.propose(wished);
      if (answer.kind === "accepted") this.#note(transition);
      else
        this.#refused = `${transition} of ${instance}, ${answer.refused.code} ${answer.refused.reasons.join("; ")}`;
    }
    expect(false, () => `the fleet goes on and on; refused last: ${this.#refused}`);
  }

  #next(tried: Set<string>): Wished | undefined {
    const { outlook, state } = this.#healed;
    this.#fleet.look(state, outlook);
    for (const wished of this.#due()) {
      const { instance, transition } = wished.wish;
      // What was refused is not proposed again on the same state, as the driver does it.
      const seq = documentOf(state, instance)?.meta.seq ?? -1;
      const key = `${wished.signer} ${instance} ${transition} ${seq}`;
      if (tried.has(key)) continue;
      tried.add(key);
      return wished;
    }
    return undefined;
  }

  *#due(): Iterable<Wished> {
    const { outlook, state } = this.#healed;
    for (const name of AGENTS) {
      const agent = documentOf(state, `agent/${name}`);
      const isHere = agent?.configuration.includes("Connection.CONNECTED") ?? false;
      if (this.#fleet.isAlive(name) && !isHere) yield this.#fleet.connect(name);
      if (!this.#fleet.isAlive(name) && isHere) yield this.#fleet.disconnect(name);
    }
    yield* dueFacts(state, outlook.now, (agent) => this.#fleet.isAlive(agent));
    for (const instance of this.#fleet.projects) {
      yield* this.#decided(instance);
      yield* this.#fleet.due(this.#random, instance);
    }
  }

  /** Nothing waits for people for ever: they let go on, or give up, and owe a new version where a plan was turned down. */
  *#decided(instance: string): Iterable<Wished> {
    const document = documentOf(this.#healed.state, instance);
    if (document === undefined) return;
    const project = new Project(document);
    const reason = "looked into";
    if (project.in("Run.PAUSED")) yield this.#fleet.decided(instance, "Run_Resume");
    if (project.in("Policy.QUARANTINED"))
      yield this.#fleet.decided(
        instance,
        this.#blocked.has(instance) ? "Policy_ConfirmBlock" : "Policy_Release",
        reason,
      );
    const { execution, ingestion } = project.context;
    const isTurnedDown =
      project.in("Execution.EXECUTION.PLAN") &&
      project.in("Ingestion.READY") &&
      execution.rejections.length > 0 &&
      execution.version === ingestion.version;
    if (isTurnedDown) yield this.#fleet.decided(instance, "Ingestion_NewVersion");
  }

  /** The last misfortune. */
  #strike(): void {
    if (!this.#dies) return;
    const lent = fleetOf(this.#documents()).agents.find(({ session }) => session !== "");
    if (lent === undefined) return;
    this.#dies = false;
    this.#fleet.bury(lent.id);
    this.#healed.mark("fleet: an agent dies with a lease");
    this.#healed.tell(`agent/${lent.id} dies with the lease of session/${lent.session}`);
  }

  #note(transition: string): void {
    if (NOTED.has(transition)) this.#healed.mark(`fleet: ${transition}`);
  }

  #compare(): void {
    for (const problem of disagreements(fleetOf(this.#documents())))
      this.#healed.expect(false, () => problem);
  }

  #isEnded(): boolean {
    return this.#fleet.projects.every(
      (instance) => documentOf(this.#healed.state, instance)?.meta.ended ?? false,
    );
  }

  *#documents(): Iterable<Document> {
    const { outlook, state } = this.#healed;
    for (const instance of outlook.instances) {
      const document = documentOf(state, instance);
      if (document !== undefined) yield document;
    }
  }
}

/** What must have been needed now and then on the way. */
const NOTED: ReadonlySet<string> = new Set([
  "Agent_Connect",
  "Agent_Disconnect",
  "Council_Eject",
  "Execution_Complete",
  "Execution_TaskFailed",
  "Ingestion_NewVersion",
  "Policy_ConfirmBlock",
  "Policy_Release",
  "Run_Resume",
  "Service_Restore",
]);
