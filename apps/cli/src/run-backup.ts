import { canonicalize } from "@swoosh/kernel/values";
import type { BackupProgress, VerifiedLog } from "@swoosh/server/verify";
import type { BackupFlags } from "./add-backup-commands.ts";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { createPaint } from "./paint.ts";
import { plainText } from "./plain-text.ts";
import { createProgress } from "./progress.ts";
import { withServerErrors } from "./with-server-errors.ts";

/** `swoosh backup`. */
export function runBackup(
  port: ConsolePort,
  target: string,
  flags: BackupFlags,
): Promise<ExitCode> {
  return withServerErrors(port, async () => {
    const { backupFolder } = await import("@swoosh/server/verify");
    const from = await folderOf(flags);
    const report = await withProgress(port, flags, (show) =>
      backupFolder({ from, to: target }, show),
    );
    tell(port, flags, report, `${plainText(from)} is backed up in ${plainText(target)}`);
    if (flags.quiet !== true)
      port.err("The keys are in it: whoever has this folder can sign as this node.\n");
    return EXIT.ok;
  });
}

/** `swoosh restore`. */
export function runRestore(
  port: ConsolePort,
  source: string,
  flags: BackupFlags,
): Promise<ExitCode> {
  return withServerErrors(port, async () => {
    const { restoreFolder } = await import("@swoosh/server/verify");
    const to = await folderOf(flags);
    const report = await withProgress(port, flags, (show) =>
      restoreFolder({ from: source, to }, show),
    );
    tell(port, flags, report, `${plainText(source)} is restored to ${plainText(to)}`);
    if (flags.quiet !== true)
      port.err(
        "It goes on as the same node. Never start the old folder again: what it acknowledged after this backup is not here, and two logs of one origin are a fork.\n",
      );
    return EXIT.ok;
  });
}

async function folderOf(flags: BackupFlags): Promise<string> {
  const { readSettings } = await import("@swoosh/server/settings");
  return readSettings(flags.data === undefined ? {} : { data: flags.data }).text("data");
}

/** Shows how far it is; what was copied is what there is to verify. */
async function withProgress<Result>(
  port: ConsolePort,
  flags: BackupFlags,
  run: (show: (step: BackupProgress) => void) => Promise<Result>,
): Promise<Result> {
  const progress = createProgress(port, { isQuiet: flags.quiet === true || flags.json === true });
  let copied = 0;
  try {
    return await run(({ records, step }) => {
      if (step === "copying") copied = records;
      progress.show(
        step === "copying"
          ? { word: "copied", records }
          : { word: "verified", records, total: copied },
      );
    });
  } finally {
    progress.end();
  }
}

function tell(port: ConsolePort, flags: BackupFlags, report: VerifiedLog, said: string): void {
  const { firstLeaf, node, origin, root, signatures, size } = report;
  if (flags.json === true) {
    port.out(`${canonicalize({ firstLeaf, node, ok: true, origin, root, signatures, size })}\n`);
    return;
  }
  const paint = createPaint(port.colour.out);
  port.out(
    `${said}: ${size} records, ${signatures} signatures, ${paint.good("sound")}\norigin  ${origin}\nroot    ${root}\n`,
  );
}
