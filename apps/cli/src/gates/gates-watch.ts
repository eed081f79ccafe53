import process from "node:process";
import { criterionInstance, formatDuration, type Ladder } from "@swoosh/gates";
import type { ConsolePort } from "../console-port.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { createPaint } from "../paint.ts";
import { WorldError } from "../world-error.ts";
import { runOptions } from "./run-options.ts";
import { readSession } from "./gates-session.ts";
import { withStore } from "./with-store.ts";
import type { GatesStore } from "./gates-store.ts";
import { haltOf } from "./halt-of.ts";
import { nextDue } from "./is-due.ts";
import { revisionOf } from "./repository.ts";
import { runGates } from "./run-gates.ts";
import { createRunListener, formatRunEnd } from "./show-run.ts";

/** How often the repository is looked at, ms: a git call costs some milliseconds. */
const LOOK_MS = 2_000;

/**
 * `swoosh gates watch`: runs what is due: on a new commit what is checked per change, on schedule the rest; what expires falls by
 * itself, for the log's own timers say so. The log is open only while something runs. P0 ends the watch.
 */
export async function runGatesWatch(
  port: ConsolePort,
  options: { readonly repo?: string; readonly url?: string; readonly once: boolean },
): Promise<ExitCode> {
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  process.once("SIGTERM", () => stop.abort());
  let seen = "";
  let next = Number.POSITIVE_INFINITY;
  for (;;) {
    const session = await readSession(port, { repo: options.repo, quiet: true });
    if (session === undefined) return EXIT.usage;
    const { root, ladder, lifecycle } = session;
    if (ladder === undefined)
      throw new WorldError(
        "there is no gates/maturity.yaml to watch; swoosh gates init proposes one",
      );
    const { commit } = await revisionOf(root);
    if (commit !== seen || Date.now() >= next) {
      seen = commit;
      const outcome = await withStore(root, options, async (store) => {
        const halt = haltOf(store, lifecycle);
        if (halt?.severity === "P0") return { halted: halt.reason, next: Number.POSITIVE_INFINITY };
        const started = Date.now();
        const listener = createRunListener(port, false, false);
        const result = await runGates({
          root,
          store,
          ladder,
          lifecycle,
          selection: { ci: false, all: false },
          run: runOptions(root, stop.signal),
          listener,
        });
        port.out(formatRunEnd(result, Date.now() - started, createPaint(port.colour.out)));
        const halted = result.stoppedBy === null ? null : `${result.stoppedBy.criterion.id} failed`;
        return { halted, next: nextLook(store, ladder) };
      });
      if (outcome.halted !== null) {
        port.err(`halted (P0): ${outcome.halted}; the watch ends, a person resumes\n`);
        return EXIT.no;
      }
      next = outcome.next;
      if (Number.isFinite(next))
        port.out(`next look in ${formatDuration(Math.max(0, next - Date.now()))}\n`);
    }
    if (options.once || stop.signal.aborted) return EXIT.ok;
    await pause(stop.signal);
    if (stop.signal.aborted) return EXIT.ok;
  }
}

/** When time alone asks for a run: the first evidence expires, or what is scheduled is due. Journal time in ms; infinite where nothing does. */
function nextLook(store: GatesStore, ladder: Ladder): number {
  const times = ladder.levels
    .flatMap(({ criteria, triggers }) => [...criteria, ...triggers])
    .flatMap((criterion) => {
      const recorded = store.recorded(criterionInstance(ladder.name, criterion.id));
      return [Number(recorded?.context["until"] ?? 0), nextDue(criterion, recorded)];
    });
  return Math.min(...times.filter((time) => time > store.at));
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resume) => {
    const timer = setTimeout(resume, LOOK_MS);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resume();
      },
      { once: true },
    );
  });
}
