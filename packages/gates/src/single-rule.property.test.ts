import type { Json, JsonObject } from "@swoosh/kernel";
import { SeededRandom } from "@swoosh/kernel/testing";
import { describe, expect, it } from "vitest";
import { codeOf, operator, settle, type TestEngine } from "../../kernel/src/testing/test-engine.ts";
import { testKernel } from "../../kernel/src/testing/test-kernel.ts";
import { humans, openRuleEngine, signers } from "./test/rule-engine.ts";
import { FRESH_MS, RuleModel, type LevelShape } from "./test/rule-model.ts";
import { RuleStatus } from "./test/rule-status.ts";

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
  readonly #status = new RuleStatus(LEVELS);
  /** Hashes of stored bytes that somebody edited. */
  readonly #spoilt = new Set<string>();
  #stored = 0;
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

  /** The hash of bytes of their own. */
  #store(): string {
    this.#stored += 1;
    return definitionOf(`bytes ${this.#stored}`);
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
    if (code !== "accepted") return;
    this.#definitions.set(`level ${level}`, definition);
    this.model.history.push({ kind: "level-defined", level, definition });
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
    const evidence = this.#store();
    const code = await this.#propose(by, `criterion/p--${criterion}`, "Criterion_Pass", {
      commit,
      definition,
      evidence,
      negative,
    });
    const due = !wrong && negative === "failed" && by === "runner";
    agree("a pass", code === "accepted", due);
    const at = this.#at;
    if (due)
      this.model.history.push({ kind: "passed", criterion, commit, definition, at, evidence });
  }

  async #fail(criterion: string, commit: string): Promise<void> {
    const severity = this.#pick(["P0", "P1", "P2", "P3", "P2", "P3"]);
    const evidence = this.#store();
    const code = await this.#propose("runner", `criterion/p--${criterion}`, "Criterion_Fail", {
      commit,
      definition: this.#definitions.get(criterion) ?? "",
      evidence,
      cause: "exit 1",
      severity,
    });
    agree("code", code, "accepted");
    this.model.history.push({ kind: "failed", criterion, severity, evidence });
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
        // Now and then as if the lower levels had no time of their own.
        { length: this.#draw(4) === 0 ? 0 : level },
        (_, lower) => this.context(`ladder/${levelId(lower)}`)["until"],
      ),
    ].map(Number);
    // Too long is refused; a shorter time than the evidence has is a level's own, which it may outlive.
    const longer = this.#draw(30) === 0 ? 1 : 0;
    const until = Math.min(...untils) + longer - (this.#draw(3) === 0 ? this.#draw(FRESH_MS) : 0);
    const by = this.#pick(["runner", "operator"]);
    const at = this.#at;
    const due =
      this.model.mayRaise(level, commit, at) && at < until && until <= this.model.untilOf(level);
    if (this.model.outlived(level, commit, at)) this.#count("lower level is outlived");
    const code = await this.#propose(by, `ladder/${levelId(level)}`, "Level_Raise", {
      commit,
      until: Math.max(1, until),
    });
    agree(`raise ${level} to ${commit}: ${code}`, code === "accepted", due);
    if (code === "accepted") {
      this.model.history.push({ kind: "raised", level, commit, at, until });
      this.#count(`reached ${level}`);
    }
  }

  async #people(commit: string): Promise<void> {
    const by = this.#pick([...humans, ...humans, "runner", "robot"]);
    const level = this.#draw(LEVELS.length);
    if (this.#draw(2) === 0) {
      const attachment = this.#store();
      const code = await this.#propose(by, `ladder/${levelId(level)}`, "Level_Verify", {
        commit,
        attachments: [attachment],
      });
      if (!humans.includes(by)) agree(`${by} proposes`, code, "forbidden");
      if (code === "accepted")
        this.model.history.push({ kind: "verified", level, commit, attachment });
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
    else if (kind < 96) await this.#lifecycle(commit);
    else if (kind < 97) this.#edit(criterion);
    else {
      // All at once goes stale, or one after the other.
      const move = [FRESH_MS, ...Array.from({ length: 5 }, () => FRESH_MS / 4)][this.#draw(12)];
      this.#test.clock.advance(move ?? 1 + this.#draw(2_000));
      await settle();
    }
    this.check();
    // After what moves it most; it looks at everything that has come meanwhile.
    if ((kind >= 45 && kind < 60) || kind >= 96) this.#checkStatus(commit);
  }

  /** Somebody edits what is stored of the last verdict, or of the last verification. */
  #edit(criterion: string): void {
    const verified = this.model.history.findLast(({ kind }) => kind === "verified");
    const attachment = verified?.kind === "verified" ? verified.attachment : "";
    this.#spoilt.add(this.#draw(2) === 0 ? attachment : this.model.evidenceOf(criterion));
    this.#spoilt.delete("");
  }

  /** Where the ladder stands, and what `advance` would say is lacking: bytes are looked at here, which no chart sees. */
  #checkStatus(commit: string): void {
    const [at, spoilt] = [this.#at, this.#spoilt];
    const status = this.#status.read({
      commit,
      at,
      spoilt,
      definitions: this.#definitions,
      recorded: (instance) => this.#test.engine.state.head(instance)?.document,
    });
    const standing = this.model.standing(commit, at, spoilt);
    agree("stands at", status.level, standing);
    for (const { level, state, lacking } of status.levels) {
      if (state === "held") continue;
      // A newer pass of another commit takes no level down, but the status asks the lower levels for this one.
      const may = this.model.mayRaise(level, commit, at) && standing >= level - 1;
      const isSound = this.model.sound(level, spoilt);
      if (may && !isSound) this.#count("edited evidence stops a level");
      agree(`level ${level} lacks ${lacking.join("; ")}`, lacking.length === 0, may && isSound);
    }
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
    const play = new Play(await openRuleEngine(), seed);
    await play.begin();
    for (let command = 0; command < COMMANDS; command += 1) await play.step();
    // The play went everywhere: otherwise it would show nothing.
    for (const what of ["reached 0", "reached 1", "reached 2", "entered RELEASE", "entered PLAN"])
      expect(play.seen.get(what) ?? 0, what).toBeGreaterThan(0);
    for (const what of [
      "Level_Verify forbidden",
      "Criterion_Pass guard_failed",
      "Lifecycle_Resume forbidden",
      "lower level is outlived",
      "edited evidence stops a level",
    ])
      expect(play.seen.get(what) ?? 0, what).toBeGreaterThan(0);
  });
});
