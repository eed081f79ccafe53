import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Leader } from "../follow/test/leader.ts";
import { AGENTS, ProjectStage } from "../follow/test/project-stage.ts";
import { ProjectWalk } from "../follow/test/project-walk.ts";
import { explainInstance, type InstanceExplained } from "../read/explain-instance.ts";
import { InstanceNames } from "../read/instance-names.ts";
import { LogView } from "../read/log-view.ts";
import { engineSource } from "../read/read-source.ts";
import { EVERYTHING } from "../read/viewer.ts";

const root = mkdtempSync(join(tmpdir(), "swoosh-stuck-"));
const GRACE_MS = 1_000;
const MINUTE_MS = 60_000;

let leader: Leader;
let stage: ProjectStage;
let walk: ProjectWalk;
let instance: string;
beforeAll(async () => {
  leader = await Leader.open(join(root, "data"));
  stage = new ProjectStage(leader);
  await stage.begin({ isLicensed: false });
  walk = new ProjectWalk(stage);
  instance = await walk.configure();
});
afterAll(async () => {
  await leader.node.close();
  rmSync(root, { recursive: true, force: true });
});

/** What `/explain` and `swoosh why` say. */
async function explained(of = instance): Promise<InstanceExplained> {
  const { node, clock } = leader;
  const source = engineSource({ ...node, now: () => clock.now() });
  const log = new LogView(source);
  await log.caughtUp();
  const doors = { blobs: node.blobs, log, names: new InstanceNames(source), source };
  const reading = await explainInstance(doors, { instance: of, viewer: EVERYTHING });
  if (!reading.ok) throw new Error(reading.problem.detail);
  return reading.value;
}

const must = (by: string, transition: string, inputs = {}): Promise<void> =>
  walk.must(instance, by, transition, inputs);

/** Member by its place, as `approved` names it: sorted by key. */
const members = (): readonly string[] =>
  walk.project(instance).context.council.members.map(({ key, role }) => `${role} ${key}`);

const keyOf = (name: string): string => stage.key(name).identity;

interface Stuck {
  readonly because: string;
  readonly how?: () => Promise<void>;
  /** Sentences of `waits_for`: what is missing, and who owes it. */
  readonly waits: readonly (string | (() => string))[];
}

/** One project, led from each place where it waits to the next. */
const STUCK: readonly Stuck[] = [
  {
    because: "there is no licence",
    waits: [
      "Boot_Licensed is refused now: license/main is not there yet; KACHING or the local licence owes it",
      "operator:human may Run_Pause",
    ],
  },
  {
    because: "the licence was denied",
    how: () =>
      stage.must(
        stage.act("license/main", "facts", "License_Denied", {
          observed_at: leader.clock.now(),
          reason: "no seats left",
          source: "kaching",
        }),
      ),
    waits: [
      "Boot_Licensed is refused now: license/main is denied, no seats left; who runs KACHING, or an operator with a local licence, grants it",
    ],
  },
  {
    because: "the licence came, and the source has not",
    how: async () => {
      await stage.must(stage.licence());
      await must("driver", "Boot_Licensed");
    },
    waits: [
      "Lifecycle_AllReady is refused now: ingestion is not READY: ingest owes the sources of version 1",
      "Lifecycle_AllReady is refused now: the council is not READY: agents owe a claim for each role; claimed: none",
      "Lifecycle_AllReady is refused now: the environment is not ready: capacity/main owes free agents; an operator starts some",
    ],
  },
  {
    because: "the source cannot be ingested",
    how: async () => {
      const why = { evidence: stage.evidence, reason: "swoosh.yaml:4:5: rnu" };
      await must("ingest", "Ingestion_Rejected", why);
    },
    waits: [
      "Lifecycle_AllReady is refused now: ingestion is not READY: the source was rejected, swoosh.yaml:4:5: rnu; a person mends it and proposes Ingestion_NewVersion",
    ],
  },
  {
    because: "too few claimed",
    how: async () => {
      await must("operator", "Ingestion_NewVersion");
      await stage.ingest(instance, "one");
      await walk.claim(instance, "a1", "builder");
    },
    waits: [
      "Lifecycle_AllReady is refused now: the council is not READY: agents owe a claim for each role; claimed: builder",
    ],
  },
  {
    because: "nobody is elected",
    how: async () => {
      await walk.claim(instance, "a2", "builder");
      await walk.claim(instance, "a3", "reviewer");
      await walk.load(instance, [{ name: "lint", pin: "1.0" }]);
    },
    waits: [
      "Lifecycle_AllReady is refused now: the council is not READY: agents owe claims and votes for term 1",
    ],
  },
  {
    because: "a tool is down",
    how: async () => {
      await walk.certify(instance);
      const valid_until = leader.clock.now() + MINUTE_MS;
      const inputs = { endpoint: "stdio:x", reason: "it ended", valid_until };
      await stage.must(stage.act("tool/lint", "facts", "Tool_Down", inputs));
    },
    waits: [
      'Council_McpGreen is refused now: the MCP provider owes what is not up, on its pin and lately probed: ["lint is not up"]',
      "Lifecycle_AllReady is refused now: the council is not READY: the MCP provider owes its tools lint",
    ],
  },
  {
    because: "there is no capacity",
    how: async () => {
      const valid_until = leader.clock.now() + MINUTE_MS;
      const seen = { endpoint: "stdio:x", pinned: "", tools: 1, valid_until, version: "1.0" };
      await stage.must(stage.act("tool/lint", "facts", "Tool_Up", seen));
      await must("driver", "Council_McpGreen");
      const nobody = stage.act("capacity/main", "facts", "Capacity_Counted", {
        free: 0,
        valid_until,
      });
      await stage.must(nobody);
      const asked = stage.act(instance, "driver", "Environment_CapacityOk", walk.demand(instance));
      expect(await walk.refusal(asked)).toContain("0 free, 0 of them reserved; 1 are asked for");
    },
    waits: [
      "Lifecycle_AllReady is refused now: the environment is not ready: capacity/main owes free agents; an operator starts some",
    ],
  },
  {
    because: "its lead has not provisioned",
    how: async () => {
      await stage.must(stage.count());
      await must("driver", "Environment_CapacityOk", walk.demand(instance));
    },
    waits: [
      "Lifecycle_AllReady is refused now: the environment is not ready: a1 owes what it installs, checkout",
    ],
  },
  {
    because: "its window is closed",
    how: async () => {
      await must("a1", "Environment_Installed", walk.installed(instance));
      await must("driver", "Environment_Green");
      await walk.toPhase("review");
    },
    waits: [
      () =>
        `Lifecycle_AllReady is refused now: plan needs a plan frame; beat ${beat()} is review after execute; beats open it, \`swoosh windows\` tells when`,
    ],
  },
  {
    because: "tasks are open",
    how: async () => {
      await walk.toPhase("plan");
      await must("driver", "Lifecycle_AllReady");
      await must("driver", "Execution_PlanLocked", stage.plan());
      await walk.toPhase("execute");
      await walk.assign(instance, "one");
    },
    waits: [
      'Execution_ReviewGate is refused now: still open: ["one runs","two waits for an agent"]; their agents owe them',
    ],
  },
  {
    because: "a person paused it",
    how: () => must("operator", "Run_Pause", { reason: "lunch" }),
    waits: [
      "are refused now: paused by a person: lunch; a person resumes it",
      "operator:human may Run_Resume",
    ],
  },
  {
    because: "its quorum is lost",
    how: async () => {
      await must("operator", "Run_Resume");
      await must("driver", "Execution_QuorumLost", { live: 1 });
    },
    waits: [
      "are refused now: in recovery: quorum lost; its members come back, or agents owe a council of a newer term than 1",
    ],
  },
  {
    because: "the licence is in its grace",
    how: async () => {
      await must("driver", "Run_Recover", { live: 3 });
      await stage.must(stage.licence(MINUTE_MS));
      leader.clock.advance(MINUTE_MS);
      await must("driver", "Service_Grace");
    },
    waits: [
      "Ingestion_NewVersion is refused now: nothing new begins: service is in its grace; KACHING or an operator with a new local licence renews license/main",
    ],
  },
  {
    because: "the licence expired",
    how: async () => leader.clock.advance(GRACE_MS),
    waits: [
      "are refused now: no licence: license/main ended with its grace; KACHING or an operator with a new local licence renews it",
    ],
  },
  {
    because: "the service has not been restored",
    how: async () => {
      await must("driver", "Service_Stop");
      await stage.must(stage.licence());
    },
    waits: [
      "are refused now: no licence: service is stopped, but license/main is valid again; the driver restores it",
      "controller may Service_Restore",
    ],
  },
  {
    because: "approvals are missing",
    how: async () => {
      await must("driver", "Service_Restore");
      const { fence, id } = Object(
        walk.project(instance).context.execution.tasks.find(({ state }) => state === "assigned"),
      );
      const ended = { evidence: stage.evidence, fence, session: `ws${fence}`, task: id };
      await must("a1", "Execution_TaskFinished", ended);
      await walk.toPhase("execute");
      await walk.work(instance, "two");
      await walk.toPhase("review");
      await must("driver", "Execution_ReviewGate");
      await must("a1", "Execution_Approve");
    },
    waits: [
      () =>
        `Execution_ApprovalsThreshold is refused now: 1 of 2 approvals; members owe theirs: ${JSON.stringify(members().filter((one) => !one.endsWith(keyOf("a1"))))}`,
    ],
  },
  {
    because: "it is quarantined",
    how: async () => {
      const found = { policy_version: 1, rationale: "aws-access-key in dist/a.ini:1" };
      await must("shhh", "Policy_Quarantine", found);
    },
    waits: [
      "quarantined: aws-access-key in dist/a.ini:1; a person releases it with a reason, or a newer policy that allows it",
    ],
  },
];

const beat = (): string => String(Object(stage.document("beat/main")?.context)["beat_index"]);

it.each(STUCK)("a project says what it waits for, and whom, when $because", async (row) => {
  await row.how?.();
  const { transitions, waits_for: waits } = await explained();
  for (const one of row.waits) {
    const sentence = typeof one === "string" ? one : one();
    expect(waits.map((told) => (told.endsWith(sentence) ? sentence : told))).toContain(sentence);
    // Who looks at the transition reads the same.
    const [, reason] = sentence.split("refused now: ");
    if (reason === undefined) continue;
    const reasons = transitions.flatMap(({ guard_outcomes: outcomes }) =>
      outcomes.flatMap(({ ok, reasons: why }) => (ok === false ? why : [])),
    );
    expect(reasons).toContain(reason);
  }
});

it("tells by what it came to be stuck, back to where it began", async () => {
  const { because, configuration } = await explained();
  expect(configuration).toContain("Policy.QUARANTINED");
  expect(because[0]).toMatchObject({ by: "shhh", transition: "Policy_Quarantine" });
  const told = because.map(({ by, transition }) => `${by} ${transition}`);
  expect(told.slice(0, 3)).toEqual([
    "shhh Policy_Quarantine",
    "a1 Execution_Approve",
    "driver Execution_ReviewGate",
  ]);
});

it("tells who would decide a review without a seat how to get one", async () => {
  await must("operator", "Policy_Release", { reason: "revoked" });
  const [, , , other = ""] = AGENTS;
  expect(await walk.refusal(stage.act(instance, other, "Execution_Approve"))).toBe(
    `guard_failed: ${keyOf(other)} holds no seat of the council of term 1; its 3 members decide, and who claims a role (Council_Claim) and is elected becomes one`,
  );
});
