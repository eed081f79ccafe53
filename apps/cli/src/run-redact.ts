import { isCommitment, REDACTION_ORDER, redactionOf } from "@swoosh/protocol";
import type { RedactFlags } from "./add-propose-command.ts";
import { connect } from "./connect.ts";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { createPaint } from "./paint.ts";
import { plainText } from "./plain-text.ts";
import { signerOf, tell } from "./run-propose.ts";
import { withServerErrors } from "./with-server-errors.ts";

/** `swoosh redact`: orders it in the log; the node erases the bytes with the record. */
export function runRedact(port: ConsolePort, hash: string, flags: RedactFlags): Promise<ExitCode> {
  return withServerErrors(port, async () => {
    if (!isCommitment(hash)) {
      const wanted = "sha256- and 64 hex digits, as a record names its evidence";
      port.err(
        `${createPaint(port.colour.err).error("swoosh:")} ${plainText(hash)} is no hash; ${wanted}\n`,
      );
      return EXIT.usage;
    }
    const { client, close } = await connect(flags, await signerOf(flags), (words) =>
      port.err(`swoosh: ${plainText(words)}\n`),
    );
    try {
      const inputs = { reason: flags.reason, subject: hash };
      const proposed = await client.propose(redactionOf(hash), REDACTION_ORDER, inputs);
      tell(port, proposed, flags);
      return proposed.kind === "accepted" ? EXIT.ok : EXIT.no;
    } finally {
      await close();
    }
  });
}
