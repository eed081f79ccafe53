import { join } from "node:path";
import process from "node:process";
import {
  formatDuration,
  statusJson,
  type CriterionStatus,
  type Ladder,
  type Lifecycle,
} from "@swoosh/gates/status";
import { canonicalize } from "@swoosh/kernel/values";
import type { ConsolePort } from "../console-port.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { createPaint, type Paint } from "../paint.ts";
import { plainText } from "../plain-text.ts";
import { readSession } from "./gates-session.ts";
import { readHeads, UnknownHead } from "./heads-file.ts";
import { haltOf } from "./halt-of.ts";
import { findRoot, revisionOf } from "./repository.ts";
import { statusOf, type GatesView } from "./status-of.ts";
import { formatLadder, formatStanding, shortCommit, shorten } from "./show-run.ts";

/** `swoosh gates status`: what is recorded, and what it is worth now. Reads only; exit 0 whatever it says. */
export async function runGatesStatus(
  port: ConsolePort,
  options: {
    readonly repo?: string;
    readonly url?: string;
    readonly json: boolean;
    readonly verbose: boolean;
  },
): Promise<ExitCode> {
  // git answers while the files are read.
  const found = findRoot(options.repo ?? process.cwd());
  const asked = found.then((root) => revisionOf(root));
  // Where the files are refused first, nobody waits for git, and its failure is nobody's.
  asked.catch(() => undefined);
  const session = await readSession(port, { repo: await found, quiet: true });
  if (session === undefined) return EXIT.usage;
  const { root, ladder, lifecycle } = session;
  if (ladder === undefined) {
    port.err(
      "there is no gates/maturity.yaml in this repository; swoosh gates init proposes one\n",
    );
    return EXIT.no;
  }
  const revision = await asked;
  const show = (view: GatesView): ExitCode =>
    showStatus(port, options, { view, ladder, lifecycle, commit: revision.commit });
  const left = isOwnLog(options) ? readHeads(join(root, ".swoosh", "gates")) : undefined;
  try {
    if (left !== undefined) return show(left);
  } catch (error) {
    if (!(error instanceof UnknownHead)) throw error;
  }
  const { withStore } = await import("./with-store.ts");
  return withStore(root, options, async (store) => show(store));
}

function isOwnLog({ url }: { readonly url?: string }): boolean {
  return (url ?? process.env["SWOOSH_GATES_URL"] ?? "") === "";
}

interface Shown {
  readonly view: GatesView;
  readonly ladder: Ladder;
  readonly lifecycle: Lifecycle | undefined;
  readonly commit: string;
}

function showStatus(
  port: ConsolePort,
  options: { readonly json: boolean; readonly verbose: boolean },
  { view, ladder, lifecycle, commit }: Shown,
): ExitCode {
  const status = statusOf(view, ladder, commit);
  const halt = haltOf(view, lifecycle);
  if (options.json) {
    port.out(
      `${canonicalize({ ...statusJson(status), halted: halt === null ? null : { ...halt } })}\n`,
    );
    return EXIT.ok;
  }
  const paint = createPaint(port.colour.out);
  port.out(
    `${paint.strong(plainText(ladder.name))} on ${shortCommit(commit)}\n\n${formatLadder(status, paint)}\n${formatStanding(status, paint)}`,
  );
  if (halt !== null)
    port.out(
      `${paint.error("HALTED")} (${halt.severity}): ${plainText(halt.reason)}; a person resumes\n`,
    );
  const all = status.levels.flatMap((level) => [...level.criteria, ...level.triggers]);
  const shown = options.verbose
    ? all
    : all.filter(({ state, level }) => state !== "pass" && level <= status.level + 1);
  if (shown.length > 0) port.out(`\n${shown.map((one) => formatCriterion(one, paint)).join("")}`);
  return EXIT.ok;
}

function formatCriterion(one: CriterionStatus, paint: Paint): string {
  const words = {
    pass: paint.good("pass   "),
    fail: paint.error("fail   "),
    stale: paint.warning("stale  "),
    "not-run": paint.dim("not run"),
  };
  const age = one.ageMs === null ? "" : paint.dim(` ${formatDuration(one.ageMs)} ago`);
  const cause = one.cause === "" ? "" : `: ${shorten(plainText(one.cause))}`;
  return `  ${words[one.state]} ${one.level}  ${one.id}${age}${cause}\n`;
}
