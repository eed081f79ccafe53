import { criterionInstance, formatDuration, STAGES, type Criterion } from "@swoosh/gates";
import type { ConsolePort } from "../console-port.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { createPaint } from "../paint.ts";
import { plainText } from "../plain-text.ts";
import { WorldError } from "../world-error.ts";
import { readSession, type GatesSession } from "./gates-session.ts";
import { withStore } from "./with-store.ts";
import { gatesOfStage } from "./gates-of-stage.ts";
import { issuesIn, LIVING } from "./living-folder.ts";
import { revisionOf } from "./repository.ts";
import { statusOf } from "./status-of.ts";

/** `swoosh gates explain CRITERION`: what is asked, how it stands and why, and the evidence itself. */
export async function runGatesExplain(
  port: ConsolePort,
  options: {
    readonly repo?: string;
    readonly url?: string;
    readonly criterion: string;
    readonly json: boolean;
  },
): Promise<ExitCode> {
  const session = await readSession(port, { repo: options.repo, quiet: true });
  if (session === undefined) return EXIT.usage;
  const { root, ladder } = session;
  const found = findCriterion(session, options.criterion);
  return withStore(root, options, async (store) => {
    const recorded = store.recorded(criterionInstance(found.subject, found.criterion.id));
    const evidence = String(recorded?.context["evidence"] ?? "");
    const text = evidence === "" ? null : (store.evidence.read(evidence)?.toString("utf8") ?? null);
    const isSound = evidence !== "" && store.evidence.isSound(evidence);
    if (options.json) {
      port.out(
        `${JSON.stringify({ id: found.criterion.id, subject: found.subject, recorded: recorded ?? null, evidence: evidence === "" ? null : evidence, sound: isSound, contents: isSound && text !== null ? JSON.parse(text) : null })}\n`,
      );
      return EXIT.ok;
    }
    const paint = createPaint(port.colour.out);
    const { commit } = await revisionOf(root);
    const { criterion } = found;
    const status =
      ladder === undefined
        ? undefined
        : statusOf(store, ladder, commit)
            .levels.flatMap((level) => [...level.criteria, ...level.triggers])
            .find(({ id }) => id === criterion.id);
    const lines: [string, string][] = [
      ["check", criterion.check?.run ?? criterion.fires ?? "none yet"],
      ["negative", criterion.negative?.run ?? "none: nothing shows that it can fail"],
      ["fresh for", formatDuration(criterion.freshMs)],
      [
        "state",
        status === undefined ? (recorded?.configuration.join(" ") ?? "not run") : status.state,
      ],
      ["cause", (status?.cause ?? String(recorded?.context["cause"] ?? "")) || "-"],
      ["failures", String(recorded?.context["failures"] ?? 0)],
      ["commit", String(recorded?.context["commit"] ?? "-")],
      [
        "evidence",
        evidence === "" ? "-" : `${evidence}${isSound ? "" : paint.error(" edited or missing")}`,
      ],
    ];
    port.out(
      `${paint.strong(plainText(criterion.title))} (${found.subject}/${criterion.id}, ${found.place})\n`,
    );
    for (const [name, value] of lines) port.out(`  ${name.padEnd(10)} ${plainText(value)}\n`);
    for (const issue of issuesIn(root).filter(
      (one) => one.criterion === `${found.subject}/${criterion.id}`,
    ))
      port.out(
        `  ${"issue".padEnd(10)} ${LIVING}/${issue.name} (${issue.status}, ${issue.severity})\n`,
      );
    if (isSound && text !== null) port.out(outputOf(text, paint.dim));
    return EXIT.ok;
  });
}

function outputOf(text: string, dim: (text: string) => string): string {
  const evidence: {
    readonly check?: { readonly output?: string } | null;
    readonly negative?: { readonly output?: string } | null;
  } = JSON.parse(text);
  const part = (name: string, output: string | undefined): string =>
    output === undefined || output.trim() === ""
      ? ""
      : `\n${dim(name)}\n${output
          .trimEnd()
          .split("\n")
          .slice(-30)
          .map((line) => `  ${plainText(line)}`)
          .join("\n")}\n`;
  return `${part("output of the check (last lines)", evidence.check?.output)}${part("output of the negative (last lines)", evidence.negative?.output)}`;
}

function findCriterion(
  { ladder, lifecycle }: GatesSession,
  id: string,
): { readonly criterion: Criterion; readonly subject: string; readonly place: string } {
  for (const level of ladder?.levels ?? []) {
    const criterion = [...level.criteria, ...level.triggers].find((one) => one.id === id);
    if (criterion !== undefined)
      return { criterion, subject: ladder?.name ?? "", place: `Level ${level.level}` };
  }
  if (lifecycle !== undefined) {
    for (const stage of STAGES) {
      const criterion = gatesOfStage(lifecycle, stage).find((one) => one.id === id);
      if (criterion !== undefined) return { criterion, subject: lifecycle.name, place: stage };
    }
  }
  throw new WorldError(`there is no criterion "${id}"; swoosh gates status --verbose lists them`);
}
