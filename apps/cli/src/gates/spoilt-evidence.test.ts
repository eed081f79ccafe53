import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { repositories, type GatesRepository } from "./test/gates-repository.ts";

const repository = repositories();
/** What an edited verdict would say: the text is in the stored evidence of `check: "echo measured …"`. */
const edit = (repo: GatesRepository, what: string): void =>
  expect(repo.editEvidence(`measured ${what}`, `measured more`)).toBeGreaterThan(0);

describe("evidence that was edited", () => {
  const LADDER = `ladder: l
levels:
  - level: 0
    name: A
    criteria: [ { id: low, check: "echo measured low", negative: "false", schedule: weekly } ]
  - level: 1
    name: B
    verification: human
    approvals: { at_least: 2 }
    criteria: [ { id: high, check: "echo measured high", negative: "false", evidence: [ "out.txt" ] } ]
`;

  it("advances no level, its own or a lower one's, is refused by name before anything is signed, and is measured again", async () => {
    const repo = repository();
    repo.write("gates/maturity.yaml", LADDER);
    repo.write("out.txt", "measured file");
    repo.commit("one");
    await repo.gates("run");
    const verify = ["--verify", join(repo.root, "out.txt")];
    for (const [id, what] of [
      ["high", "high"],
      ["high", "file"],
      ["low", "low"],
    ] as const) {
      edit(repo, what);
      const refused = await repo.gates("advance", "--vote", ...verify);
      expect({ code: refused.code, out: refused.out }, what).toEqual({ code: 1, out: "" });
      expect(refused.err).toMatch(/^refused: level [01]: evidence_edited: what is stored of /);
      expect(refused.err).toContain(`${id} (sha256-`);
      // Also what is not due before next week.
      expect((await repo.gates("run")).code).toBe(0);
    }
    const sound = await repo.gates("advance", "--vote", ...verify);
    expect(sound.out).toContain("✗ consensus: 1 of 2");
    expect(sound.err).toContain("consensus");
  });

  it("that a person attached is refused as well, until the person verifies again", async () => {
    const repo = repository();
    repo.write("gates/maturity.yaml", LADDER.replace("at_least: 2", "at_least: 1"));
    repo.write("photo.txt", "measured photo");
    repo.commit("one");
    await repo.gates("run");
    const verify = ["--verify", join(repo.root, "photo.txt")];
    expect((await repo.gates("advance", ...verify)).err).toContain("consensus");
    edit(repo, "photo");
    const refused = await repo.gates("advance", "--vote");
    expect(refused.code).toBe(1);
    expect(refused.out).toContain("✗ manual verification: evidence_edited");
    expect(refused.err).toContain(
      "evidence_edited: what is stored of the verification's attachment",
    );
    // Nor does the machine raise it by itself.
    expect((await repo.gates("run")).out).not.toContain("level 1 B is reached");
    expect((await repo.gates("advance", ...verify)).code).toBe(0);
    expect(await repo.status()).toMatchObject({ level: 1 });
  });

  it("moves no stage of a lifecycle, up to the release and out of it, whichever stage it is of", async () => {
    const stages = ["plan", "build", "validate", "review", "release"] as const;
    const repo = repository();
    const gates = stages.map(
      (stage) =>
        `  - stage: ${stage}\n    gates: [ { id: of-${stage}, run: "echo measured ${stage}" } ]\n`,
    );
    repo.write("gates/lifecycle.yaml", `lifecycle: flow\nstages:\n${gates.join("")}`);
    repo.commit("one");
    for (const [at, stage] of stages.entries()) {
      const approve = stage === "plan" || stage === "review" ? ["--approve", stage] : [];
      const advance = () => repo.gates("advance", "--stage", ...approve);
      expect((await repo.gates("run", "--stage", stage)).code).toBe(0);
      const of = stages[Math.max(0, at - 1)] ?? "plan";
      edit(repo, of);
      const refused = await advance();
      expect({ code: refused.code, out: refused.out }, stage).toEqual({ code: 1, out: "" });
      expect(refused.err).toContain(`refused: the step from ${stage}: evidence_edited`);
      expect(refused.err).toContain(`of-${of} (sha256-`);
      expect((await repo.gates("run", "--stage", of)).code).toBe(0);
      expect((await advance()).code, stage).toBe(0);
    }
  });

  it("finishes no task", async () => {
    const repo = repository();
    repo.write("gates/maturity.yaml", LADDER);
    repo.write("out.txt", "");
    repo.write(
      "tasks/t.md",
      '---\nid: t\ntitle: T\nacceptance: [ low ]\ntests: [ "T-1" ]\natomic: true\n---\n',
    );
    repo.commit("one");
    await repo.gates("run");
    for (const act of ["specify", "approve", "begin"])
      expect((await repo.gates("task", act, "tasks/t.md")).code, act).toBe(0);
    edit(repo, "low");
    const refused = await repo.gates("task", "finish", "tasks/t.md");
    expect(refused.code).toBe(1);
    expect(refused.err).toContain("refused: finish t: evidence_edited: what is stored of l--low");
    await repo.gates("run");
    expect((await repo.gates("task", "finish", "tasks/t.md")).code).toBe(0);
  });
});
