import { hash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  addPitfall,
  addTrouble,
  errorSignature,
  errorSnippet,
  issueDocument,
  issueStamp,
  matchTrouble,
  newReplicationNotes,
  readTroubleshooting,
  UNKNOWN_SEVERITY,
  type Command,
  type DegradeStep,
  type Issue,
  type Lifecycle,
  type Severity,
  type TroubleEntry,
} from "@swoosh/gates";
import { bundleOf, type Bundle } from "./failure-bundle.ts";
import type { GatesStore } from "./gates-store.ts";
import { issuesIn, LIVING, livingPath } from "./living-folder.ts";
import { machineFacts } from "./machine-facts.ts";
import type { Revision } from "./repository.ts";
import { runCommand } from "./run-command.ts";
import { runCriterion, type CriterionSetting, type Verdict } from "./run-criterion.ts";
import type { Planned } from "./run-gates.ts";
import { haltEverything, tellOfP0 } from "./stop-everything.ts";
import { readIfThere, writeChanged, writeWhole } from "./write-whole.ts";

/** What the protocol did about one failure. */
export interface Protocol {
  readonly key: string;
  readonly severity: Severity;
  /** Path of the issue, relative to the repository. */
  readonly issue: string;
  /** It was open before: nothing was written. */
  readonly isKnown: boolean;
  /** The entry of TROUBLESHOOTING.md that it looks like, and the fix that it names. */
  readonly knownAs: { readonly title: string; readonly quickFix: string } | null;
  /** The known fix, or a step of degradation, was tried and the check passes now. */
  readonly again: Verdict | null;
  readonly halts: boolean;
  /** P1: what is to be lowered by people, in order. */
  readonly degrade: Lifecycle["degrade"];
  /** P1: the step with which the check passes again. */
  readonly degradedBy: DegradeStep | null;
  /** P1: no step helped, so it is P0 now. */
  readonly isEscalated: boolean;
}

interface Failure {
  readonly root: string;
  readonly store: GatesStore;
  readonly planned: Planned;
  readonly verdict: Verdict;
  readonly revision: Revision;
  readonly lifecycle: Lifecycle | undefined;
  readonly setting: CriterionSetting;
}

/**
 * Seed 002's failure protocol. Every step looks first whether it was done already, and the issue is written last: whoever is
 * killed in between does the rest, and nothing twice, when the same failure is seen again.
 */
export async function followProtocol(failure: Failure): Promise<Protocol> {
  const { root, store, planned, verdict, lifecycle, setting } = failure;
  const declared = planned.criterion.severity ?? UNKNOWN_SEVERITY;
  const key = keyOf(failure);
  const entries = readTroubleshooting(readIfThere(livingPath(root, "TROUBLESHOOTING.md")) ?? "");
  const known = matchTrouble(entries, outputOf(verdict));
  const fixed = await tryFix(failure, known, declared);
  const same = issuesIn(root).filter((issue) => issue.key === key);
  const open = same.find((issue) => issue.status === "open");
  const steps = declared === "P1" ? (lifecycle?.degrade ?? []) : [];
  // A failure that is known was degraded when it was new: what helped then is in place, or did not help.
  const lowered =
    open === undefined ? await degrade(failure, steps) : { by: null, again: null, tried: 0 };
  // Who was stopped in the middle of it has not seen that nothing helps.
  const isStopped = setting.run.signal?.aborted === true && declared !== "P0";
  const isEscalated = lowered.tried > 0 && lowered.by === null && !isStopped;
  const severity = isEscalated ? "P0" : declared;
  const again = fixed ?? lowered.again;
  const common = {
    key,
    severity,
    again,
    halts: again === null && severity < "P2",
    degrade: steps.filter(({ run }) => run === null),
    degradedBy: lowered.by,
    isEscalated,
  };
  const knownAs =
    known === undefined
      ? null
      : { title: known.title, quickFix: known.fields.get("Quick Fix") ?? "" };
  // First of all, and also where it is an old acquaintance: P0 never heals by itself.
  const isP0 = severity === "P0" && again === null;
  const isNewlyHalted =
    isP0 && (await haltEverything(store, lifecycle, `${planned.criterion.id} failed`));
  const tell = (issue: string): Promise<void> =>
    tellOfP0({
      root,
      store,
      lifecycle,
      message: `P0: ${planned.criterion.title} failed; see ${issue}`,
    });
  if (open !== undefined) {
    const issue = `${LIVING}/${open.name}`;
    if (isNewlyHalted) await tell(issue);
    return { ...common, issue, isKnown: true, knownAs };
  }
  const at = new Date(setting.run.now()).toISOString();
  // What a person has closed and comes back is a new failure, with a bundle of its own.
  const bundleKey = same.length === 0 ? key : `${key}-${same.length}`;
  const bundle = await bundleOf({
    root,
    store,
    key: bundleKey,
    verdict,
    at,
    secrets: setting.run.secrets,
  });
  const issue = issueName(root, bundle);
  writeTrouble(failure, { key, severity, known, issue });
  writePitfall(failure);
  writeIssue(failure, { key, severity, bundle, issue, known });
  if (isP0) await tell(`${LIVING}/${issue}`);
  return { ...common, issue: `${LIVING}/${issue}`, isKnown: false, knownAs };
}

function outputOf({ check, negativeRun, cause }: Verdict): string {
  const text = check === null ? "" : check.output;
  const other = negativeRun === null ? "" : negativeRun.output;
  return `${text}\n${other}`.trim() === "" ? cause : `${text}\n${other}`;
}

/** The same criterion failing in the same way has the same key. */
function keyOf({ planned, verdict }: Failure): string {
  const what = [
    planned.subject,
    planned.criterion.id,
    verdict.cause.replaceAll(/\d+/g, "#"),
    ...errorSignature(outputOf(verdict)),
  ];
  return hash("sha256", what.join("\n"), "hex").slice(0, 16);
}

/** What mends or lowers something must end well within this, ms. */
const REMEDY_TIMEOUT_MS = 300_000;

function commandOf(run: string): Command {
  const expect = { exit: 0, contains: [], lacks: [], testsMin: 0 };
  return { run, timeoutMs: REMEDY_TIMEOUT_MS, expect, report: null };
}

/** P2 and P3 alone, once, and only if the check passes afterwards. */
async function tryFix(
  { planned, setting }: Failure,
  known: TroubleEntry | undefined,
  severity: Severity,
): Promise<Verdict | null> {
  if (known?.fix === null || known?.fix === undefined || severity < "P2") return null;
  const fixed = await runCommand(commandOf(known.fix.run), setting.run);
  if (fixed.exit !== 0) return null;
  if (
    known.fix.verify !== null &&
    (await runCommand(commandOf(known.fix.verify), setting.run)).exit !== 0
  )
    return null;
  const again = await runCriterion(planned.criterion, setting);
  return again.ok ? again : null;
}

/** Lowers one setting after the other, as far as the steps say how, until the check passes. */
async function degrade(
  { planned, setting }: Failure,
  steps: readonly DegradeStep[],
): Promise<{
  readonly by: DegradeStep | null;
  readonly again: Verdict | null;
  readonly tried: number;
}> {
  let tried = 0;
  for (const step of steps) {
    if (step.run === null) continue;
    tried += 1;
    const environment = {
      ...setting.run.environment,
      SWOOSH_SETTING: step.setting,
      SWOOSH_TO: step.to,
    };
    const lowered = await runCommand(commandOf(step.run), { ...setting.run, environment });
    if (lowered.exit !== 0) continue;
    const again = await runCriterion(planned.criterion, setting);
    if (again.ok) return { by: step, again, tried };
  }
  return { by: null, again: null, tried };
}

/** By the time of the bundle; another failure of the same second gets a number. */
function issueName(root: string, bundle: Bundle): string {
  const stamp = issueStamp(bundle.at);
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? `ISSUE-${stamp}.md` : `ISSUE-${stamp}-${number}.md`;
    if (!existsSync(join(root, LIVING, name))) return name;
  }
}

interface Written {
  readonly key: string;
  readonly severity: Severity;
  readonly issue: string;
  readonly known: TroubleEntry | undefined;
}

function writeTrouble(
  { root, planned, verdict }: Failure,
  { key, severity, known, issue }: Written,
): void {
  const path = livingPath(root, "TROUBLESHOOTING.md");
  const text = readIfThere(path) ?? "";
  if (known !== undefined || text.includes(`key:${key}`)) return;
  writeWhole(
    path,
    addTrouble(text, {
      title: `${planned.criterion.title}: ${verdict.cause}`.slice(0, 120),
      context: `${planned.place}, ${planned.criterion.kind} ${planned.criterion.id}: ${planned.criterion.check?.run ?? planned.criterion.fires ?? "no check"}`,
      symptom: verdict.cause,
      snippet: errorSnippet(outputOf(verdict)),
      tags: [
        planned.criterion.id,
        planned.place.toLowerCase().replaceAll(" ", "-"),
        severity,
        `key:${key}`,
      ],
      issue,
    }),
  );
}

function writePitfall({ root, planned, verdict }: Failure): void {
  const path = livingPath(root, "REPLICATION-NOTES.md");
  const text =
    readIfThere(path) ??
    newReplicationNotes(machineFacts(), [
      "Clone the repository",
      "Install what it needs",
      "Run `swoosh gates run`",
    ]);
  const facts = machineFacts();
  const here = ["Platform", "Node", "Cores", "Memory"]
    .map((name) => `${name} ${facts.get(name) ?? "?"}`)
    .join(", ");
  const name = `${planned.criterion.title} (${planned.criterion.id})`;
  writeChanged(
    path,
    addPitfall(text, { name, advice: `failed with "${verdict.cause}" on ${here}` }),
  );
}

function writeIssue(failure: Failure, written: Written & { readonly bundle: Bundle }): void {
  const { root, store, planned, verdict, revision } = failure;
  const { key, severity, bundle, issue, known } = written;
  const about: Issue = {
    key,
    criterion: `${planned.subject}/${planned.criterion.id}`,
    title: planned.criterion.title,
    severity,
    phase: planned.place,
    gate: planned.criterion.id,
    task: planned.criterion.title,
    cause: verdict.cause,
    steps: [
      `Check out ${revision.commit.split("+")[0] ?? ""}${revision.commit.includes("+") ? " and apply the local changes" : ""}`,
      `Run: ${planned.criterion.check?.run ?? "(there is no command yet)"}`,
      `Or run it with its negative and time limit: swoosh gates run --criterion ${planned.criterion.id}`,
    ],
    error: errorSnippet(outputOf(verdict)),
    environment: [
      ["Commit", revision.commit],
      ["Branch", revision.branch],
      ...machineFacts(),
      [
        "Modified Files",
        revision.changed.length === 0 ? "none" : revision.changed.slice(0, 20).join(", "),
      ],
    ],
    logs: bundle.files.map(([name, file]) => [name, relativeBytes(store, root, file)] as const),
    bundle: bundle.hash,
    evidence: verdict.evidence,
    troubleshooting: known === undefined ? "entry added" : `known as "${known.title}"`,
  };
  writeWhole(livingPath(root, issue), issueDocument(about, bundle.at));
}

function relativeBytes(store: GatesStore, root: string, file: string): string {
  return store.evidence.pathOf(file).slice(root.length + 1);
}
