import {
  criterionInstance,
  isHalting,
  levelInstance,
  UNKNOWN_SEVERITY,
  type Criterion,
  type Ladder,
  type LadderStatus,
  type Level,
  type Lifecycle,
  type Stage,
} from "@swoosh/gates";
import { WorldError } from "../world-error.ts";
import { defineLadder, defineLifecycle } from "./define-gates.ts";
import { followProtocol, type Protocol } from "./failure-protocol.ts";
import { gatesOfStage } from "./gates-of-stage.ts";
import type { GatesStore } from "./gates-store.ts";
import { isDue } from "./is-due.ts";
import { metricsOf } from "./metrics-of.ts";
import { revisionOf, type Revision } from "./repository.ts";
import { spoiltPart } from "./spoilt-evidence.ts";
import { runCriterion, type CriterionSetting, type Verdict } from "./run-criterion.ts";
import type { RunOptions } from "./run-command.ts";
import { statusOf } from "./status-of.ts";

export interface Selection {
  readonly level?: number;
  readonly stage?: Stage;
  readonly criterion?: string;
  /** As in CI: levels reached are required, the next may fail, higher ones are left out. */
  readonly ci: boolean;
  /** Levels up to this one count as reached, whatever this log knows: CI begins with an empty one. */
  readonly reached?: number;
  /** Also what is scheduled and not due. */
  readonly all: boolean;
}

/** One check to run, and what it belongs to. */
export interface Planned {
  readonly criterion: Criterion;
  readonly subject: string;
  /** `Level 2`, `Validate`. */
  readonly place: string;
  readonly level: number | null;
  readonly stage: Stage | null;
  /** Its failure is a no. */
  readonly isRequired: boolean;
}

export interface RunListener {
  begin(planned: readonly Planned[], revision: Revision): void;
  start(planned: Planned): void;
  end(planned: Planned, verdict: Verdict): void;
  /** A level was reached, or taken back up. */
  raised(level: Level, wasReached: boolean): void;
  protocol(planned: Planned, protocol: Protocol): void;
  /** It was ended before it could say anything. */
  stopped(planned: Planned): void;
}

export interface RunResult {
  readonly verdicts: readonly {
    readonly planned: Planned;
    readonly verdict: Verdict;
    readonly protocol: Protocol | null;
  }[];
  readonly revision: Revision;
  readonly status: LadderStatus | null;
  /** What failed with P0, after which nothing went on; null where nothing did. */
  readonly stoppedBy: Planned | null;
  /** What was selected and has no verdict of this run. */
  readonly notRun: readonly Planned[];
  /** Of checks, added up: what is left of the wall time is ours. */
  readonly checksMs: number;
  readonly ok: boolean;
}

export interface GatesRun {
  readonly root: string;
  readonly store: GatesStore;
  readonly ladder: Ladder | undefined;
  readonly lifecycle: Lifecycle | undefined;
  readonly selection: Selection;
  readonly run: RunOptions;
  readonly listener: RunListener;
}

/** Runs what is selected, records each verdict as it comes, raises levels that are ready, follows the failure protocol. */
export async function runGates(given: GatesRun): Promise<RunResult> {
  const { store, ladder, lifecycle, root } = given;
  const p0 = new AbortController();
  const signal = AbortSignal.any([
    p0.signal,
    ...(given.run.signal === undefined ? [] : [given.run.signal]),
  ]);
  const about: Running = { ...given, run: { ...given.run, signal }, stop: () => p0.abort() };
  if (ladder !== undefined) await defineLadder(store, ladder);
  if (lifecycle !== undefined) await defineLifecycle(store, lifecycle);
  const revision = await revisionOf(root);
  const planned = plan(about, revision);
  about.listener.begin(planned, revision);
  const verdicts: Done[] = [];
  for (const level of levelsOf(planned)) {
    const group = planned.filter((one) => one.level === level);
    verdicts.push(...(await runGroup(about, group, revision)));
    if (signal.aborted) break;
    if (ladder !== undefined && level !== null) await raiseLevels(about, ladder, revision);
  }
  const status = ladder === undefined ? null : statusOf(store, ladder, revision.commit);
  const done = new Set(verdicts.map(({ planned: one }) => one));
  const notRun = planned.filter((one) => !done.has(one));
  const stoppedBy = verdicts.find(isP0)?.planned ?? null;
  // What may fail may stop everything all the same.
  const ok =
    stoppedBy === null &&
    verdicts.every(({ planned: one, verdict }) => verdict.ok || !one.isRequired);
  const checksMs = verdicts.reduce(
    (sum, { verdict }) =>
      sum + (verdict.check?.durationMs ?? 0) + (verdict.negativeRun?.durationMs ?? 0),
    0,
  );
  return { verdicts, revision, status, stoppedBy, notRun, checksMs, ok };
}

interface Done {
  readonly planned: Planned;
  readonly verdict: Verdict;
  readonly protocol: Protocol | null;
}

/** A run under way: its signal says that nothing may begin any more, whoever stopped it. */
interface Running extends GatesRun {
  readonly run: RunOptions & { readonly signal: AbortSignal };
  /** P0: nothing begins any more, and what runs ends. */
  readonly stop: () => void;
}

function isP0({ protocol }: Done): boolean {
  return protocol?.severity === "P0" && protocol.again === null;
}

function levelsOf(planned: readonly Planned[]): readonly (number | null)[] {
  return [...new Set(planned.map(({ level }) => level))];
}

function plan(
  { store, ladder, lifecycle, selection }: GatesRun,
  revision: Revision,
): readonly Planned[] {
  const { stage, criterion } = selection;
  const planned: Planned[] = [];
  if (stage !== undefined) {
    if (lifecycle === undefined)
      throw new WorldError(
        `there is no gates/lifecycle.yaml, so there is no stage ${stage}; swoosh gates init writes one`,
      );
    for (const gate of gatesOfStage(lifecycle, stage))
      planned.push({
        criterion: gate,
        subject: lifecycle.name,
        place: stage[0]?.toUpperCase() + stage.slice(1),
        level: null,
        stage,
        isRequired: true,
      });
  } else if (ladder !== undefined)
    planned.push(...planLadder(ladder, selection, statusOf(store, ladder, revision.commit)));
  else
    throw new WorldError(
      "there is no gates/maturity.yaml in this repository; swoosh gates init proposes one",
    );
  const named =
    criterion === undefined ? planned : planned.filter((one) => one.criterion.id === criterion);
  if (criterion !== undefined && named.length === 0)
    throw new WorldError(
      `there is no criterion "${criterion}"; there are ${planned
        .map((one) => one.criterion.id)
        .slice(0, 12)
        .join(", ")}`,
    );
  if (selection.all || criterion !== undefined) return named;
  return named.filter((one) => {
    const instance = criterionInstance(one.subject, one.criterion.id);
    const now = { at: store.at, commit: revision.commit };
    // Spoilt evidence says nothing any more, whenever it was due.
    return (
      isDue(one.criterion, store.recorded(instance), now) ||
      spoiltPart(store, instance) !== undefined
    );
  });
}

function planLadder(
  ladder: Ladder,
  selection: Selection,
  status: LadderStatus,
): readonly Planned[] {
  const reached = Math.max(status.reached, selection.reached ?? -1);
  const wanted = ladder.levels.filter(({ level }) => {
    if (selection.level !== undefined) return level === selection.level;
    return !selection.ci || level <= reached + 1;
  });
  if (selection.level !== undefined && wanted.length === 0)
    throw new WorldError(
      `there is no level ${selection.level}; the ladder has the levels 0 to ${ladder.levels.length - 1}`,
    );
  return wanted.flatMap((level) =>
    [...level.criteria, ...level.triggers].map((criterion) => ({
      criterion,
      subject: ladder.name,
      place: `Level ${level.level}`,
      level: level.level,
      stage: null,
      isRequired: selection.level !== undefined || !selection.ci || level.level <= reached,
    })),
  );
}

/** In order; those that are declared parallel run beside one another. */
async function runGroup(
  about: Running,
  group: readonly Planned[],
  revision: Revision,
): Promise<readonly Done[]> {
  const done: Done[] = [];
  const parallelMax = about.ladder?.parallelMax ?? 2;
  const waiting = [...group];
  while (waiting.length > 0) {
    const isParallel = waiting[0]?.criterion.parallel === true;
    const length = isParallel
      ? Math.max(
          1,
          waiting.findIndex(({ criterion }) => !criterion.parallel),
        )
      : 1;
    const batch = waiting.splice(
      0,
      isParallel && waiting.every(({ criterion }) => criterion.parallel) ? waiting.length : length,
    );
    const most = isParallel ? parallelMax : 1;
    const ended = await side(batch, most, async (planned) =>
      about.run.signal.aborted ? null : runOne(about, planned, revision),
    );
    done.push(...ended.filter((one) => one !== null));
    if (about.run.signal.aborted) break;
  }
  return done;
}

/** At most so many at once; answers in order. */
async function side<T, R>(
  items: readonly T[],
  most: number,
  act: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const at = next;
      next += 1;
      const item = items[at];
      if (item !== undefined) results[at] = await act(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  return results;
}

/** null: it was ended before it could say anything. */
async function runOne(about: Running, planned: Planned, revision: Revision): Promise<Done | null> {
  const { store, listener, ladder, lifecycle } = about;
  const setting: CriterionSetting = {
    store,
    run: about.run,
    revision,
    subject: planned.subject,
    policyVersion: (planned.stage === null ? ladder?.version : lifecycle?.version) ?? "1",
    phase: lifecycle?.phase ?? 0,
    failures: failuresOf(store, ladder),
    metrics: () => metricsOf(store, ladder),
  };
  listener.start(planned);
  let verdict = await runCriterion(planned.criterion, setting);
  // What was interrupted, by a person or by P0 beside it, says nothing about the criterion.
  if (about.run.signal.aborted) {
    listener.stopped(planned);
    return null;
  }
  let protocol: Protocol | null = null;
  if (!verdict.ok && planned.criterion.blocker === null) {
    if (planned.criterion.severity === "P0") about.stop();
    protocol = await followProtocol({
      root: about.root,
      store,
      planned,
      verdict,
      revision,
      lifecycle,
      setting,
    });
    if (protocol.again !== null) verdict = protocol.again;
    if (isP0({ planned, verdict, protocol })) about.stop();
  }
  await record(about, { planned, verdict, protocol }, revision);
  listener.end(planned, verdict);
  if (protocol !== null) listener.protocol(planned, protocol);
  return { planned, verdict, protocol };
}

async function record(
  { store }: GatesRun,
  { planned, verdict, protocol }: RunResult["verdicts"][number],
  revision: Revision,
): Promise<void> {
  const instance = criterionInstance(planned.subject, planned.criterion.id);
  const common = {
    commit: revision.commit,
    definition: verdict.definition,
    evidence: verdict.evidence,
  };
  if (verdict.ok) {
    await store.must({
      instance,
      transition: "Criterion_Pass",
      inputs: { ...common, negative: verdict.negative },
    });
    return;
  }
  const severity =
    protocol?.severity ??
    planned.criterion.severity ??
    (planned.criterion.blocker === null ? UNKNOWN_SEVERITY : "P3");
  await store.must({
    instance,
    transition: "Criterion_Fail",
    inputs: { ...common, cause: verdict.cause === "" ? "failed" : verdict.cause, severity },
  });
}

function failuresOf(
  store: GatesStore,
  ladder: Ladder | undefined,
): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { id } of ladder?.levels.flatMap(({ criteria }) => criteria) ?? []) {
    const failures = store.recorded(criterionInstance(ladder?.name ?? "", id))?.context["failures"];
    // Keys of CEL maps are read with a dot.
    counts[id.replaceAll("-", "_")] = typeof failures === "number" ? failures : 0;
  }
  return counts;
}

/** Raises every level that is ready, from below. A refusal is no failure: the status says what lacks. */
export async function raiseLevels(
  about: Pick<GatesRun, "store" | "listener">,
  ladder: Ladder,
  revision: Revision,
): Promise<void> {
  const { store, listener } = about;
  for (const level of ladder.levels) {
    const before = statusOf(store, ladder, revision.commit).levels[level.level];
    if (before === undefined || before.lacking.length > 0) return;
    if (before.state === "held") continue;
    const instance = levelInstance(ladder.name, level.level);
    const wasReached = store.recorded(instance)?.configuration.includes("OPEN") !== true;
    const until = untilOf(store, ladder, level);
    const answer = await store.propose(store.ci, {
      instance,
      transition: "Level_Raise",
      inputs: { commit: revision.commit, until },
    });
    if (answer.kind === "refused") return;
    listener.raised(level, wasReached);
  }
}

/** When the first of the evidence that the level rests on expires. */
export function untilOf(store: GatesStore, ladder: Ladder, level: Level): number {
  const instances = [
    ...[...level.criteria, ...level.triggers].map(({ id }) => criterionInstance(ladder.name, id)),
    ...Array.from({ length: level.level }, (_, lower) => levelInstance(ladder.name, lower)),
  ];
  return Math.min(
    ...instances.map((instance) => Number(store.recorded(instance)?.context["until"] ?? 0)),
  );
}

/** Whether a failure of this check stops a lifecycle. */
export function haltsWith(criterion: Criterion): boolean {
  return isHalting(criterion.severity ?? UNKNOWN_SEVERITY);
}
