import process from "node:process";
import type { Stage } from "@swoosh/gates";
import { statusJson } from "@swoosh/gates";
import { canonicalize, type JsonObject } from "@swoosh/kernel/values";
import type { ConsolePort } from "../console-port.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { createPaint } from "../paint.ts";
import { judgeChange, formatChange } from "./judge-change.ts";
import { runOptions } from "./run-options.ts";
import { readSession, type GatesSession } from "./gates-session.ts";
import { withStore } from "./with-store.ts";
import { haltOf } from "./halt-of.ts";
import { runGates, type RunResult, type Selection } from "./run-gates.ts";
import { createRunListener, formatRunEnd } from "./show-run.ts";

export interface GatesRunOptions {
  readonly repo?: string;
  readonly url?: string;
  readonly key?: string;
  readonly level?: number;
  readonly stage?: Stage;
  readonly criterion?: string;
  readonly ci: boolean;
  readonly reached?: number;
  readonly all: boolean;
  readonly base?: string;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** `swoosh gates run`: 0 all is well, 1 something required is not, 2 the files have errors, 3 the world failed. */
export async function runGatesRun(port: ConsolePort, options: GatesRunOptions): Promise<ExitCode> {
  const session = await readSession(port, {
    repo: options.repo,
    quiet: options.quiet || options.json,
  });
  if (session === undefined) return EXIT.usage;
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.once("SIGINT", onSignal);
  process.once("SIGTERM", onSignal);
  try {
    return await withStore(session.root, options, (store) =>
      runOn(port, { options, session, store, signal: stop.signal }),
    );
  } finally {
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  }
}

interface RunOn {
  readonly options: GatesRunOptions;
  readonly session: GatesSession;
  readonly store: Parameters<typeof runGates>[0]["store"];
  readonly signal: AbortSignal;
}

async function runOn(
  port: ConsolePort,
  { options, session, store, signal }: RunOn,
): Promise<ExitCode> {
  const started = Date.now();
  const paint = createPaint(port.colour.out);
  const { root, ladder, lifecycle } = session;
  const halt = haltOf(store, lifecycle);
  if (halt !== null && (halt.severity === "P0" || options.stage !== undefined)) {
    port.err(
      `${createPaint(port.colour.err).error("halted")} (${halt.severity}): ${halt.reason}; nothing runs until a person says so: swoosh gates resume --reason "…"\n`,
    );
    return EXIT.no;
  }
  const listener = createRunListener(
    port,
    options.quiet || options.json,
    port.colour.err && process.stderr.isTTY === true,
  );
  const selection: Selection = {
    ci: options.ci,
    all: options.all,
    ...(options.reached === undefined ? {} : { reached: options.reached }),
    ...(options.level === undefined ? {} : { level: options.level }),
    ...(options.stage === undefined ? {} : { stage: options.stage }),
    ...(options.criterion === undefined ? {} : { criterion: options.criterion }),
  };
  const result = await runGates({
    root,
    store,
    ladder,
    lifecycle,
    selection,
    run: runOptions(root, signal),
    listener,
  });
  if (signal.aborted) {
    port.err("stopped; what had ended is recorded\n");
    return EXIT.no;
  }
  const change =
    options.ci || options.base !== undefined
      ? await judgeChange({
          root,
          ladder,
          status: result.status,
          base: options.base,
          reached: options.reached,
        })
      : null;
  const wallMs = Date.now() - started;
  if (options.json) port.out(`${canonicalize(resultJson(result, wallMs))}\n`);
  else if (!options.quiet || !result.ok) port.out(formatRunEnd(result, wallMs, paint));
  if (change !== null && change.isRefused)
    port.err(formatChange(change, createPaint(port.colour.err)));
  if (!result.ok && !options.json) port.err(failureLine(result));
  if (result.stoppedBy !== null)
    port.err(`${createPaint(port.colour.err).error("halted")} ${p0Line(result)}\n`);
  return result.ok && change?.isRefused !== true ? EXIT.ok : EXIT.no;
}

function failureLine(result: RunResult): string {
  const issues = result.verdicts.filter(
    ({ protocol }) => protocol !== null && protocol.again === null,
  ).length;
  return issues === 0
    ? ""
    : `FAILURE DETECTED: ${issues === 1 ? "one issue waits" : `${issues} issues wait`} for a person in docs/living\n`;
}

/** After P0: who stopped everything, what did not run, how it goes on. */
export function p0Line({ stoppedBy, notRun }: RunResult): string {
  const rest =
    notRun.length === 0
      ? ""
      : `; ${notRun.length === 1 ? "one check has" : `${notRun.length} checks have`} not run`;
  return `(P0): ${stoppedBy?.criterion.id ?? ""} failed${rest}; nothing runs until a person says so: swoosh gates resume --reason "…"`;
}

function resultJson(result: RunResult, wallMs: number): JsonObject {
  return {
    ok: result.ok,
    commit: result.revision.commit,
    wall_ms: wallMs,
    checks_ms: result.checksMs,
    stopped_by: result.stoppedBy?.criterion.id ?? null,
    not_run: result.notRun.map(({ criterion }) => criterion.id),
    results: result.verdicts.map(({ planned, verdict, protocol }) => ({
      id: planned.criterion.id,
      place: planned.place,
      ok: verdict.ok,
      required: planned.isRequired,
      cause: verdict.cause === "" ? null : verdict.cause,
      negative: verdict.negative,
      duration_ms: verdict.durationMs,
      evidence: verdict.evidence,
      severity: protocol?.severity ?? null,
      issue: protocol?.issue ?? null,
    })),
    status: result.status === null ? null : statusJson(result.status),
  };
}
