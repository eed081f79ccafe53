import type { NormalChart, Schema } from "@swoosh/kernel";
import { describe, expect, it } from "vitest";
import { shipped } from "./test/shipped.ts";

/**
 * The last column of the orchestrator's table, word by word, and what of the chart holds each: a word alone is a guard of the transition;
 * `way` a guard of one of its ways, which another way of it may not have; `inputs` what its proposal must say and cannot leave
 * empty; `sets` what its record keeps; `joins` the transition of another chart that moves in the same record, with all the guards
 * that hold it there. What no part of a chart can hold is in brackets, with what does. Guards that rows share are in the other test.
 */
const TABLE = `
Boot_ConfigOk               | config valid: configKept (and the ingester, which rejects sources that it cannot read); identities known: identitiesKnown (and the kernel, which lets only who is registered propose)
Boot_Licensed               | licence fact valid at that time: licenceValid
Boot_LicenseDenied          | fact says denied: licenceDenied; with the reason: inputs reason, sets boot.reason
Ingestion_SourcesResolved   | non-empty: inputs sources; each pinned: inputs sources.pin
Ingestion_BytesOk           | content hash recomputes: inputs content_hash, contentKept
Ingestion_SchemaOk          | outcomes ok: inputs problems, outcomesOk; policy verdict for this hash: inputs content_hash, sameContent; = allow: policyAllows
Ingestion_PolicyViolation   | policy verdict for this hash = deny: policyDenies; while VALIDATE: way validating
Ingestion_Rejected          | (not of the design's table) what is wrong with it: inputs reason, inputs evidence, problemsKept
Ingestion_CorpusBuilt       | index: inputs index_hash, sets ingestion.index_hash; of exactly this hash: inputs content_hash, sameContent; and version: inputs version, sameVersion
Ingestion_NewVersion        | explicit plan change (that it is proposed); version+1: sets ingestion.version; the pin serves until the new one is READY: sets ingestion.previous
Ingestion_RollbackIndex     | the version before: hasPrevious, sets ingestion.version, sets ingestion.content_hash, sets ingestion.index_hash
Council_ProfilesLoaded      | each role: inputs roles; has an eligible claimant: rolesClaimed
Council_Claim               | repeated claims are the same claim: joins council.Council_Claimed room
Council_QuorumCert          | of §3, members are claimants: claimants; core roles filled: coreFilled; votes, set, quorum, term: inputs members, inputs subject.term, inputs subject.member_set_hash, quorum; for recorded: sets council.content_hash, sets council.version; equivocation: way seated, way rival, sets policy.subject
Council_McpGreen            | each required tool reachable, on pin, fact fresh: toolsGreen
Council_Eject               | an election of roles: rolesKnown; who, once: inputs member, inputs reason, joins council.Council_Unclaimed claimed; term+1: sets council.term; its decisions end with it: sets execution.approvals, sets execution.rejections
Council_ReElect             | an election of roles: rolesKnown; why: inputs reason; term+1: sets council.term; its decisions end with it: sets execution.approvals, sets execution.rejections
Environment_CapacityOk      | capacity ≥ demand, reserved: inputs demand, joins capacity.Capacity_Reserve fresh notHolding room enough; for recorded: forIngestion, sets environment.content_hash, sets environment.version
Environment_Installed       | every asset: everyAsset; with digest: inputs assets.digest, inputs manifest, manifestKept
Environment_Green           |
Environment_Amber           | why: inputs reason, sets environment.reason
Environment_Deprovision     | releases every reservation: way reserved, joins capacity.Capacity_Release holding, sets environment.demand
Lifecycle_AllReady          | three READY: ingestionReady, councilReady, environmentReady; same content hash and version: samePins; takes the pins anew: sets execution.content_hash, sets execution.version
Execution_PlanLocked        | native planValid: inputs plan.tasks, inputs plan_hash, planOk
Execution_TaskAssigned      | in WORK, once: inputs task, taskOpen; lease held: inputs session, inputs fence, joins session.Session_Activate forHolder
Execution_TaskStarted       | lease held: inputs task, inputs fence, taskAssigned (it is news and frees nothing: its outcome is held to the session)
Execution_TaskFinished      | evidence: inputs evidence, evidenceGiven; fence of the lease: inputs fence, taskRuns, joins session.Session_Finish forHolder byHolder
Execution_TaskFailed        | why: inputs reason; evidence: inputs evidence, evidenceGiven; fence of the lease: inputs fence, taskRuns, joins session.Session_Finish forHolder byHolder
Execution_ReviewGate        | all tasks done or decided: tasksDecided
Execution_Approve           | member of the certificate: isMember; once: votesOnce
Execution_Reject            | member of the certificate: isMember; once: votesOnce; why: inputs reason
Execution_Rework            | the threshold unreachable, or the deadline in beats passed: cannotPass
Execution_ApprovalsThreshold| approvals ≥ threshold of the locked plan: approved
Execution_Submit            | artefacts and summary by hash: inputs artefacts, inputs summary, submissionKept
Execution_NextWindow        | a new window began: newWindow; with no decision of the former: sets execution.approvals, sets execution.rejections
Execution_Complete          | while REVERB: inReverb; plan says done: planDone; all that is reserved goes back: way reserved, joins capacity.Capacity_Release holding; @seal follows (the driver seals what is done)
Execution_QuorumLost        | while in EXECUTION: inExecution; fewer live members than the quorum: inputs live, quorumGone
Run_Pause                   | why: inputs reason
Run_Resume                  |
Run_Recover                 | certificate of a newer term, or quorum back: inputs live, quorumBack
Service_Grace               | licence fact: licenceLapsed
Service_Stop                | licence fact: licenceStopped
Service_Restore             | licence fact: licenceValid
Policy_Quarantine           | rationale: inputs rationale
Policy_Release              | of what is quarantined: quarantined; a person's reason, or a newer policy version that allows the content: releasable
Policy_ConfirmBlock         | of what is quarantined: quarantined; reason: inputs reason; all that is reserved goes back: way reserved, joins capacity.Capacity_Release holding
`;

/** Of L, Q, R, S and P: which rows have these is compared with the rest of the table. */
const SHARED: readonly (readonly string[])[] = [
  ["licensed"],
  ["notQuarantined"],
  ["running"],
  ["fullService"],
  ["councilReady", "environmentReady", "pinned"],
];

const project = shipped("project").normal;

type State = NormalChart["root"];
type Way = State["on"][string][number];
type Action = Way["actions"][number];

const KINDS = ["guard", "way", "inputs", "sets", "joins"] as const;
type Kind = (typeof KINDS)[number];
interface Row {
  readonly name: string;
  readonly held: Readonly<Record<Kind, readonly string[]>>;
}

/** A row: `words: holder, holder; words: …`, without what is in brackets. */
function rowOf(line: string): Row {
  const [name = "", cell = ""] = line.split("|").map((text) => text.trim());
  const held: Record<Kind, string[]> = { guard: [], way: [], inputs: [], sets: [], joins: [] };
  for (const clause of cell.replaceAll(/ ?\([^)]*\)/g, "").split(";")) {
    const [, holders] = clause.split(":");
    for (const holder of holders?.split(",") ?? []) {
      const words = holder.trim().split(" ");
      const kind = words.length === 1 ? "guard" : KINDS.find((one) => one === words[0]);
      if (kind === undefined) throw new Error(`${name}: nothing is held by ${holder}`);
      held[kind].push(words.slice(kind === "guard" ? 0 : 1).join(" "));
    }
  }
  return { name, held };
}

const rows = TABLE.trim().split("\n").map(rowOf);

/** Ways of a transition in each state that takes it. */
function waysOf(state: State, transition: string): readonly (readonly Way[])[] {
  const within = state.states.flatMap(([, child]) => waysOf(child, transition));
  const own = state.on[transition];
  return own === undefined ? within : [own, ...within];
}

const actionsOf = (name: string): readonly Action[] =>
  waysOf(project.root, name).flatMap((ways) => ways.flatMap(({ actions }) => actions));

/** What the input asks for below this path cannot be left out, and the last of it cannot be empty. */
function isDemanded(schema: Schema | undefined, [first = "", ...rest]: readonly string[]): boolean {
  const within = schema?.type === "array" ? schema.items : schema;
  const next = within?.properties?.[first];
  if (next === undefined || within?.required?.includes(first) !== true) return false;
  if (rest.length > 0) return isDemanded(next, rest);
  if (next.type === "array") return (next.minItems ?? 0) > 0;
  if (next.type !== "string") return true;
  return (
    (next.minLength ?? 0) > 0 || (next.pattern !== undefined && !new RegExp(next.pattern).test(""))
  );
}

/** `chart.Transition` and every guard that holds it in each state that takes it; those differ in no state. */
function joinedBy(name: string): ReadonlySet<string> {
  const joined = actionsOf(name).flatMap((action) => {
    if (!("join" in action)) return [];
    const { instance, transition } = action.join;
    const chart = shipped(/^'(\w+)\//.exec(instance)?.[1] ?? "").normal;
    const guards = chart.transitions[transition]?.guards ?? [];
    return waysOf(chart.root, transition).map((ways) =>
      [`${chart.chart}.${transition}`, ...guards, ...ways.flatMap((way) => way.guards)].join(" "),
    );
  });
  return new Set(joined);
}

describe("what each transition of the project chart asks for itself", () => {
  it.each(rows)("$name has the guards that its words name, and no other", ({ name, held }) => {
    const { class: kind, guards = [] } = project.transitions[name] ?? {};
    const shared = SHARED.filter((all) => all.every((guard) => guards.includes(guard))).flat();
    const own = guards.filter((guard) => !shared.includes(guard) && guard !== `${kind}Open`);
    expect(new Set(own)).toEqual(new Set(held.guard));
    const ways = waysOf(project.root, name).flatMap((all) => all.flatMap((way) => way.guards));
    expect(new Set(ways)).toEqual(new Set(held.way));
  });

  it.each(rows)("$name says, keeps and joins what its words name", ({ name, held }) => {
    const inputs = project.transitions[name]?.inputs;
    expect(held.inputs.filter((path) => !isDemanded(inputs, path.split(".")))).toEqual([]);
    const kept = actionsOf(name).flatMap((action) => ("assign" in action ? action.assign : []));
    const paths = new Set(kept.map(([path]) => path));
    expect(held.sets.filter((path) => !paths.has(path))).toEqual([]);
    expect(joinedBy(name)).toEqual(new Set(held.joins));
  });

  it("has a row for each transition that anybody may propose, and a use for each guard", () => {
    const proposable = Object.entries(project.transitions).filter(([, { by }]) => by.length > 0);
    expect(rows.map(({ name }) => name).toSorted()).toEqual(
      proposable.map(([name]) => name).toSorted(),
    );
    const windows = Object.keys(project.guards).filter(
      (guard) => guard.endsWith("Open") && guard !== "taskOpen",
    );
    const used = rows.flatMap(({ held }) => [...held.guard, ...held.way]);
    expect(new Set([...SHARED.flat(), ...windows, ...used, "terminated"])).toEqual(
      new Set(Object.keys(project.guards)),
    );
  });
});
