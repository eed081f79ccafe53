import type { Document, JsonObject } from "@swoosh/kernel";
import { Project } from "@swoosh/server/driver";
import { expect, it } from "vitest";
import { createWorld } from "../history/check-history.ts";
import { FAULT_KINDS } from "../faults.ts";
import { Marks } from "../marks.ts";
import { missingMarks } from "../must-happen.ts";
import { runSeed, type SeedReport } from "../run-seed.ts";
import { PROJECT_INVARIANTS } from "./project-invariants.ts";
import { createProjectBeginning } from "./create-project-beginning.ts";

const IS_SOAK = process.env["SWOOSH_SOAK"] !== undefined;
/** Seeds without faults, which show that projects get somewhere; and seeds with all of them. */
const [CALM, WILD] = IS_SOAK ? [10, 150] : [1, 4];
/** How much longer than others these seeds are: in soak, until projects end. */
const STEPS_TIMES = IS_SOAK ? 40 : 8;
/** Where projects must have got in so many seeds. */
const REACHED = IS_SOAK
  ? ["Execution_Complete", "Council_Eject", "Service_Grace", "Run_Recover"]
  : ["Council_QuorumCert", "Environment_Installed", "Execution_PlanLocked"];

/** What providers must have said in the few seeds of every test already. */
const FLAP = [
  "Agent_Disconnect",
  "Beat_Observed",
  "Capacity_Counted",
  "License_Granted",
  "Tool_Up",
];

it("drives projects through bad luck by the driver's own table, and no invariant is broken", async () => {
  const beginning = await createProjectBeginning(STEPS_TIMES);
  const marks = new Marks();
  // Of each report only this: with its story and history one is some ten megabytes.
  const found: (readonly [number, SeedReport["findings"]])[] = [];
  const take = (report: SeedReport): SeedReport => {
    marks.addAll(report.marks);
    found.push([report.seed, report.findings]);
    return report;
  };
  const calm = { without: new Set(FAULT_KINDS) };
  const first = take(await runSeed(beginning, 2, calm));
  for (let seed = 3; seed <= CALM + 1; seed += 1) take(await runSeed(beginning, seed, calm));
  for (let seed = 1; seed < WILD; seed += 1) take(await runSeed(beginning, seed));
  const wild = take(await runSeed(beginning, WILD));
  const missing = missingMarks(marks, "projects");
  if (IS_SOAK) expect(missing).toEqual([]);
  expect(FLAP.filter((name) => missing.includes(`recorded: ${name}`))).toEqual([]);
  for (const [seed, findings] of found) expect([seed, findings]).toEqual([seed, []]);
  // What a healed fleet does counts for no mark.
  expect(REACHED.filter((name) => !marks.counts.has(`recorded: ${name}`))).toEqual([]);
  expect(marks.counts.get("fleet: converged")).toBe(CALM + WILD);
  expectToBite(first);
  const again = await runSeed(await createProjectBeginning(STEPS_TIMES), WILD);
  expect([again.story, again.root]).toEqual([wild.story, wild.root]);
});

/** Each invariant is broken by a step that was doctored to break it. */
function expectToBite(report: SeedReport): void {
  const [before, after] = entryOf(report);
  const broken = (was: Document, is: Document): readonly string[] =>
    PROJECT_INVARIANTS.filter(({ problem }) => problem(is, 0, was) !== undefined).map(
      ({ source }) => source,
    );
  const { council, ...others } = after.context;
  const withCouncil = (change: JsonObject): Document => ({
    ...after,
    context: { ...others, council: { ...Object(council), ...change } },
  });
  const [clocks, epochs, entered, seated] = PROJECT_INVARIANTS.map(({ source }) => source);
  expect(broken(before, after)).toEqual([]);
  expect(broken({ ...before, hlc_last: after.hlc_last }, after)).toEqual([clocks]);
  expect(broken({ ...before, epoch: after.epoch }, after)).toEqual([epochs]);
  expect(broken(before, withCouncil({ version: 99 }))).toEqual([entered]);
  expect(broken(before, withCouncil({ member_set_hash: "other" }))).toEqual([seated]);
}

/** A project before and after the record with which it entered EXECUTION. */
function entryOf(report: SeedReport | undefined): readonly [Document, Document] {
  const judged = report?.judged ?? null;
  if (judged === null) throw new Error("the first seed was not judged");
  const { history, judge } = judged;
  const world = createWorld(judge);
  for (const text of history.log) {
    const again = judge.kernel.replay(world, text);
    if (!again.ok) continue;
    const [{ document } = { document: undefined }] = again.accepted.heads;
    const before = world.head(document?.meta.instance ?? "")?.document;
    const isProject = document?.meta.chart === "project" && before !== undefined;
    if (isProject && isIn(document) && !isIn(before)) return [before, document];
    world.apply(again.accepted);
  }
  throw new Error("no project got to EXECUTION");
}

function isIn(document: Document): boolean {
  return new Project(document).in("Execution.EXECUTION");
}
