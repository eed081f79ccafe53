import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Document, JsonObject } from "@swoosh/kernel";
import { SHIPPED_CHARTS } from "@swoosh/server";
import { decide } from "@swoosh/server/driver";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Beginning } from "../beginning.ts";
import { createWorld } from "../history/check-history.ts";
import { runSeed, type SeedReport } from "../run-seed.ts";
import { createProjectBeginning, PROJECT_SIGNING } from "./create-project-beginning.ts";
import { disagreements, fleetOf, unconverged } from "./fleet-problems.ts";
import { ProjectWorkload } from "./project-workload.ts";

/** One in which the agent dies that is lent first. */
const SEED = 9;
/** Nothing happens before the world is healed. */
const AT_ONCE = { stepsMax: 0 };
const IS_SOAK = process.env["SWOOSH_SOAK"] !== undefined;
let folder = "";
let beginning: Beginning;
let report: SeedReport;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "swoosh-fleet-"));
  beginning = await createProjectBeginning();
  report = await runSeed(beginning, SEED, AT_ONCE);
});
afterAll(() => rmSync(folder, { recursive: true }));

const claimsOf = ({ findings }: SeedReport): readonly string[] =>
  findings.filter(({ check }) => check === "fleet").map(({ claim }) => claim);

describe("a healed fleet", () => {
  it("sees its projects to their end, and takes back what the dead had", () => {
    expect(report.findings).toEqual([]);
    expect(report.marks.counts.get("fleet: an agent dies with a lease")).toBe(1);
    expect(report.marks.counts.get("fleet: Execution_TaskFailed")).toBe(1);
    expect(report.marks.counts.get("fleet: converged")).toBe(1);
  });

  it("is not taken for well where the driver gives up nobody who is gone", async () => {
    const table: typeof decide = (view, hasher) =>
      decide(view, hasher).filter(
        (step) => step.kind !== "propose" || step.transition !== "Execution_TaskFailed",
      );
    const workload = () => new ProjectWorkload(PROJECT_SIGNING.signer, table);
    const claims = claimsOf(await runSeed({ ...beginning, workload }, SEED, AT_ONCE));
    expect(claims.join("\n")).toMatch(/project\/p\d has not ended: .*Execution\.EXECUTION\.WORK/u);
    expect(claims.join("\n")).toMatch(
      /agent\/a\d is gone; nobody took back its lease of session\/p\d-one-/u,
    );
  });

  // It compiles all charts anew.
  it.runIf(IS_SOAK)("is not taken for well where a chart forgets whom it lent", async () => {
    cpSync(SHIPPED_CHARTS, folder, { recursive: true });
    const path = join(folder, "session.yaml");
    const text = readFileSync(path, "utf8");
    // A session that is finished does not give back its agent: every other check goes by the same chart.
    const finish = text.indexOf("Session_Finish:");
    const begin = text.indexOf("- join:", finish);
    writeFileSync(path, text.slice(0, begin) + text.slice(text.indexOf("- assign:", begin)));
    const planted = await createProjectBeginning(undefined, folder);
    const { findings } = await runSeed(planted, SEED, AT_ONCE);
    expect(new Set(findings.map(({ check }) => check))).toEqual(new Set(["fleet"]));
    expect(findings[0]?.claim).toMatch(
      /^agent\/a\d is lent to session\/p\d-\S+ under fence 1, which is RELEASED and holds nobody$/u,
    );
  });
});

describe("a fleet's documents", () => {
  const alive = (): boolean => true;
  const changed = (
    documents: readonly Document[],
    instance: string,
    change: (document: Document) => Document,
  ): readonly Document[] => {
    expect(documents.some(({ meta }) => meta.instance === instance)).toBe(true);
    return documents.map((one) => (one.meta.instance === instance ? change(one) : one));
  };
  const withContext =
    (change: JsonObject) =>
    (document: Document): Document => ({
      ...document,
      context: { ...document.context, ...change },
    });
  const inState =
    (from: string, to: string) =>
    (document: Document): Document => ({
      ...document,
      configuration: document.configuration.map((leaf) => (leaf === from ? to : leaf)),
    });

  it("are known to disagree where one of a pair has moved alone", () => {
    const { agent, documents, project, session } = lent(report);
    const told = (instance: string, change: (document: Document) => Document) =>
      disagreements(fleetOf(changed(documents, instance, change)));
    expect(disagreements(fleetOf(documents))).toEqual([]);
    const [one] = told(agent, withContext({ session: "" }));
    expect(one).toBe(
      `${session} is ACTIVE with ${agent} under fence 1, who is lent to "" under fence 1`,
    );
    expect(told(agent, withContext({ fence: 9 }))).toHaveLength(2);
    expect(told(agent, withContext({ key: "other" }))).toEqual([
      `${session} is ACTIVE with ${agent} under fence 1, whose key is another one by now`,
    ]);
    expect(told(agent, inState("Work.BUSY", "Work.READY"))).toEqual([
      `${agent} is lent to ${session} under fence 1, and is READY for another`,
    ]);
    expect(told(session, inState("ACTIVE", "RELEASED"))).toEqual([
      `${agent} is lent to ${session} under fence 1, which is RELEASED and holds nobody`,
    ]);
    expect(
      disagreements(fleetOf(documents.filter(({ meta }) => meta.instance !== session))),
    ).toEqual([`${agent} is lent to ${session} under fence 1, which is not there`]);
    expect(disagreements(fleetOf(documents.filter(({ meta }) => meta.instance !== agent)))).toEqual(
      [`${session} is ACTIVE with ${agent} under fence 1, who is not there`],
    );
    expect(told("capacity/main", withContext({ reserved: 7 }))[0]).toMatch(/has 7 reserved/u);
    expect(told("capacity/main", withContext({ reservations: [], reserved: 0 }))).toContain(
      `${project} has reserved 3; capacity/main keeps none`,
    );
    const ended = (document: Document): Document => ({
      ...document,
      meta: { ...document.meta, ended: true },
    });
    expect(told(project, ended)).toEqual([
      `capacity/main keeps 3 for ${project}, which asks for 0`,
    ]);
  });

  it("are known to be left over where all has ended", () => {
    const { agent, documents, project, session } = lent(report);
    const end = endOf(report);
    expect(unconverged(fleetOf(end), (id) => `agent/${id}` !== agent)).toEqual([]);
    expect(unconverged(fleetOf(end), alive)).toEqual([`${agent} is OFFLINE, and here`]);
    expect(unconverged(fleetOf(end), () => false)).toHaveLength(3);
    const counted = changed(end, "capacity/main", withContext({ free: 4 }));
    expect(unconverged(fleetOf(counted), (id) => `agent/${id}` !== agent)).toEqual([
      "capacity/main says that 4 agents can be had; 3 can",
    ]);
    const kept = unconverged(
      fleetOf(
        changed(documents, project, (one) => ({ ...one, meta: { ...one.meta, ended: true } })),
      ),
      alive,
    );
    expect(kept).toContain(`${session} is ACTIVE; ${project}, for which it is, has ended`);
  });
});

/** When the first task is under way: its project, its session, and the agent that has it. */
function lent({ judged }: SeedReport) {
  let found: readonly [session: Document, documents: readonly Document[]] | undefined;
  fold(judged, (documents) => {
    const session = documents.find(
      ({ configuration, meta }) =>
        meta.instance.startsWith("session/") && configuration.includes("ACTIVE"),
    );
    if (session !== undefined) found ??= [session, documents];
  });
  if (found === undefined) throw new Error("no session became active");
  const [session, documents] = found;
  const { agent, holder } = session.context;
  return {
    agent: `agent/${String(agent)}`,
    documents,
    project: `project/${String(holder)}`,
    session: session.meta.instance,
  };
}

function endOf({ judged }: SeedReport): readonly Document[] {
  let last: readonly Document[] = [];
  fold(judged, (documents) => {
    last = documents;
  });
  return last;
}

function fold(judged: SeedReport["judged"], look: (documents: readonly Document[]) => void): void {
  if (judged === null) throw new Error("the seed was not judged");
  const { history, judge } = judged;
  const world = createWorld(judge);
  for (const text of history.log) {
    const again = judge.kernel.replay(world, text);
    if (!again.ok) continue;
    world.apply(again.accepted);
    look([...world.heads()].map(({ document }) => document));
  }
}
