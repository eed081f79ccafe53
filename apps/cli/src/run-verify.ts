import { canonicalize } from "@swoosh/kernel/values";
import type { VerifiedLog } from "@swoosh/server/verify";
import type { VerifyFlags } from "./add-verify-command.ts";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { createPaint } from "./paint.ts";
import { plainText } from "./plain-text.ts";
import { createProgress } from "./progress.ts";
import { withServerErrors } from "./with-server-errors.ts";

/** `swoosh verify`. Progress on standard error, the report on standard output. */
export function runVerify(port: ConsolePort, flags: VerifyFlags): Promise<ExitCode> {
  return withServerErrors(port, async () => {
    const { readSettings } = await import("@swoosh/server/settings");
    const { verifyFolder } = await import("@swoosh/server/verify");
    const folder = readSettings(flags.data === undefined ? {} : { data: flags.data }).text("data");
    const paint = createPaint(port.colour.out);
    const progress = createProgress(port, { isQuiet: flags.json === true });
    const options = {
      signatures: flags.signatures === true,
      onProgress: (records: number) => progress.show({ word: "verified", records }),
    };
    const verifying =
      flags.url === undefined
        ? verifyFolder(folder, options)
        : (await import("./verify-server.ts")).verifyServer(flags.url, options);
    const report = await verifying.finally(() => progress.end());
    const wrongPin = report.ok ? pinProblem(report, flags) : undefined;
    if (flags.json === true) {
      port.out(
        `${canonicalize({ ...report, ...(wrongPin === undefined ? {} : { ok: false, problem: wrongPin }) })}\n`,
      );
    } else if (!report.ok) {
      port.out(
        `${paint.error("not sound:")} record ${report.index}: ${plainText(report.problem)}\n`,
      );
    } else if (wrongPin !== undefined) {
      port.out(`${paint.error("not the log that was pinned:")} ${plainText(wrongPin)}\n`);
    } else {
      port.out(told(report, flags, paint.good("sound")));
    }
    return report.ok && wrongPin === undefined ? EXIT.ok : EXIT.no;
  });
}

function pinProblem(report: VerifiedLog, { leaf0, originKey }: VerifyFlags): string | undefined {
  if (originKey !== undefined && originKey !== report.node)
    return `the node's key is ${report.node}, not ${originKey}`;
  if (leaf0 !== undefined && leaf0 !== report.firstLeaf)
    return `the leaf of record 0 is ${report.firstLeaf}, not ${leaf0}`;
  return undefined;
}

function told(report: VerifiedLog, flags: VerifyFlags, sound: string): string {
  const signatures = flags.signatures === true ? `, ${report.signatures} signatures` : "";
  const isPinned = flags.originKey !== undefined && flags.leaf0 !== undefined;
  const rows = [
    `${report.size} records replayed${signatures}: ${sound}`,
    `origin  ${report.origin}`,
    `node    ${report.node}`,
    `leaf 0  ${report.firstLeaf}`,
    `root    ${report.root}`,
    isPinned
      ? "origin pinned"
      : "internally consistent, origin not pinned: compare node and leaf 0 with what swoosh init printed",
  ];
  return `${rows.join("\n")}\n`;
}
