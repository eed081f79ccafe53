import type { Json, JsonObject } from "@swoosh/kernel";
import { createTestSigner, nodeHasher, SeededRandom } from "@swoosh/kernel/testing";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  codeOf,
  mustAccept,
  openTestEngine,
  operator,
  settle,
  type TestEngine,
} from "../../kernel/src/testing/test-engine.ts";
import { testKernel } from "../../kernel/src/testing/test-kernel.ts";
import { FRESH_MS, RuleModel, type LevelShape } from "./test/rule-model.ts";

const COMMITS = ["aaaaaaa", "bbbbbbb"] as const;
const LEVELS: readonly LevelShape[] = [
  { criteria: ["boot", "health"], triggers: [], needsVerification: false, votesNeeded: 0 },
  { criteria: ["schema"], triggers: ["drift"], needsVerification: true, votesNeeded: 0 },
  { criteria: ["logs"], triggers: [], needsVerification: true, votesNeeded: 2 },
];
const GATES = {
  plan: ["spec"],
  build: ["compiles"],
  validate: ["unit", "lint"],
  review: ["integration"],
  release: ["smoke"],
};
const ids = (names: readonly string[]): string[] => names.map((name) => `p--${name}`);
const levelId = (level: number): string => `p-${level}`;
const definitionOf = (text: string): string => testKernel.valueHash(text);

const humans = ["operator", "anna", "ben"];
const signers = new Map(
  [...humans, "runner", "robot"].map((name) => [name, createTestSigner(nodeHasher, name)] as const),
);

async function open(): Promise<TestEngine> {
  const test = await openTestEngine();
  const texts = ["criterion", "ladder", "lifecycle"].map((name) =>
    readFileSync(new URL(`../../../charts/${name}.yaml`, import.meta.url), "utf8"),
  );
  for (const text of texts) {
    const { chart } = testKernel.loadChartText(text);
    if (chart === undefined) throw new Error("a chart does not load");
    mustAccept(await test.engine.act.installChart(chart));
  }
  const register = (name: string, kind: string, role: string) =>
    test.mustPropose({
      transition: "Identity_Register",
      instance: `identity/${name}`,
      inputs: {
        key: signers.get(name)?.key ?? "",
        kind,
        roles: [{ role, scope: "*" }],
      },
    });
  await register("anna", "human", "operator");
  await register("ben", "human", "auditor");
  await register("runner", "service", "ci");
  // Even a service that somebody made an operator is no person.
  await register("robot", "service", "operator");
  return test;
}

/** The charts and the model say the same; else the play ends with what was said. */
function agree(what: string, got: unknown, wanted: unknown): void {
  if (got !== wanted)
    throw new Error(`${what}: the charts say ${String(got)}, the model ${String(wanted)}`);
}

/** One play of random commands; every answer about a level or a stage is held against the model. */
class Play {
  readonly #test: TestEngine;
  readonly #draw: (below: number) => number;
  readonly model = new RuleModel(LEVELS);
  readonly seen = new Map<string, number>();
  readonly #definitions = new Map<string, string>();
  #halted = false;

  constructor(test: TestEngine, seed: number) {
    this.#test = test;
    const random = new SeededRandom(seed);
    this.#draw = (below) => {
      const [a = 0, b = 0] = random.bytes(2);
      return (a * 256 + b) % below;
    };
  }

  #pick<T>(list: readonly T[]): T {
    const one = list[this.#draw(list.length)];
    if (one === undefined) throw new Error("nothing to pick from");
    return one;
  }

  get #at(): number {
    return this.#test.clock.now();
  }

  #count(what: string): void {
    this.seen.set(what, (this.seen.get(what) ?? 0) + 1);
  }

  async #propose(by: string, instance: string, transition: string, inputs: JsonObject) {
    const signer = signers.get(by);
    if (signer === undefined) throw new Error(`no signer ${by}`);
    const proposal = {
      instance,
      transition,
      inputs,
      signer: by === "operator" ? operator : signer,
    };
    const code = codeOf(await this.#test.propose(proposal));
    this.#count(`${transition} ${code}`);
    return code;
  }

  context(instance: string): { readonly [key: string]: Json } {
    return this.#test.engine.state.head(instance)?.document.context ?? {};
  }

  configuration(instance: string): readonly string[] {
    return this.#test.engine.state.head(instance)?.document.configuration ?? [];
  }

  async begin(): Promise<void> {
    for (let level = 0; level < LEVELS.length; level += 1) await this.defineLevel(level, "1");
    await this.#propose("runner", "lifecycle/p", "Lifecycle_Define", {
      definition: definitionOf("lifecycle"),
      phase: 1,
      plan: ids(GATES.plan),
      build: ids(GATES.build),
      validate: ids(GATES.validate),
      review: ids(GATES.review),
      release: ids(GATES.release),
      planApprovals: 1,
      reviewApprovals: 2,
    });
    for (const criterion of this.#criteria()) await this.define(criterion, "1");
  }

  #criteria(): readonly string[] {
    return [
      ...LEVELS.flatMap(({ criteria, triggers }) => [...criteria, ...triggers]),
      ...Object.values(GATES).flat(),
    ];
  }

  async defineLevel(level: number, version: string): Promise<void> {
    const shape = LEVELS[level];
    if (shape === undefined) return;
    const definition = definitionOf(`level ${level} ${version}`);
    const code = await this.#propose("runner", `ladder/${levelId(level)}`, "Level_Define", {
      level,
      definition,
      criteria: ids(shape.criteria),
      triggers: ids(shape.triggers),
      lower: Array.from({ length: level }, (_, lower) => levelId(lower)),
      needsVerification: shape.needsVerification,
      votesNeeded: shape.votesNeeded,
    });
    if (code === "accepted") this.model.history.push({ kind: "level-defined", level, definition });
  }

  async define(criterion: string, version: string): Promise<void> {
    const definition = definitionOf(`${criterion} ${version}`);
    const level = LEVELS.findIndex(({ criteria, triggers }) =>
      [...criteria, ...triggers].includes(criterion),
    );
    const code = await this.#propose("runner", `criterion/p--${criterion}`, "Criterion_Define", {
      definition,
      level: level < 0 ? "" : levelId(level),
      lifecycle: level < 0 ? "p" : "",
      freshMs: FRESH_MS,
      needsNegative: true,
      severity: "",
    });
    agree("code", code, "accepted");
    this.#definitions.set(criterion, definition);
    this.model.history.push({ kind: "defined", criterion, definition });
  }

  async #pass(criterion: string, commit: string): Promise<void> {
    const wrong = this.#draw(40) === 0;
    const negative = this.#draw(40) === 0 ? "passed" : "failed";
    const by = this.#draw(20) === 0 ? this.#pick(["operator", "robot"]) : "runner";
    const definition = wrong ? definitionOf("old") : (this.#definitions.get(criterion) ?? "");
    const code = await this.#propose(by, `criterion/p--${criterion}`, "Criterion_Pass", {
      commit,
      definition,
      evidence: definitionOf("evidence"),
      negative,
    });
    const due = !wrong && negative === "failed" && by === "runner";
    agree("a pass", code === "accepted", due);
    if (due)
      this.model.history.push({ kind: "passed", criterion, commit, definition, at: this.#at });
  }

  async #fail(criterion: string, commit: string): Promise<void> {
    const severity = this.#pick(["P0", "P1", "P2", "P3", "P2", "P3"]);
    const code = await this.#propose("runner", `criterion/p--${criterion}`, "Criterion_Fail", {
      commit,
      definition: this.#definitions.get(criterion) ?? "",
      evidence: definitionOf("evidence"),
      cause: "exit 1",
      severity,
    });
    agree("code", code, "accepted");
    this.model.history.push({ kind: "failed", criterion, severity });
    if (Object.values(GATES).flat().includes(criterion) && severity < "P2") this.#halted = true;
  }

  async #raise(level: number, commit: string): Promise<void> {
    const shape = LEVELS[level];
    if (shape === undefined) return;
    const untils = [
      ...ids([...shape.criteria, ...shape.triggers]).map(
        (id) => this.context(`criterion/${id}`)["until"],
      ),
      ...Array.from(
        { length: level },
        (_, lower) => this.context(`ladder/${levelId(lower)}`)["until"],
      ),
    ].map(Number);
    const until = Math.min(...untils) + (this.#draw(30) === 0 ? 1 : 0);
    const by = this.#pick(["runner", "operator"]);
    const due = this.model.mayRaise(level, commit, this.#at) && until === Math.min(...untils);
    const code = await this.#propose(by, `ladder/${levelId(level)}`, "Level_Raise", {
      commit,
      until: Math.max(1, until),
    });
    agree(`raise ${level} to ${commit}: ${code}`, code === "accepted", due);
    if (code === "accepted") {
      this.model.history.push({ kind: "raised", level, commit, at: this.#at });
      this.#count(`reached ${level}`);
    }
  }

  async #people(commit: string): Promise<void> {
    const by = this.#pick([...humans, ...humans, "runner", "robot"]);
    const level = this.#draw(LEVELS.length);
    if (this.#draw(2) === 0) {
      const code = await this.#propose(by, `ladder/${levelId(level)}`, "Level_Verify", {
        commit,
        attachments: [definitionOf("photo")],
      });
      if (!humans.includes(by)) agree(`${by} proposes`, code, "forbidden");
      if (code === "accepted") this.model.history.push({ kind: "verified", level, commit });
      return;
    }
    const code = await this.#propose(by, `ladder/${levelId(level)}`, "Level_Vote", { commit });
    if (!humans.includes(by)) agree(`${by} proposes`, code, "forbidden");
    if (code === "accepted") this.model.history.push({ kind: "voted", level, commit, by });
  }

  get stage(): string {
    const path = this.configuration("lifecycle/p").find((leaf) => leaf.startsWith("Stage."));
    return path?.slice("Stage.".length) ?? "";
  }

  async #lifecycle(commit: string): Promise<void> {
    const act = this.#draw(12);
    if (act < 4) {
      const by = this.#pick([...humans, "runner", "robot"]);
      const stage = this.#pick(["plan", "review"] as const);
      const code = await this.#propose(by, "lifecycle/p", "Lifecycle_Approve", { stage, commit });
      if (by === "runner" || by === "robot") agree(`${by} proposes`, code, "forbidden");
      if (code === "accepted") this.model.history.push({ kind: "approved", stage, commit, by });
    } else if (act === 4) {
      const by = this.#pick(["operator", "runner", "robot"]);
      const code = await this.#propose(by, "lifecycle/p", "Lifecycle_Resume", { reason: "seen" });
      agree("resume", code === "accepted", this.#halted && by === "operator");
      if (code === "accepted") this.#halted = false;
    } else if (act === 5 && this.#draw(6) === 0) {
      const code = await this.#propose("runner", "lifecycle/p", "Lifecycle_Halt", {
        severity: "P1",
        reason: "unsure",
      });
      if (code === "accepted") this.#halted = true;
    } else await this.#advance(commit);
  }

  async #advance(commit: string): Promise<void> {
    const from = this.stage;
    const released = this.context("lifecycle/p")["commit"];
    const transition = from === "RELEASE" ? "Next_Iteration" : "Stage_Advance";
    const code = await this.#propose("runner", "lifecycle/p", transition, { commit });
    const green = (gates: readonly string[]): boolean =>
      gates.every((gate) => this.model.green(gate, commit, this.#at));
    const { plan, build, validate, review, release } = GATES;
    const due: Readonly<Record<string, boolean>> = {
      PLAN: green(plan) && this.model.signers("plan", commit) >= 1,
      BUILD: green(build),
      VALIDATE: green([...build, ...validate]),
      REVIEW:
        green([...plan, ...build, ...validate, ...review]) &&
        this.model.signers("review", commit) >= 2,
      RELEASE: commit === released && green(release),
    };
    const expected = !this.#halted && due[from] === true;
    agree(`${transition} from ${from}: ${code}`, code === "accepted", expected);
    if (code === "accepted") {
      this.#count(`entered ${this.stage}`);
      this.model.history.push({ kind: "stage", stage: this.stage, commit });
    }
  }

  async step(): Promise<void> {
    const commit = this.#draw(8) === 0 ? COMMITS[1] : COMMITS[0];
    const kind = this.#draw(100);
    const criterion = this.#pick(this.#criteria());
    if (kind < 40) await this.#pass(criterion, commit);
    else if (kind < 43) await this.#fail(criterion, commit);
    else if (kind < 44) await this.define(criterion, String(this.#draw(2)));
    else if (kind < 45) await this.defineLevel(this.#draw(LEVELS.length), String(this.#draw(2)));
    else if (kind < 60) await this.#raise(this.#draw(LEVELS.length), commit);
    else if (kind < 75) await this.#people(commit);
    else if (kind < 97) await this.#lifecycle(commit);
    else {
      this.#test.clock.advance(this.#draw(8) === 0 ? FRESH_MS : 1 + this.#draw(2_000));
      await settle();
    }
    this.check();
  }

  check(): void {
    for (const level of LEVELS.keys()) {
      const held = this.configuration(`ladder/${levelId(level)}`).includes("HELD");
      const commit = this.model.held(level, this.#at);
      agree(`level ${level} is held`, held, commit !== undefined);
      if (held) agree("held for", this.context(`ladder/${levelId(level)}`)["commit"], commit);
    }
    const halted = this.configuration("lifecycle/p").includes("Control.HALTED");
    agree("halted", halted, this.#halted);
  }
}

const SEEDS =
  process.env["SWOOSH_SOAK"] === undefined ? [1] : Array.from({ length: 20 }, (_, n) => n + 1);
const COMMANDS = 10_000;

describe("the single rule", () => {
  it.each(SEEDS)("holds through 10,000 random commands, seed %i", async (seed) => {
    const play = new Play(await open(), seed);
    await play.begin();
    for (let command = 0; command < COMMANDS; command += 1) await play.step();
    // The play went everywhere: otherwise it would show nothing.
    for (const what of ["reached 0", "reached 1", "reached 2", "entered RELEASE", "entered PLAN"])
      expect(play.seen.get(what) ?? 0, what).toBeGreaterThan(0);
    for (const what of [
      "Level_Verify forbidden",
      "Criterion_Pass guard_failed",
      "Lifecycle_Resume forbidden",
    ])
      expect(play.seen.get(what) ?? 0, what).toBeGreaterThan(0);
  });
});
