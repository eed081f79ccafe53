import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "@swoosh/kernel/values";
import {
  executionJson,
  formatDecimal,
  judgeCriterion,
  judgeThresholds,
  matchesGlob,
  readThresholdFile,
  type Criterion,
  type Execution,
  type Metric,
  type NegativeState,
} from "@swoosh/gates";
import { definitionHash } from "./define-gates.ts";
import { evaluateCel } from "./evaluate-cel.ts";
import type { GatesStore } from "./gates-store.ts";
import { machineFacts } from "./machine-facts.ts";
import { readMetrics } from "./read-metrics.ts";
import type { Revision } from "./repository.ts";
import { runCommand, type RunOptions } from "./run-command.ts";
import { readIfThere } from "./write-whole.ts";

/** What came of checking one criterion. */
export interface Verdict {
  readonly criterion: Criterion;
  readonly ok: boolean;
  readonly cause: string;
  readonly negative: NegativeState;
  readonly check: Execution | null;
  readonly negativeRun: Execution | null;
  /** Hash of the stored evidence. */
  readonly evidence: string;
  readonly definition: string;
  readonly durationMs: number;
}

export interface CriterionSetting {
  readonly store: GatesStore;
  readonly run: RunOptions;
  readonly revision: Revision;
  readonly subject: string;
  readonly policyVersion: string;
  readonly phase: number;
  readonly failures: Readonly<Record<string, number>>;
  /** What the criteria of the ladder measured last, for expressions; read when one asks. */
  readonly metrics: () => Readonly<Record<string, number>>;
}

/** Bytes of one evidence file, and how many there may be: what is larger is named with its size, not kept. */
const FILE_BYTES_MAX = 67_108_864;
const FILES_MAX = 64;

/** Runs check and negative, judges them, stores the evidence. The log is not touched. */
export async function runCriterion(
  criterion: Criterion,
  setting: CriterionSetting,
): Promise<Verdict> {
  const { run } = setting;
  const started = run.now();
  const scratch = mkdtempSync(join(tmpdir(), "swoosh-gate-"));
  try {
    const options = (role: string): RunOptions => ({
      ...run,
      environment: {
        ...run.environment,
        SWOOSH_GATE: criterion.id,
        SWOOSH_GATE_ROLE: role,
        SWOOSH_METRICS: join(scratch, `${role}.jsonl`),
      },
    });
    const check =
      criterion.check === null ? null : await runCommand(criterion.check, options("check"));
    // Where the check fails already there is nothing to show; a passing check must be able to fail.
    const judged =
      criterion.negative !== null &&
      check !== null &&
      judgeCriterion({ ...criterion, negative: null, kind: "gate" }, { check, negative: null }).ok;
    const negativeRun =
      judged && criterion.negative !== null
        ? await runCommand(criterion.negative, options("negative"))
        : null;
    const metrics = readMetrics(readIfThere(join(scratch, "check.jsonl")) ?? "").metrics;
    const judgement = judge(criterion, { check, negativeRun, metrics, setting });
    const definition = definitionHash(criterion);
    const evidence = setting.store.evidence.put(
      JSON.stringify({
        ...describeRun(criterion, setting),
        definition,
        verdict: { ok: judgement.ok, cause: judgement.cause, negative: judgement.negative },
        check: check === null ? null : executionJson(check),
        negative: negativeRun === null ? null : executionJson(negativeRun),
        metrics: metrics.map(({ metric, samples }) => ({
          metric,
          samples: samples.map(formatDecimal),
        })),
        files: evidenceOf(criterion, setting),
      }),
    );
    return {
      criterion,
      ...judgement,
      check,
      negativeRun,
      evidence,
      definition,
      durationMs: run.now() - started,
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

interface Ran {
  readonly check: Execution | null;
  readonly negativeRun: Execution | null;
  readonly metrics: readonly Metric[];
  readonly setting: CriterionSetting;
}

function judge(
  criterion: Criterion,
  ran: Ran,
): { readonly ok: boolean; readonly cause: string; readonly negative: NegativeState } {
  const { check, negativeRun, metrics, setting } = ran;
  if (criterion.fires !== null) return judgeExpression(criterion.fires, setting);
  const judgement = judgeCriterion(criterion, { check, negative: negativeRun });
  if (!judgement.ok || criterion.thresholds === null) return judgement;
  const text = readIfThere(join(setting.run.root, criterion.thresholds));
  if (text === undefined)
    return { ...judgement, ok: false, cause: `${criterion.thresholds} cannot be read` };
  const read = readThresholdFile(text);
  if (read.thresholds === undefined)
    return {
      ...judgement,
      ok: false,
      cause: `${criterion.thresholds}: ${read.problems[0]?.message ?? "cannot be read"}`,
    };
  const broken = judgeThresholds(read.thresholds, metrics).find(({ ok }) => !ok);
  return broken === undefined
    ? judgement
    : { ...judgement, ok: false, cause: broken.text.slice(0, 200) };
}

/** A trigger passes while its expression does not hold. One that cannot be decided is not armed. */
function judgeExpression(
  expression: string,
  { phase, failures, metrics }: CriterionSetting,
): { readonly ok: boolean; readonly cause: string; readonly negative: NegativeState } {
  const answer = evaluateCel(expression, { phase, metrics: metrics(), failures });
  if (answer.value === undefined)
    return {
      ok: false,
      cause: `the expression cannot be decided: ${answer.problem}`.slice(0, 200),
      negative: "missing",
    };
  return {
    ok: !answer.value,
    cause: answer.value ? `fired: ${expression}`.slice(0, 200) : "",
    negative: "missing",
  };
}

function describeRun(criterion: Criterion, setting: CriterionSetting): JsonObject {
  const { revision, subject, policyVersion, run } = setting;
  return {
    v: 1,
    kind: "gate-verdict",
    subject,
    id: criterion.id,
    policy_version: policyVersion,
    commit: revision.commit,
    branch: revision.branch,
    changed: [...revision.changed].slice(0, 200),
    at: new Date(run.now()).toISOString(),
    environment: Object.fromEntries(machineFacts()),
  };
}

/** The files that the criterion names, stored by content. */
function evidenceOf(
  { evidence }: Criterion,
  { store, run }: CriterionSetting,
): readonly JsonObject[] {
  if (evidence.length === 0) return [];
  const found = filesOf(run.root, evidence).slice(0, FILES_MAX);
  return found.map((path): JsonObject => {
    const whole = join(run.root, path);
    const { size } = statSync(whole);
    return size > FILE_BYTES_MAX
      ? { path, bytes: size, hash: null }
      : { path, bytes: size, hash: store.evidence.put(readFileSync(whole)) };
  });
}

function filesOf(root: string, globs: readonly string[]): readonly string[] {
  const plain = globs.filter((glob) => !/[*?]/.test(glob));
  const wild = globs.filter((glob) => /[*?]/.test(glob));
  const there = plain.filter((path) => isFile(join(root, path)));
  if (wild.length === 0) return there;
  const all = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
    (path) => !/(^|\/)(node_modules|\.git|\.swoosh)(\/|$)/.test(path),
  );
  const more = all.filter(
    (path) => wild.some((glob) => matchesGlob(glob, path)) && isFile(join(root, path)),
  );
  return [...there, ...more.toSorted()];
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
