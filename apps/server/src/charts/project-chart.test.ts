import { describe, expect, it } from "vitest";
import { createServerKernel } from "../node/create-server-kernel.ts";
import { readCharts } from "./read-charts.ts";
import { SHIPPED_CHARTS } from "./shipped-charts.ts";

/**
 * The orchestrator's table: who may, the class of the window, and the guards that rows share (L licensed, Q not quarantined,
 * R running, S full service, P council and environment ready on the pinned version; W the window of the class).
 */
const TABLE = `
Boot_ConfigOk               | controller, operator        | -           | -
Boot_Licensed               | controller                  | -           | -
Boot_LicenseDenied          | controller                  | -           | -
Ingestion_SourcesResolved   | ingest                      | ingestion   | L Q R S W
Ingestion_BytesOk           | ingest                      | ingestion   | L Q R W
Ingestion_SchemaOk          | ingest                      | ingestion   | L Q R W
Ingestion_PolicyViolation   | provider                    | -           | -
Ingestion_Rejected          | ingest                      | -           | Q
Ingestion_CorpusBuilt       | ingest                      | ingestion   | L Q R W
Ingestion_NewVersion        | operator, ingest            | ingestion   | L Q R S W
Ingestion_RollbackIndex     | controller, operator        | -           | -
Council_ProfilesLoaded      | controller                  | council     | L Q R S W
Council_Claim               | agent                       | council     | L Q W
Council_QuorumCert          | council, controller         | council     | L Q W
Council_McpGreen            | controller                  | council     | L Q R W
Council_Eject               | council, operator           | council     | L Q W
Council_ReElect             | council, operator           | council     | L Q W
Environment_CapacityOk      | controller                  | environment | L Q R S W
Environment_Installed       | agent                       | environment | L Q R W
Environment_Green           | provider, controller        | environment | L W
Environment_Amber           | provider, controller        | environment | L W
Environment_Deprovision     | controller, operator        | -           | -
Lifecycle_AllReady          | controller                  | plan        | L Q R S W
Execution_PlanLocked        | council, controller         | plan        | L Q R S P W
Execution_TaskAssigned      | controller, agent           | work        | L Q R P W
Execution_TaskStarted       | controller, agent           | work        | L Q R P W
Execution_TaskFinished      | agent                       | -           | -
Execution_TaskFailed        | agent                       | -           | -
Execution_ReviewGate        | controller                  | review      | L Q R W
Execution_Approve           | council, operator:human     | review      | L Q R W
Execution_Reject            | council, operator:human     | review      | L Q R W
Execution_Rework            | controller                  | -           | L Q R
Execution_ApprovalsThreshold| controller                  | reverb      | L Q R P W
Execution_Submit            | controller                  | reverb      | L Q R W
Execution_NextWindow        | controller                  | plan        | L Q R W
Execution_Complete          | controller                  | reverb      | L Q R W
Execution_QuorumLost        | controller, provider        | -           | -
Run_Pause                   | operator:human              | -           | -
Run_Resume                  | operator:human              | -           | -
Run_Recover                 | controller                  | -           | -
Service_Grace               | controller                  | -           | -
Service_Stop                | controller                  | -           | -
Service_Restore             | controller                  | -           | -
Policy_Quarantine           | provider, operator          | -           | -
Policy_Release              | operator:human, provider    | -           | -
Policy_ConfirmBlock         | operator:human              | -           | -
`;

const SHARED: readonly (readonly [letter: string, guards: readonly string[]])[] = [
  ["L", ["licensed"]],
  ["Q", ["notQuarantined"]],
  ["R", ["running"]],
  ["S", ["fullService"]],
  ["P", ["councilReady", "environmentReady", "pinned"]],
];

const chart = readCharts(createServerKernel(), [SHIPPED_CHARTS], () => undefined).find(
  ({ name }) => name === "project",
);
if (chart === undefined) throw new Error("there is no project chart");
const declared = chart.normal.transitions;

const rows = TABLE.trim()
  .split("\n")
  .map((line) => line.split("|").map((cell) => cell.trim()));

describe("the project chart", () => {
  it.each(rows)("%s is as the table says", (name, by, kind, letters) => {
    const found = declared[name ?? ""];
    expect(found?.by.join(", ")).toBe(by);
    expect(found?.class ?? "-").toBe(kind);
    const guards = found?.guards ?? [];
    const shared = SHARED.filter(([, all]) => all.every((guard) => guards.includes(guard)));
    const window = kind !== "-" && guards.includes(`${kind}Open`) ? ["W"] : [];
    expect([...shared.map(([letter]) => letter), ...window].join(" ") || "-").toBe(letters);
  });

  it("declares nothing else that anybody may propose, and only Boot_ConfigOk creates", () => {
    const proposable = Object.entries(declared).filter(([, { by }]) => by.length > 0);
    expect(new Set(proposable.map(([name]) => name))).toEqual(new Set(rows.map(([name]) => name)));
    expect(chart.normal.creates).toEqual(["Boot_ConfigOk"]);
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
