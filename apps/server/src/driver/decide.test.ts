import type { JsonObject } from "@swoosh/kernel";
import { expect, it } from "vitest";
import { hasher } from "../hasher.ts";
import { decide } from "./decide.ts";
import {
  agent,
  AGENTS,
  DOWNBEAT,
  frame,
  HASH,
  KEYS,
  MEMBERS,
  PINS,
  READY,
  running,
  session,
  task,
  told,
  viewOf,
  type At,
} from "./test/view-of.ts";
import type { View } from "./view.ts";

const WORK = "READY READY READY EXECUTION.WORK";
const REVIEW = "READY READY READY EXECUTION.REVIEW";
const REVERB = "READY READY READY EXECUTION.REVERB";
const twoGone = [agent("a1", "k1", 500), agent("a2", "k2", 500), agent("a3", "k3")];
/** The lead's answers, after it said no so many times. */
const provisioned = (refusals: number): View["answers"] =>
  new Map([
    [
      "provision:project/p#1.0:1",
      {
        kind: "failed",
        code: refusals === 0 ? "deadline" : "bad_content",
        message: "no",
        refusals,
      },
    ],
  ]);
/** What the lead found of the content. */
const lookedAt = (value: JsonObject): View["answers"] =>
  new Map([["health:project/p:7:1", { kind: "done", value }]]);
const claim = (key: string) => ({ key, load: 0, role: "r", weight: 1 });

type Row = readonly [
  what: string,
  at: At,
  context: JsonObject,
  more: Partial<View>,
  expected: readonly string[],
];

const LICENCE = {
  isGranted: true,
  isDenied: false,
  reason: "",
  stop_at: 9_000,
  valid_until: 5_000,
};
const ENDED = { ...LICENCE, valid_until: 1, stop_at: 2 };

const ROWS: readonly Row[] = [
  ["no licence is known", { boot: "LICENSE_CHECK" }, {}, { licence: undefined }, []],
  ["the licence is good", { boot: "LICENSE_CHECK" }, {}, {}, ["Boot_Licensed"]],
  [
    "it is denied",
    { boot: "LICENSE_CHECK" },
    {},
    { licence: { ...LICENCE, isGranted: false, isDenied: true, reason: "no" } },
    ["Boot_LicenseDenied"],
  ],
  [
    "it was told already",
    { boot: "LICENSE_CHECK" },
    { boot: { reason: "no" } },
    { licence: { ...LICENCE, isGranted: false, isDenied: true, reason: "no" } },
    [],
  ],
  [
    "its grace begins",
    { parts: "DISCOVER PLAN_ROLES ALLOCATE WAITING" },
    {},
    { plan: undefined, licence: { ...LICENCE, valid_until: 1_000 } },
    ["Service_Grace"],
  ],
  [
    "its end has come",
    { parts: "DISCOVER PLAN_ROLES ALLOCATE WAITING" },
    {},
    { plan: undefined, licence: { ...LICENCE, valid_until: 900, stop_at: 1_000 } },
    ["Service_Stop"],
  ],
  [
    "it is good again",
    { parts: "DISCOVER PLAN_ROLES ALLOCATE WAITING", service: "STOPPED" },
    {},
    { plan: undefined },
    ["Service_Restore"],
  ],
  [
    "content is there",
    { parts: "READY PLAN_ROLES ALLOCATE WAITING" },
    { ingestion: PINS },
    {},
    [
      "a1 council.opportunity",
      "a2 council.opportunity",
      "a3 council.opportunity",
      "Environment_CapacityOk",
    ],
  ],
  [
    "everybody claims",
    { parts: "READY PLAN_ROLES ALLOCATE WAITING" },
    { ingestion: PINS },
    { claims: KEYS.map(claim), capacity: undefined },
    ["Council_ProfilesLoaded"],
  ],
  [
    "there is not enough room",
    { parts: "READY READY ALLOCATE WAITING" },
    { ingestion: PINS, council: MEMBERS },
    { capacity: { free: 3, holders: [], reserved: 1, valid_until: 9_000 } },
    [],
  ],
  [
    "members must vote",
    { parts: "READY ELECT READY WAITING" },
    { ...READY, council: { ...MEMBERS, members: [] } },
    { claims: KEYS.map(claim) },
    ["a1 council.vote", "a2 council.vote", "a3 council.vote"],
  ],
  [
    "a seat is empty, and it may be claimed yet",
    { parts: "READY ELECT READY WAITING" },
    { ...READY, council: { ...MEMBERS, members: [] } },
    { claims: KEYS.slice(0, 2).map(claim), agents: AGENTS.slice(0, 2) },
    [],
  ],
  [
    "a seat is empty at the downbeat",
    { parts: "READY ELECT READY WAITING" },
    { ...READY, council: { ...MEMBERS, members: [] } },
    { beat: DOWNBEAT, claims: KEYS.slice(0, 2).map(claim), agents: AGENTS.slice(0, 2) },
    ["a1 council.vote", "a2 council.vote"],
  ],
  [
    "so few claim that no plan could be approved",
    { parts: "READY ELECT READY WAITING" },
    { ...READY, council: { ...MEMBERS, members: [] } },
    { beat: DOWNBEAT, claims: KEYS.slice(0, 1).map(claim), agents: AGENTS.slice(0, 1) },
    [],
  ],
  [
    "a claimant is gone",
    { parts: "READY ELECT READY WAITING" },
    { ...READY, council: { ...MEMBERS, members: [] } },
    { claims: KEYS.map(claim), agents: [agent("a1", "k1", 2_000), ...AGENTS.slice(1)] },
    ["a2 council.eject", "Environment_Amber"],
  ],
  [
    "no tool is asked for",
    { parts: "READY TOOLING_SYNC READY WAITING" },
    READY,
    {},
    ["Council_McpGreen"],
  ],
  [
    "a tool is not seen",
    { parts: "READY TOOLING_SYNC READY WAITING" },
    { ...READY, council: { ...MEMBERS, tools: [{ name: "x", pin: "" }] } },
    {},
    [],
  ],
  [
    "a tool has another version",
    { parts: "READY TOOLING_SYNC READY WAITING" },
    { ...READY, council: { ...MEMBERS, tools: [{ name: "x", pin: "2" }] } },
    { tools: new Map([["x", { isUp: true, valid_until: 9_000, version: "1" }]]) },
    [],
  ],
  [
    "a tool is down",
    { parts: "READY TOOLING_SYNC READY WAITING" },
    { ...READY, council: { ...MEMBERS, tools: [{ name: "x", pin: "" }] } },
    { tools: new Map([["x", { isUp: false, valid_until: 9_000, version: "1" }]]) },
    [],
  ],
  [
    "a tool is up, on its pin",
    { parts: "READY TOOLING_SYNC READY WAITING" },
    { ...READY, council: { ...MEMBERS, tools: [{ name: "x", pin: "1" }] } },
    { tools: new Map([["x", { isUp: true, valid_until: 9_000, version: "1" }]]) },
    ["Council_McpGreen"],
  ],
  [
    "the lead must provision",
    { parts: "READY READY PROVISION WAITING" },
    READY,
    {},
    ["a1 environment.provision"],
  ],
  [
    "the lead could not provision, twice",
    { parts: "READY READY PROVISION WAITING" },
    READY,
    { answers: provisioned(2) },
    ["a1 environment.provision"],
  ],
  [
    "the lead cannot provision",
    { parts: "READY READY PROVISION WAITING" },
    READY,
    { answers: provisioned(3) },
    ["Environment_Deprovision"],
  ],
  [
    "the lead does not answer",
    { parts: "READY READY PROVISION WAITING" },
    READY,
    { answers: provisioned(0) },
    ["a1 environment.provision"],
  ],
  [
    "the lead is gone",
    { parts: "READY READY PROVISION WAITING" },
    { ...READY, council: PINS },
    { agents: [agent("a1", "k1", 2_000), ...AGENTS.slice(1)] },
    ["Environment_Deprovision"],
  ],
  [
    "it must be looked at",
    { parts: "READY READY HEALTHCHECK WAITING" },
    READY,
    {},
    ["a1 environment.health"],
  ],
  [
    "it is not as ingested",
    { parts: "READY READY HEALTHCHECK WAITING" },
    READY,
    { answers: lookedAt({ ok: false, reason: "a.txt is not as ingested" }) },
    ["Environment_Amber"],
  ],
  [
    "amber, and the lead is here: it must be looked at again",
    { parts: "READY READY DEGRADED WAITING" },
    READY,
    {},
    ["a1 environment.health"],
  ],
  [
    "amber, and good again",
    { parts: "READY READY DEGRADED WAITING" },
    READY,
    { answers: lookedAt({ ok: true }) },
    ["Environment_Green"],
  ],
  [
    "amber, and still not as ingested",
    { parts: "READY READY DEGRADED WAITING" },
    READY,
    { answers: lookedAt({ ok: false, reason: "a.txt is not as ingested" }) },
    ["Environment_Deprovision"],
  ],
  [
    "the version is old",
    { parts: "READY READY READY WAITING" },
    { ...READY, ingestion: { ...PINS, version: 2 } },
    {},
    ["a1 council.reelect", "Environment_Deprovision"],
  ],
  ["all is ready, out of the window", { parts: "READY READY READY WAITING" }, READY, {}, []],
  [
    "all is ready",
    { parts: "READY READY READY WAITING" },
    READY,
    { beat: frame("plan") },
    ["Lifecycle_AllReady"],
  ],
  [
    "the plan can be locked",
    { parts: "READY READY READY EXECUTION.PLAN" },
    running({}),
    { beat: frame("plan") },
    ["Execution_PlanLocked"],
  ],
  [
    "nothing new begins in the grace",
    { parts: "READY READY READY EXECUTION.PLAN", service: "GRACE" },
    running({}),
    { beat: frame("plan"), licence: { ...LICENCE, valid_until: 900 } },
    [],
  ],
  [
    "a task waits",
    { parts: WORK },
    running({ tasks: [task("waiting", 0)] }),
    {},
    ["Session_Request"],
  ],
  [
    "a session has nobody",
    { parts: WORK },
    running({ tasks: [task("waiting", 0)] }),
    { sessions: session("REQUESTED") },
    ["Session_Allocate by fleet"],
  ],
  [
    "nobody is free",
    { parts: WORK },
    running({ tasks: [task("waiting", 0)] }),
    { sessions: session("REQUESTED"), agents: AGENTS.map((one) => ({ ...one, isFree: false })) },
    ["Session_Queue"],
  ],
  [
    "an agent is lent",
    { parts: WORK },
    running({ tasks: [task("waiting", 0)] }),
    { sessions: session("ALLOCATED") },
    ["Execution_TaskAssigned"],
  ],
  [
    "an agent is lent, and the environment is gone: it may be one of those that the next one needs",
    { parts: "READY READY ALLOCATE EXECUTION.WORK" },
    running({ tasks: [task("waiting", 0)] }),
    {
      capacity: { free: 2, holders: [], reserved: 0, valid_until: 9_000 },
      sessions: session("ALLOCATED"),
    },
    ["Session_Release"],
  ],
  [
    "paused, with an agent lent and the environment gone",
    { parts: "READY READY ALLOCATE EXECUTION.WORK", run: "PAUSED" },
    running({ tasks: [task("failed", 1)] }),
    {
      capacity: { free: 2, holders: [], reserved: 0, valid_until: 9_000 },
      sessions: session("ALLOCATED"),
    },
    ["Session_Release"],
  ],
  [
    "it works at what it was given before the environment was gone",
    { parts: "READY READY ALLOCATE EXECUTION.WORK" },
    running({ tasks: [task("started")] }),
    {
      capacity: { free: 2, holders: [], reserved: 0, valid_until: 9_000 },
      sessions: session("ACTIVE"),
      holds: () => true,
    },
    [],
  ],
  [
    "it does not know yet",
    { parts: WORK },
    running({ tasks: [task("assigned")] }),
    { sessions: session("ACTIVE") },
    ["lease s1"],
  ],
  [
    "it works",
    { parts: WORK },
    running({ tasks: [task("started")] }),
    { sessions: session("ACTIVE"), holds: () => true },
    [],
  ],
  [
    "it is gone",
    { parts: WORK },
    { ...running({ tasks: [task("started")] }), council: { ...MEMBERS, members: [] } },
    { sessions: session("ACTIVE"), agents: [agent("a1", "k1", 2_000)] },
    ["Environment_Amber", "Execution_TaskFailed by fleet"],
  ],
  [
    "it takes too long",
    { parts: WORK },
    running({ tasks: [task("started")] }),
    {
      sessions: session("ACTIVE"),
      holds: () => true,
      beat: frame("execute", { beat_index: 9_000 }),
    },
    ["release s1", "Execution_TaskFailed by fleet"],
  ],
  [
    "it failed once",
    { parts: WORK },
    running({ tasks: [task("failed")] }),
    {},
    ["Session_Request"],
  ],
  [
    "it failed for good",
    { parts: WORK },
    running({ tasks: [task("failed", 3)] }),
    { beat: frame("review") },
    ["Execution_ReviewGate"],
  ],
  ["work is done, out of the window", { parts: WORK }, running({ tasks: [task("done")] }), {}, []],
  [
    "work is done",
    { parts: WORK },
    running({ tasks: [task("done")] }),
    { beat: frame("review") },
    ["Execution_ReviewGate"],
  ],
  [
    "the quorum is gone",
    { parts: WORK },
    running({ tasks: [task("waiting", 0)] }),
    { agents: twoGone },
    ["Execution_QuorumLost", "Session_Request"],
  ],
  [
    "in recovery no work begins",
    { parts: WORK, run: "RECOVERY" },
    { ...running({ tasks: [task("waiting", 0)] }), control: { lost_term: 1 } },
    { agents: twoGone },
    [],
  ],
  [
    "the quorum is back",
    { parts: WORK, run: "RECOVERY" },
    { ...running({ tasks: [task("started")] }), control: { lost_term: 1 } },
    { sessions: session("ACTIVE"), holds: () => true },
    ["Run_Recover"],
  ],
  [
    "paused, no work begins",
    { parts: WORK, run: "PAUSED" },
    running({ tasks: [task("waiting", 0)] }),
    {},
    [],
  ],
  [
    "quarantined, no work begins",
    { parts: WORK, policy: "QUARANTINED" },
    running({ tasks: [task("waiting", 0)] }),
    {},
    [],
  ],
  [
    "stopped, no work begins",
    { parts: WORK, service: "STOPPED" },
    running({ tasks: [task("waiting", 0)] }),
    { licence: ENDED },
    [],
  ],
  [
    "the licence has ended, and nobody has said so yet: what runs is taken back first",
    { parts: WORK },
    running({ tasks: [task("started")] }),
    { licence: ENDED, sessions: session("ACTIVE"), holds: () => true },
    ["release s1", "Service_Stop"],
  ],
  [
    "stopped, what runs is taken back, and no time counts against it",
    { parts: WORK, service: "STOPPED" },
    running({ tasks: [task("started")] }),
    {
      licence: ENDED,
      sessions: session("ACTIVE"),
      holds: () => true,
      beat: frame("execute", { beat_index: 9_000 }),
    },
    ["release s1"],
  ],
  [
    "stopped, what was taken back waits",
    { parts: WORK, service: "STOPPED" },
    running({ tasks: [task("started")] }),
    { licence: ENDED, sessions: session("ACTIVE") },
    [],
  ],
  [
    "a licence is there again, and no service yet",
    { parts: WORK, service: "STOPPED" },
    running({ tasks: [task("started")] }),
    { sessions: session("ACTIVE") },
    ["Service_Restore"],
  ],
  [
    "in its grace the licence lets run what runs",
    { parts: WORK, service: "GRACE" },
    running({ tasks: [task("started")] }),
    {
      licence: { ...LICENCE, valid_until: 900 },
      sessions: session("ACTIVE"),
      holds: () => true,
    },
    [],
  ],
  [
    "after a stop the same attempt begins anew, with all its time",
    { parts: WORK },
    running({ tasks: [task("started")] }),
    {
      sessions: session("ACTIVE"),
      beat: frame("execute", { beat_index: 9_000 }),
      stoppedBeat: 8_999,
    },
    ["lease s1"],
  ],
  [
    "members are asked",
    { parts: REVIEW },
    running({ tasks: [task("done")] }),
    { beat: frame("review") },
    ["a1 execution.review", "a2 execution.review", "a3 execution.review"],
  ],
  [
    "who has decided is not",
    { parts: REVIEW },
    running({ tasks: [task("done")], approvals: [0], rejections: [2] }),
    { beat: frame("review") },
    ["a2 execution.review"],
  ],
  [
    "two reject",
    { parts: REVIEW },
    running({ tasks: [task("done")], rejections: [0, 1] }),
    {},
    ["Execution_Rework"],
  ],
  [
    "its council is elected anew",
    { parts: "READY ELECT READY EXECUTION.REVIEW" },
    { ...running({ tasks: [task("done")] }), council: { ...MEMBERS, members: [] } },
    { plan: undefined },
    [],
  ],
  [
    "no council is elected in time",
    { parts: "READY ELECT READY EXECUTION.REVIEW" },
    {
      ...running({ tasks: [task("done")], review_until: 9 }),
      council: { ...MEMBERS, members: [] },
    },
    { plan: undefined },
    ["Execution_Rework"],
  ],
  [
    "nobody decides in time",
    { parts: REVIEW },
    running({ tasks: [task("done")], review_until: 9 }),
    {},
    ["Execution_Rework"],
  ],
  [
    "two approve, out of the window",
    { parts: REVIEW },
    running({ tasks: [task("done")], approvals: [0, 1] }),
    {},
    [],
  ],
  [
    "two approve",
    { parts: REVIEW },
    running({ tasks: [task("done")], approvals: [0, 1] }),
    { beat: DOWNBEAT },
    ["Execution_ApprovalsThreshold"],
  ],
  [
    "nothing was submitted",
    { parts: REVERB },
    running({ tasks: [task("done")] }),
    { beat: DOWNBEAT },
    ["Execution_Submit"],
  ],
  ["out of the window nothing is", { parts: REVERB }, running({ tasks: [task("done")] }), {}, []],
  [
    "it was submitted",
    { parts: REVERB },
    running({ tasks: [task("done")], summary: HASH }),
    { beat: DOWNBEAT },
    ["Execution_Complete"],
  ],
  [
    "not all is done, in the next window",
    { parts: REVERB },
    running({ tasks: [task("failed", 3)], summary: HASH, window_id: "before" }),
    { beat: frame("plan") },
    ["Execution_NextWindow"],
  ],
  [
    "a lease is left",
    { parts: REVERB },
    running({ tasks: [task("done")] }),
    { sessions: session("ACTIVE"), holds: () => true },
    ["release s1", "Session_Release"],
  ],
];

it.each(ROWS)("%s", (_what, at, context, more, expected) => {
  expect(decide(viewOf(at, context, more), hasher).map(told)).toEqual(expected);
});

it.each([
  ["at first", "", "a1"],
  ["after a1 could not", "a1 cannot provision: no", "a2"],
])("%s, another lead is asked where the reason is %j: %s", (_when, reason, lead) => {
  const environment = { reason };
  const context = { ingestion: PINS, council: MEMBERS, environment };
  const view = viewOf({ parts: "READY READY ALLOCATE WAITING" }, context, {});
  expect(decide(view, hasher)).toMatchObject([
    { transition: "Environment_CapacityOk", inputs: { lead } },
  ]);
});

it("submits what the session brought that ended, not one that had the same fence", () => {
  const [one] = session("FAILED");
  if (one === undefined) throw new Error("there is no session");
  const sessions = [
    { ...one, id: "never-assigned", agent: "gone", evidence: "" },
    { ...one, id: "former-plan", agent: "former", evidence: "sha256-former" },
    { ...one, id: "ended", agent: "worker", evidence: "sha256-done" },
    { ...one, id: "not-needed", agent: "other", evidence: "" },
  ];
  const context = running({ tasks: [{ ...task("done"), fence: one.fence }] });
  const [step] = decide(viewOf({ parts: REVERB }, context, { beat: DOWNBEAT, sessions }), hasher);
  const [artefacts] = step?.kind === "propose" ? (step.store ?? []) : [];
  expect(JSON.parse(artefacts ?? "{}")).toMatchObject({
    outcomes: [{ agent: "worker", evidence: "sha256-done", state: "done" }],
  });
});
