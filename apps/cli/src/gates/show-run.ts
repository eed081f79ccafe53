import { formatDuration, type LadderStatus } from "@swoosh/gates/status";
import type { ConsolePort } from "../console-port.ts";
import { createPaint, type Paint } from "../paint.ts";
import { plainText } from "../plain-text.ts";
import type { Protocol } from "./failure-protocol.ts";
import type { RunListener, RunResult } from "./run-gates.ts";

/** Live lines on the error stream's side of things: one line a check as it ends, what is running now below on a terminal. */
export function createRunListener(port: ConsolePort, quiet: boolean, isLive: boolean): RunListener {
  const paint = createPaint(port.colour.out);
  const running = new Set<string>();
  let place = "";
  let total = 0;
  let done = 0;
  const showRunning = (): void => {
    if (!isLive || quiet) return;
    const names = [...running].join(", ").slice(0, 60);
    port.err(
      `\r\u001b[2K${running.size === 0 ? "" : paint.dim(`  … ${done + 1}/${total} ${names}`)}`,
    );
  };
  const line = (text: string): void => {
    if (quiet) return;
    if (isLive) port.err("\r\u001b[2K");
    port.out(`${text}\n`);
    showRunning();
  };
  return {
    begin: (planned, revision) => {
      total = planned.length;
      line(
        `${paint.strong(`${total} check${total === 1 ? "" : "s"}`)} on ${shortCommit(revision.commit)}${revision.branch === "" ? "" : ` (${plainText(revision.branch)})`}`,
      );
    },
    start: (planned) => {
      if (planned.place !== place) {
        place = planned.place;
        line(paint.strong(place));
      }
      running.add(planned.criterion.id);
      showRunning();
    },
    end: (planned, verdict) => {
      running.delete(planned.criterion.id);
      done += 1;
      const mark = verdict.ok
        ? paint.good("✓")
        : planned.criterion.blocker === null
          ? paint.error("✗")
          : paint.warning("✗");
      line(
        `  ${mark} ${plainText(planned.criterion.title)} ${paint.dim(`${planned.criterion.id} · ${formatDuration(verdict.durationMs)}`)}`,
      );
      if (!verdict.ok) line(`      ${shorten(plainText(verdict.cause))}`);
    },
    stopped: (planned) => {
      running.delete(planned.criterion.id);
      line(`  ${paint.dim("–")} ${plainText(planned.criterion.title)} ${paint.dim("stopped")}`);
    },
    raised: (level, wasReached) =>
      line(
        paint.good(
          `  ▲ level ${level.level} ${plainText(level.name)} is ${wasReached ? "held again" : "reached"}`,
        ),
      ),
    protocol: (_planned, protocol) => {
      for (const text of protocolLines(protocol, paint)) line(`      ${text}`);
    },
  };
}

function protocolLines(protocol: Protocol, paint: Paint): readonly string[] {
  const { knownAs, degrade, degradedBy } = protocol;
  if (degradedBy !== null)
    return [
      `${paint.warning("degraded")}: ${plainText(degradedBy.setting)} to ${plainText(degradedBy.to)}, and the check passes; issue ${protocol.issue} stays open`,
    ];
  if (protocol.again !== null)
    return [`${paint.good("the known fix worked")}: ${plainText(knownAs?.title ?? "")}`];
  // An entry that nobody has thought about yet says no more than the cause does.
  const known =
    knownAs === null || knownAs.quickFix.startsWith("none known")
      ? []
      : [`known as "${plainText(knownAs.title)}": ${plainText(knownAs.quickFix)}`];
  return [
    ...known,
    `${protocol.severity} · ${protocol.isKnown ? "open issue" : "issue"} ${protocol.issue}`,
    ...(protocol.isEscalated
      ? [`${paint.error("no step of degradation helped")}: this is P0 now`]
      : []),
    ...degrade.map(({ setting, to }) => `degrade: ${plainText(setting)} to ${plainText(to)}`),
  ];
}

export function shortCommit(commit: string): string {
  const [sha = "", local] = commit.split("+");
  const short = sha.startsWith("tree-") ? sha.slice(0, 17) : sha.slice(0, 12);
  return local === undefined ? short : `${short} with local changes`;
}

/** Columns of a cause on the screen; `explain` and the issue have it whole. */
const CAUSE_COLUMNS_MAX = 90;
/** Failures that are told once more at the end, where they have scrolled away. */
const FAILURES_MAX = 8;

/** For a line on the screen. */
export function shorten(text: string): string {
  const points = [...text];
  return points.length <= CAUSE_COLUMNS_MAX
    ? text
    : `${points.slice(0, CAUSE_COLUMNS_MAX - 1).join("")}…`;
}

/** The ladder at the end: a rung a level, from the top. */
export function formatLadder(status: LadderStatus, paint: Paint): string {
  const lines = [...status.levels].reverse().map((level) => {
    const all = [...level.criteria, ...level.triggers];
    const pass = all.filter(({ state }) => state === "pass").length;
    const mark =
      level.state === "held"
        ? paint.good("█")
        : level.state === "regressed"
          ? paint.error("▓")
          : paint.dim("░");
    const word =
      level.state === "held"
        ? paint.good("held")
        : level.state === "regressed"
          ? paint.error("REGRESSED")
          : "open";
    const dots = all
      .map(({ state }) =>
        state === "pass"
          ? paint.good("●")
          : state === "fail"
            ? paint.error("●")
            : state === "stale"
              ? paint.warning("◐")
              : paint.dim("○"),
      )
      .join("");
    const here = level.level === status.level ? paint.strong(" ◀") : "";
    return `  ${mark} ${String(level.level).padStart(2)}  ${plainText(level.name).padEnd(28)} ${dots} ${pass}/${all.length} ${word}${here}`;
  });
  return `${lines.join("\n")}\n`;
}

/** What stands below the ladder: where it stands, and the next step. */
export function formatStanding(status: LadderStatus, paint: Paint): string {
  const top = status.levels.length - 1;
  const name = status.levels[status.level]?.name;
  const standing =
    status.level < 0
      ? "No level is held."
      : `Level ${status.level} of ${top} is held: ${plainText(name ?? "")}.`;
  const next = status.levels[status.level + 1];
  if (next === undefined) return `${paint.strong(standing)}\n`;
  const what = next.lacking.map((one) => `    ${paint.dim("·")} ${plainText(one)}`).join("\n");
  const fallen =
    next.incident === null
      ? ""
      : `  It fell because of ${plainText(next.incident.criterion)}: ${plainText(next.incident.cause)}\n`;
  return `${paint.strong(standing)} Level ${next.level} ${next.state === "regressed" ? "has fallen" : "is next"}; it lacks:\n${fallen}${what}\n`;
}

/** What failed and is not known to be red: cause, issue, and the next step. */
function formatFailures(failed: RunResult["verdicts"], paint: Paint): string {
  const told = failed.filter(({ planned }) => planned.criterion.blocker === null);
  const [first] = told;
  if (first === undefined) return "";
  const lines = told.slice(0, FAILURES_MAX).map(({ planned, verdict, protocol }) => {
    const issue = protocol === null ? "" : `\n    ${paint.dim(protocol.issue)}`;
    return `  ${paint.error("✗")} ${paint.strong(planned.criterion.id)}: ${shorten(plainText(verdict.cause))}${issue}`;
  });
  const more = told.length > lines.length ? `\n  … and ${told.length - lines.length} more` : "";
  return `\n${lines.join("\n")}${more}\n  next: swoosh gates explain ${first.planned.criterion.id}\n`;
}

export function formatRunEnd(result: RunResult, wallMs: number, paint: Paint): string {
  const failed = result.verdicts.filter(({ verdict }) => !verdict.ok);
  const passed = result.verdicts.length - failed.length;
  const head =
    failed.length === 0
      ? paint.good(`${passed} passed`)
      : `${passed} passed, ${paint.error(`${failed.length} failed`)}`;
  const required = failed.filter(({ planned }) => planned.isRequired).length;
  const allowed = failed.length > required ? ` (${failed.length - required} allowed to fail)` : "";
  const ladder =
    result.status === null
      ? ""
      : `\n${formatLadder(result.status, paint)}\n${formatStanding(result.status, paint)}`;
  const known = failed.filter(({ planned }) => planned.criterion.blocker !== null).length;
  const blocked = known === 0 ? "" : `, ${known} of them known to be red`;
  return `${ladder}${formatFailures(failed, paint)}\n${head}${blocked}${allowed} in ${formatDuration(wallMs)}\n`;
}
