import type { JsonObject } from "@swoosh/kernel";
import { AT_MS, describeGuards, part, type GuardRow, type Seen } from "./test/describe-guards.ts";

/**
 * The project's own guards, each on rows: one for each way to hold, and one for each of its conditions where that alone
 * does not. They are expressions of the chart and no natives, so that people read there what is asked.
 */

const A = `sha256-${"a".repeat(64)}`;
const B = `sha256-${"b".repeat(64)}`;
const LIFE = "Lifecycle.PROJECT_LIFECYCLE";

const license = (status: string, valid_until: number, stop_at: number): JsonObject => ({
  license: {
    configuration: [`STATUS.${status}`],
    context: { reason: "unpaid", stop_at, valid_until },
  },
});
const FULL = ["Service.FULL"];

const LICENCE: readonly GuardRow[] = [
  ["licensed", "in full service", { active: FULL, reads: license("GRANTED", 2_000, 3_000) }, null],
  [
    "licensed",
    "in its grace",
    { active: ["Service.GRACE"], reads: license("GRANTED", 900, 1_001) },
    null,
  ],
  [
    "licensed",
    "the service is stopped",
    { active: ["Service.STOPPED"], reads: license("GRANTED", 2_000, 3_000) },
    /the driver restores it/,
  ],
  [
    "licensed",
    "there is none",
    { active: FULL },
    /not there yet; KACHING or the local licence owes it/,
  ],
  [
    "licensed",
    "it stops now",
    { active: FULL, reads: license("GRANTED", 900, AT_MS) },
    /ended with its grace; KACHING or an operator/,
  ],
  [
    "licensed",
    "it is denied",
    { active: FULL, reads: license("DENIED", 0, 900) },
    /KACHING denied it, unpaid; /,
  ],
  ["licenceValid", "until later", { reads: license("GRANTED", 1_001, 3_000) }, null],
  ["licenceValid", "there is none", {}, /not there yet/],
  [
    "licenceValid",
    "until now",
    { reads: license("GRANTED", AT_MS, 3_000) },
    /not valid any more; KACHING/,
  ],
  ["licenceValid", "not granted", { reads: license("UNKNOWN", 1_001, 3_000) }, /not valid/],
  ["licenceValid", "denied", { reads: license("DENIED", 1_001, 3_000) }, /denied, unpaid; /],
  ["licenceDenied", "denied", { reads: license("DENIED", 0, 900) }, null],
  ["licenceDenied", "there is none", {}, /does not say denied/],
  [
    "licenceDenied",
    "throttled, which says nothing of the grant",
    { reads: license("GRANTED", 900, 950) },
    /does not say denied/,
  ],
  ["licenceLapsed", "in its grace", { reads: license("GRANTED", AT_MS, 1_001) }, null],
  ["licenceLapsed", "there is none", {}, /not in its grace/],
  ["licenceLapsed", "still valid", { reads: license("GRANTED", 1_001, 2_000) }, /not in its grace/],
  ["licenceLapsed", "at its stop", { reads: license("GRANTED", 900, AT_MS) }, /not in its grace/],
  ["licenceStopped", "at its stop", { reads: license("GRANTED", 900, AT_MS) }, null],
  ["licenceStopped", "there is none", {}, /not come to its stop/],
  [
    "licenceStopped",
    "before it",
    { reads: license("GRANTED", 900, 1_001) },
    /not come to its stop/,
  ],
  ["fullService", "full", { active: FULL }, null],
  ["fullService", "in grace", { active: ["Service.GRACE"] }, /in its grace; KACHING/],
  ["fullService", "stopped", { active: ["Service.STOPPED"] }, /stopped; KACHING/],
];

const ingestion = (change: JsonObject = {}): JsonObject =>
  part("ingestion", {
    content_hash: A,
    version: 2,
    ...change,
  });
const verdicts = (...given: readonly JsonObject[]): JsonObject => ({
  policy: {
    configuration: ["KNOWN"],
    context: { policy_version: 3, verdicts: given.map((one) => ({ policy_version: 3, ...one })) },
  },
});
const judged = (subject: string, verdict: string): Seen => ({
  context: { ingestion: ingestion() },
  reads: verdicts({ subject, verdict }),
});
const held = { policy: { policy_version: 2, rationale: "a key", subject: A } };

const POLICY: readonly GuardRow[] = [
  ["policyAllows", "allowed", judged(A, "allow"), null],
  ["policyAllows", "allowed but for what is cut out", judged(A, "redact"), null],
  ["policyAllows", "nobody has judged", { context: { ingestion: ingestion() } }, /SHHH owes it/],
  [
    "policyAllows",
    "other content is allowed",
    judged(B, "allow"),
    /no policy verdict allows sha256-a/,
  ],
  ["policyAllows", "denied", judged(A, "deny"), /no policy verdict allows/],
  ["policyDenies", "denied", judged(A, "deny"), null],
  [
    "policyDenies",
    "nobody has judged",
    { context: { ingestion: ingestion() } },
    /no policy verdict denies/,
  ],
  ["policyDenies", "other content is denied", judged(B, "deny"), /SHHH alone may/],
  ["policyDenies", "allowed", judged(A, "allow"), /no policy verdict denies/],
  ["notQuarantined", "clear", { active: ["Policy.CLEAR"] }, null],
  [
    "notQuarantined",
    "quarantined",
    { active: ["Policy.QUARANTINED"], context: held },
    /quarantined: a key; a person releases it/,
  ],
  ["notQuarantined", "blocked", { active: ["Policy.BLOCKED"], context: held }, /quarantined/],
  ["quarantined", "quarantined", { active: ["Policy.QUARANTINED"] }, null],
  ["quarantined", "clear", { active: ["Policy.CLEAR"] }, /^nothing of it is quarantined$/],
  [
    "releasable",
    "a person says why",
    { context: held, human: true, inputs: { reason: "revoked" } },
    null,
  ],
  [
    "releasable",
    "a newer policy allows it",
    { context: held, reads: verdicts({ subject: A, verdict: "allow" }) },
    null,
  ],
  [
    "releasable",
    "a person does not say why",
    { context: held, human: true },
    /a person gives a reason/,
  ],
  [
    "releasable",
    "a service says why",
    { context: held, inputs: { reason: "revoked" } },
    /a person gives a reason/,
  ],
  [
    "releasable",
    "the same policy",
    {
      context: { policy: { ...held.policy, policy_version: 3 } },
      reads: verdicts({ subject: A, verdict: "allow" }),
    },
    /newer than 3/,
  ],
  [
    "releasable",
    "a newer policy denies it",
    { context: held, reads: verdicts({ subject: A, verdict: "deny" }) },
    /newer than 2/,
  ],
  [
    "releasable",
    "a newer policy allows something else",
    { context: held, reads: verdicts({ subject: B, verdict: "allow" }) },
    /allows sha256-a/,
  ],
  [
    "releasable",
    "the verdict is of the old policy",
    { context: held, reads: verdicts({ policy_version: 2, subject: A, verdict: "allow" }) },
    /newer than 2/,
  ],
];

const council = (change: JsonObject = {}): JsonObject =>
  part("council", {
    content_hash: A,
    version: 2,
    ...change,
  });
const tool = (status: string, version: string, valid_until = 1_001): JsonObject => ({
  lint: { configuration: [`STATUS.${status}`], context: { valid_until, version } },
});
const tooled = (pin: string, tools: JsonObject): Seen => ({
  context: { council: council({ tools: [{ name: "lint", pin }] }) },
  reads: { tools },
});

const TOOLS: readonly GuardRow[] = [
  ["toolsGreen", "none is needed", { context: { council: council() } }, null],
  ["toolsGreen", "up, on its pin and fresh", tooled("1.0", tool("UP", "1.0")), null],
  ["toolsGreen", "up, without a pin", tooled("", tool("UP", "7")), null],
  [
    "toolsGreen",
    "never probed",
    tooled("1.0", { lint: null }),
    /the MCP provider owes .*lint was never probed/,
  ],
  ["toolsGreen", "down", tooled("1.0", tool("DOWN", "1.0")), /lint is not up/],
  [
    "toolsGreen",
    "probed long ago",
    tooled("1.0", tool("UP", "1.0", AT_MS)),
    /lint was not probed lately/,
  ],
  [
    "toolsGreen",
    "of another version",
    tooled("1.0", tool("UP", "2.0")),
    /lint has version 2.0, its pin is 1.0/,
  ],
];

const environment = (change: JsonObject = {}): JsonObject =>
  part("environment", {
    content_hash: A,
    version: 2,
    ...change,
  });
const execution = (change: JsonObject = {}): JsonObject =>
  part("execution", {
    content_hash: A,
    threshold: 2,
    version: 2,
    ...change,
  });
const pins = (change: JsonObject = {}): Seen => ({
  context: {
    council: council(),
    environment: environment(),
    execution: execution(),
    ingestion: ingestion(),
    ...change,
  },
});
const newer = { content_hash: B, version: 3 };
const before = (content_hash: string, version: number): JsonObject => ({
  ingestion: ingestion({ ...newer, previous: { content_hash, index_hash: A, version } }),
});
const made = (content_hash: string, version: number): Seen => ({
  ...pins(),
  inputs: { content_hash, version },
});

const CONTENT: readonly GuardRow[] = [
  ["sameContent", "this", made(A, 2), null],
  ["sameContent", "other", made(B, 2), /is not the content in the making/],
  ["sameVersion", "this", made(A, 2), null],
  ["sameVersion", "other", made(A, 1), /version 1 is not the one in the making, 2/],
  ["forIngestion", "this", made(A, 2), null],
  ["forIngestion", "other content", made(B, 2), /is not the ingestion's/],
  ["forIngestion", "another version", made(A, 1), /version 1 is not the ingestion's, 2/],
  ["samePins", "all three", pins(), null],
  [
    "samePins",
    "a council of other content",
    pins({ council: council({ content_hash: B }) }),
    /council 2 sha256-b/,
  ],
  [
    "samePins",
    "a council of another version",
    pins({ council: council({ version: 1 }) }),
    /council 1 sha256-a/,
  ],
  [
    "samePins",
    "an environment of other content",
    pins({ environment: environment({ content_hash: B }) }),
    /environment 2 sha256-b/,
  ],
  [
    "samePins",
    "an environment of another version",
    pins({ environment: environment({ version: 1 }) }),
    /environment 1 sha256-a/,
  ],
  ["pinned", "all of the version that is READY", pins(), null],
  ["pinned", "the one before is kept while a new one is made", pins(before(A, 2)), null],
  [
    "pinned",
    "there is no plan",
    pins({
      council: council({ version: 0 }),
      environment: environment({ version: 0 }),
      execution: execution({ version: 0 }),
      ingestion: ingestion({ version: 0 }),
    }),
    /runs on version 0/,
  ],
  [
    "pinned",
    "a council of other content",
    pins({ council: council({ content_hash: B }) }),
    /council 2/,
  ],
  [
    "pinned",
    "a council of another version",
    pins({ council: council({ version: 3 }) }),
    /council 3/,
  ],
  [
    "pinned",
    "an environment of other content",
    pins({ environment: environment({ content_hash: B }) }),
    /environment 2/,
  ],
  [
    "pinned",
    "an environment of another version",
    pins({ environment: environment({ version: 3 }) }),
    /environment 3/,
  ],
  [
    "pinned",
    "it is not held any more",
    pins({ ingestion: ingestion(newer) }),
    /ingestion 3, before it 0/,
  ],
  [
    "pinned",
    "its version holds other content",
    pins({ ingestion: ingestion({ content_hash: B }) }),
    /ingestion 2/,
  ],
  ["pinned", "the one before has its version and other content", pins(before(B, 2)), /before it 2/],
  [
    "pinned",
    "the one before has its content and another version",
    pins(before(A, 1)),
    /before it 1/,
  ],
  ["ingestionReady", "READY", { active: [`${LIFE}.Ingestion.READY`] }, null],
  [
    "ingestionReady",
    "indexed",
    { active: [`${LIFE}.Ingestion.INDEX`] },
    /ingest owes the index of version 1/,
  ],
];

describeGuards("the licence", LICENCE);
describeGuards("the policy's verdict", POLICY);
describeGuards("the tools' health", TOOLS);
describeGuards("the content", CONTENT);
