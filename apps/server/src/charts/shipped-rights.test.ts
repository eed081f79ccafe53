import { readdirSync } from "node:fs";
import { type CompiledChart, REFUSAL_CODES } from "@swoosh/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HttpRig } from "../http/test/http-rig.ts";
import type { PrivateKey } from "../keys/private-key.ts";
import { createServerKernel } from "../node/create-server-kernel.ts";
import { readCharts } from "./read-charts.ts";
import { SHIPPED_CHARTS } from "./shipped-charts.ts";
import { EVERY_ROLE } from "../http/test/every-role.ts";

/**
 * Who may propose what of the shipped charts, written a second time: a chart that lets others in has to say so here too.
 * By chart, then by who may; nobody may what stands under "": only a chart raises or joins it.
 */
const RIGHTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  agent: {
    "": "Agent_Lease Agent_Unlease",
    controller: "Agent_Connect Agent_Disconnect",
    "controller operator": "Agent_Drain Agent_Quarantine Agent_Undrain",
    operator: "Agent_Revoke",
    "operator:human": "Agent_Release",
  },
  beat: { provider: "Beat_Lost Beat_Observed" },
  capacity: {
    "": "Capacity_Reserve",
    operator: "Capacity_Release",
    provider: "Capacity_Counted",
  },
  council: { "": "Council_Claimed Council_Unclaimed" },
  criterion: {
    "": "Criterion_Expire",
    ci: "Criterion_Fail Criterion_Pass",
    "ci operator": "Criterion_Define",
  },
  flag: { "operator:human": "Flag_Set" },
  identity: {
    operator: "Identity_Grant Identity_Register Identity_Revoke Identity_Ungrant",
    self: "Identity_Rotate",
  },
  ladder: {
    "": "Level_Fall",
    "auditor:human council:human operator:human": "Level_Vote",
    "auditor:human operator:human": "Level_Verify",
    "ci operator": "Level_Define",
    "ci operator:human": "Level_Raise",
  },
  license: {
    "operator provider": "License_Denied License_Granted",
    provider: "License_Throttled License_Unreachable",
  },
  lifecycle: {
    "": "Lifecycle_GateFailed",
    "agent ci council operator": "Lifecycle_Halt",
    "ci operator": "Lifecycle_Define Stage_Return",
    "ci operator:human": "Next_Iteration Stage_Advance",
    "council:human operator:human": "Lifecycle_Approve",
    "operator:human": "Lifecycle_Resume",
  },
  policy: { provider: "Policy_Verdict" },
  project: {
    "": "Environment_ProvisionLate Ingestion_FetchLate Ingestion_IndexLate Ingestion_ValidateLate",
    agent: "Council_Claim Environment_Installed Execution_TaskFailed Execution_TaskFinished",
    "agent controller": "Execution_TaskAssigned Execution_TaskStarted",
    controller:
      "Boot_LicenseDenied Boot_Licensed Council_McpGreen Council_ProfilesLoaded Environment_CapacityOk Execution_ApprovalsThreshold Execution_Complete Execution_NextWindow Execution_ReviewGate Execution_Rework Execution_Submit Lifecycle_AllReady Run_Recover Service_Grace Service_Restore Service_Stop",
    "controller council": "Council_QuorumCert Execution_PlanLocked",
    "controller operator": "Boot_ConfigOk Environment_Deprovision Ingestion_RollbackIndex",
    "controller provider": "Environment_Amber Environment_Green Execution_QuorumLost",
    "council operator": "Council_Eject Council_ReElect",
    "council operator:human": "Execution_Approve Execution_Reject",
    ingest:
      "Ingestion_BytesOk Ingestion_CorpusBuilt Ingestion_Rejected Ingestion_SchemaOk Ingestion_SourcesResolved",
    "ingest operator": "Ingestion_NewVersion",
    "operator provider": "Policy_Quarantine",
    "operator:human": "Policy_ConfirmBlock Run_Pause Run_Resume",
    "operator:human provider": "Policy_Release",
    provider: "Ingestion_PolicyViolation",
  },
  redaction: { "operator:human": "Redaction_Order" },
  session: {
    "": "Session_Activate Session_Finish",
    controller: "Session_Allocate Session_Fail Session_Queue Session_Request",
    "controller operator": "Session_Release Session_Releasing",
  },
  task: {
    "ci operator agent": "Task_Begin Task_Specify",
    "ci operator:human": "Task_Finish",
    "council:human operator:human": "Task_Approve",
    "operator:human": "Task_Drop",
  },
  tool: { provider: "Tool_Down Tool_Up" },
};

type Kind = "human" | "service" | "engine";

interface Signer {
  readonly roles: readonly string[];
  readonly kind: Kind;
  readonly covers: boolean;
  readonly key: PrivateKey;
}

let rig: HttpRig;
let charts: readonly CompiledChart[];
let signers: readonly Signer[];

/**
 * The shipped chart, but that each of its transitions may create: where an instance has come to is asked after the roles,
 * so nothing has to be brought to where the transition is enabled.
 */
function fromAnywhere(chart: CompiledChart): CompiledChart {
  const all = [...chart.transitions].map(
    ([name, one]) => [name, { ...one, creates: true }] as const,
  );
  return { ...chart, transitions: new Map(all) };
}

beforeAll(async () => {
  charts = readCharts(createServerKernel(), [SHIPPED_CHARTS], () => undefined);
  rig = await HttpRig.open();
  const register = async (signer: Omit<Signer, "key">, at: number): Promise<Signer> => {
    const scope = signer.covers ? "*" : "switch/*";
    const grants = signer.roles.map((role) => ({ role, scope }));
    return { ...signer, key: await rig.register(`signer-${at}`, grants, signer.kind) };
  };
  const kindsOf = (role: string): readonly Kind[] =>
    role === "engine" ? ["human", "engine"] : ["human", "service"];
  const inScope = EVERY_ROLE.flatMap((role) =>
    kindsOf(role).map((kind) => ({ roles: [role], kind, covers: true })),
  );
  const outside: Omit<Signer, "key"> = { roles: EVERY_ROLE, kind: "human", covers: false };
  signers = await Promise.all([...inScope, outside].map(register));
  for (const chart of charts)
    if (chart.name !== "identity") await rig.node.engine.act.installChart(fromAnywhere(chart));
});
afterAll(() => rig.close());

const FORBIDDEN = REFUSAL_CODES.indexOf("forbidden");

async function isForbidden(instance: string, transition: string, signer: PrivateKey) {
  const text = rig.wire({ instance, transition, signer });
  const answer = await rig.node.engine.propose(text, { dryRun: true });
  if (answer.kind !== "refused") return false;
  const { code } = answer.refused;
  if (REFUSAL_CODES.indexOf(code) < FORBIDDEN) throw new Error(`${transition}: ${code}`);
  return code === "forbidden";
}

describe("the shipped charts", () => {
  it("let those in who are written here, and nobody else", () => {
    const found = Object.fromEntries(
      charts.map(({ name, transitions }) => [
        name,
        Object.fromEntries(
          [...transitions.values()].map(({ by, name: transition }) => [
            transition,
            by.map(({ human, role }) => (human ? `${role}:human` : role)).toSorted(),
          ]),
        ),
      ]),
    );
    const written = Object.fromEntries(
      Object.entries(RIGHTS).map(([name, lines]) => [
        name,
        Object.fromEntries(
          Object.entries(lines).flatMap(([by, names]) =>
            names.split(" ").map((one) => [one, by.split(" ").filter(Boolean).toSorted()]),
          ),
        ),
      ]),
    );
    expect(found).toEqual(written);
    expect(readdirSync(SHIPPED_CHARTS).length).toBe(charts.length);
  });

  it.each(Object.keys(RIGHTS).filter((name) => name !== "identity"))(
    "%s: every transition by every role, of people and services, in scope and out of it",
    async (name) => {
      for (const [by, transitions] of Object.entries(RIGHTS[name] ?? {})) {
        const may = ({ covers, kind, roles }: Signer): boolean =>
          covers &&
          by.split(" ").some((one) => {
            const [role = "", only] = one.split(":");
            return roles.includes(role) && (only === undefined || only === kind);
          });
        for (const transition of transitions.split(" ")) {
          const said = await Promise.all(
            signers.map(({ key }) => isForbidden(`${name}/x1`, transition, key)),
          );
          const row = signers.map(({ kind, roles }, at) => [transition, roles, kind, said[at]]);
          expect(row).toEqual(signers.map((one) => [transition, one.roles, one.kind, !may(one)]));
        }
      }
    },
  );

  it("open nothing to the role `engine`, which is the node's own", () => {
    for (const lines of Object.values(RIGHTS))
      for (const by of Object.keys(lines)) expect(by.split(/[ :]/u)).not.toContain("engine");
  });
});
