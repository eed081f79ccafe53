import { canonicalize } from "@swoosh/kernel/values";
import type { BackupFlags } from "./add-backup-commands.ts";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { withServerErrors } from "./with-server-errors.ts";

/** `swoosh snapshot`. A running server takes its own (`snapshot-records`), and one more when it stops. */
export function runSnapshot(port: ConsolePort, flags: BackupFlags): Promise<ExitCode> {
  return withServerErrors(port, async () => {
    const { openNode } = await import("@swoosh/server");
    const { readSettings } = await import("@swoosh/server/settings");
    const data = flags.data === undefined ? {} : { data: flags.data };
    const node = await openNode({ folder: readSettings(data).text("data") });
    try {
      await node.engine.snapshot();
      const { root, size } = node.engine.checkpoint();
      port.out(
        flags.json === true
          ? `${canonicalize({ index: size - 1, root })}\n`
          : `snapshot at record ${size - 1}, root ${root}\n`,
      );
      return EXIT.ok;
    } finally {
      await node.close();
    }
  });
}
