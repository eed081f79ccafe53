import type { NormalChart } from "@swoosh/kernel";
import { describe, expect, it } from "vitest";
import { shipped } from "./test/shipped.ts";

/**
 * The orchestrator's table: who may, the class of the window, and the guards that rows share (L licensed, Q not quarantined,
 * R running, S full service, P council and environment ready on the pinned version; W the window of the class); and in which region
 * it leads from where to where, or where it is taken and leads nowhere. The chart has three ways more than the design's first table: rejected
 * sources are a state, two certificates of one term quarantine the council's project, and a released quarantine fetches again.
 */
const TABLE = `
Boot_ConfigOk               | controller, operator        | -           | -           | Lifecycle: UNINITIALIZED → LICENSE_CHECK
Boot_Licensed               | controller                  | -           | -           | Lifecycle: LICENSE_CHECK → PROJECT_LIFECYCLE
Boot_LicenseDenied          | controller                  | -           | -           | Lifecycle: LICENSE_CHECK
Ingestion_SourcesResolved   | ingest                      | ingestion   | L Q R S W   | Ingestion: DISCOVER → FETCH
Ingestion_BytesOk           | ingest                      | ingestion   | L Q R W     | Ingestion: FETCH → VALIDATE
Ingestion_SchemaOk          | ingest                      | ingestion   | L Q R W     | Ingestion: VALIDATE → INDEX
Ingestion_PolicyViolation   | provider                    | -           | -           | Policy: CLEAR → QUARANTINED
Ingestion_Rejected          | ingest                      | -           | Q           | Ingestion: DISCOVER, FETCH, VALIDATE → REJECTED
Ingestion_CorpusBuilt       | ingest                      | ingestion   | L Q R W     | Ingestion: INDEX → READY
Ingestion_NewVersion        | operator, ingest            | ingestion   | L Q R S W   | Ingestion: REJECTED, READY → DISCOVER
Ingestion_RollbackIndex     | controller, operator        | -           | -           | Ingestion: REJECTED, INDEX, READY → READY
Council_ProfilesLoaded      | controller                  | council     | L Q R S W   | Council: PLAN_ROLES → ELECT
Council_Claim               | agent                       | council     | L Q W       | Council: PLAN_ROLES, ELECT
Council_QuorumCert          | council, controller         | council     | L Q W       | Council: ELECT → TOOLING_SYNC; Policy: CLEAR → QUARANTINED
Council_McpGreen            | controller                  | council     | L Q R W     | Council: TOOLING_SYNC → READY
Council_Eject               | council, operator           | council     | L Q W       | Council: any → ELECT; Execution: REVIEW
Council_ReElect             | council, operator           | council     | L Q W       | Council: any → ELECT; Execution: REVIEW
Environment_CapacityOk      | controller                  | environment | L Q R S W   | Environment: ALLOCATE → PROVISION
Environment_Installed       | agent                       | environment | L Q R W     | Environment: PROVISION → HEALTHCHECK
Environment_Green           | provider, controller        | environment | L W         | Environment: HEALTHCHECK, READY, DEGRADED → READY
Environment_Amber           | provider, controller        | environment | L W         | Environment: HEALTHCHECK, READY, DEGRADED → DEGRADED
Environment_Deprovision     | controller, operator        | -           | -           | Environment: any → ALLOCATE
Lifecycle_AllReady          | controller                  | plan        | L Q R S W   | Execution: WAITING, PLAN → PLAN
Execution_PlanLocked        | council, controller         | plan        | L Q R S P W | Execution: PLAN → WORK
Execution_TaskAssigned      | controller, agent           | work        | L Q R P W   | Execution: WORK
Execution_TaskStarted       | controller, agent           | work        | L Q R P W   | Execution: WORK
Execution_TaskFinished      | agent                       | -           | -           | Execution: WORK
Execution_TaskFailed        | agent                       | -           | -           | Execution: WORK
Execution_ReviewGate        | controller                  | review      | L Q R W     | Execution: WORK → REVIEW
Execution_Approve           | council, operator:human     | review      | L Q R W     | Execution: REVIEW
Execution_Reject            | council, operator:human     | review      | L Q R W     | Execution: REVIEW
Execution_Rework            | controller                  | -           | L Q R       | Execution: REVIEW → PLAN
Execution_ApprovalsThreshold| controller                  | reverb      | L Q R P W   | Execution: REVIEW → REVERB
Execution_Submit            | controller                  | reverb      | L Q R W     | Execution: REVERB
Execution_NextWindow        | controller                  | plan        | L Q R W     | Execution: REVERB → PLAN
Execution_Complete          | controller                  | reverb      | L Q R W     | Lifecycle: PROJECT_LIFECYCLE → TERMINATED
Execution_QuorumLost        | controller, provider        | -           | -           | Run: RUNNING → RECOVERY
Run_Pause                   | operator:human              | -           | -           | Run: RUNNING → PAUSED
Run_Resume                  | operator:human              | -           | -           | Run: PAUSED → RUNNING
Run_Recover                 | controller                  | -           | -           | Run: RECOVERY → RUNNING
Service_Grace               | controller                  | -           | -           | Service: FULL → GRACE
Service_Stop                | controller                  | -           | -           | Service: FULL, GRACE → STOPPED
Service_Restore             | controller                  | -           | -           | Service: GRACE, STOPPED → FULL
Policy_Quarantine           | provider, operator          | -           | -           | Policy: CLEAR → QUARANTINED
Policy_Release              | operator:human, provider    | -           | -           | Ingestion: VALIDATE → DISCOVER; Policy: QUARANTINED → CLEAR
Policy_ConfirmBlock         | operator:human              | -           | -           | Lifecycle: BOOT, PROJECT_LIFECYCLE → TERMINATED; Policy: QUARANTINED → BLOCKED
`;

const SHARED: readonly (readonly [letter: string, guards: readonly string[]])[] = [
  ["L", ["licensed"]],
  ["Q", ["notQuarantined"]],
  ["R", ["running"]],
  ["S", ["fullService"]],
  ["P", ["councilReady", "environmentReady", "pinned"]],
];

const chart = shipped("project");
const declared = chart.normal.transitions;

/** Regions below the state in which they all run. */
const LIFECYCLE = "Lifecycle.PROJECT_LIFECYCLE";
const regionOf = (path: string): string =>
  (path.startsWith(`${LIFECYCLE}.`) ? path.slice(LIFECYCLE.length + 1) : path).split(".")[0] ?? "";
const lastOf = (path: string): string => path.slice(path.lastIndexOf(".") + 1);

/** Every state of the chart by its path. */
const states = new Map<string, NormalChart["root"]>();
function note(path: string, state: NormalChart["root"]): void {
  states.set(path, state);
  for (const [name, child] of state.states) note(path === "" ? name : `${path}.${name}`, child);
}
note("", chart.normal.root);

/** Where a target leads: into a state of several, by its first one. */
function enteredOf(path: string): string {
  const [first] = states.get(path)?.initial ?? [];
  return first === undefined ? path : enteredOf(first);
}

/** Ways of a transition by region, as the table writes them; a region itself is any state of it. */
function waysOf(transition: string): string {
  const ways = new Map<string, Set<string>>();
  for (const [path, state] of states)
    for (const { target } of state.on[transition] ?? []) {
      const to =
        target === null ? "" : ` → ${target.map((one) => lastOf(enteredOf(one))).join(", ")}`;
      const way = `${regionOf(path)}:${to}`;
      const from = regionOf(path) === lastOf(path) ? "any" : lastOf(path);
      ways.set(way, (ways.get(way) ?? new Set()).add(from));
    }
  return [...ways].map(([way, from]) => way.replace(":", `: ${[...from].join(", ")}`)).join("; ");
}

const rows = TABLE.trim()
  .split("\n")
  .map((line) => line.split("|").map((cell) => cell.trim()));

describe("the project chart", () => {
  it.each(rows)("%s is as the table says", (name, by, kind, letters, ways) => {
    const found = declared[name ?? ""];
    expect(found?.by.join(", ")).toBe(by);
    expect(found?.class ?? "-").toBe(kind);
    const guards = found?.guards ?? [];
    const shared = SHARED.filter(([, all]) => all.every((guard) => guards.includes(guard)));
    const window = kind !== "-" && guards.includes(`${kind}Open`) ? ["W"] : [];
    expect([...shared.map(([letter]) => letter), ...window].join(" ") || "-").toBe(letters);
    expect(waysOf(name ?? "")).toBe(ways);
  });

  it("declares nothing else that anybody may propose, and only Boot_ConfigOk creates", () => {
    const proposable = Object.entries(declared).filter(([, { by }]) => by.length > 0);
    expect(new Set(proposable.map(([name]) => name))).toEqual(new Set(rows.map(([name]) => name)));
    expect(chart.normal.creates).toEqual(["Boot_ConfigOk"]);
  });

  it("has the states of the drawing, each in its region", () => {
    const leaves = new Map<string, string[]>();
    for (const [path, { states: within }] of states)
      if (within.length === 0)
        leaves.set(regionOf(path), [...(leaves.get(regionOf(path)) ?? []), lastOf(path)]);
    const drawn = Object.fromEntries(
      [...leaves].map(([region, names]) => [region, names.toSorted()]),
    );
    expect(drawn).toEqual({
      Lifecycle: ["LICENSE_CHECK", "TERMINATED", "UNINITIALIZED"],
      Ingestion: ["DISCOVER", "FETCH", "INDEX", "READY", "REJECTED", "VALIDATE"],
      Council: ["ELECT", "PLAN_ROLES", "READY", "TOOLING_SYNC"],
      Environment: ["ALLOCATE", "DEGRADED", "HEALTHCHECK", "PROVISION", "READY"],
      Execution: ["PLAN", "REVERB", "REVIEW", "WAITING", "WORK"],
      Run: ["CLOSED", "PAUSED", "RECOVERY", "RUNNING"],
      Service: ["CLOSED", "FULL", "GRACE", "STOPPED"],
      Policy: ["BLOCKED", "CLEAR", "CLOSED", "QUARANTINED"],
    });
    const final = [...states].filter(([, { type }]) => type === "final").map(([path]) => path);
    expect(new Set(final)).toEqual(
      new Set([
        "Lifecycle.TERMINATED",
        "Run.CLOSED",
        "Service.CLOSED",
        "Policy.BLOCKED",
        "Policy.CLOSED",
      ]),
    );
  });

  it("has the seed's eight regions and seven document parts", () => {
    expect(chart.regions.map(({ name }) => name)).toEqual([
      "Lifecycle",
      "Ingestion",
      "Council",
      "Environment",
      "Execution",
      "Run",
      "Service",
      "Policy",
    ]);
    expect(Object.keys(chart.normal.projections).toSorted()).toEqual([
      "Boot",
      "Control",
      "Council",
      "Environment",
      "Execution",
      "Ingestion",
      "Policy",
    ]);
  });
});
