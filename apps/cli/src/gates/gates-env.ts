import { compareEnvironments, readGoldenEnvironment } from "@swoosh/gates";
import type { ConsolePort } from "../console-port.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { plainText } from "../plain-text.ts";
import { WorldError } from "../world-error.ts";
import { readSession } from "./gates-session.ts";
import { LIVING, livingPath } from "./living-folder.ts";
import { machineFacts } from "./machine-facts.ts";
import { readIfThere } from "./write-whole.ts";

/** `swoosh gates env compare`: this machine against the golden one of REPLICATION-NOTES.md; exit 1 where they differ. */
export async function runGatesEnvCompare(
  port: ConsolePort,
  options: { readonly repo?: string; readonly json: boolean },
): Promise<ExitCode> {
  const session = await readSession(port, { repo: options.repo, quiet: true });
  if (session === undefined) return EXIT.usage;
  const text = readIfThere(livingPath(session.root, "REPLICATION-NOTES.md"));
  if (text === undefined)
    throw new WorldError(
      `there is no ${LIVING}/REPLICATION-NOTES.md; swoosh gates init writes one about this machine`,
    );
  const golden = readGoldenEnvironment(text);
  const differences = compareEnvironments(golden, machineFacts());
  if (options.json)
    port.out(
      `${JSON.stringify({ same: differences.length === 0, facts: golden.size, differences })}\n`,
    );
  else if (differences.length === 0)
    port.out(`all ${golden.size} facts are those of the golden environment\n`);
  else
    for (const { name, golden: wanted, here } of differences)
      port.out(`${plainText(name)}: golden ${plainText(wanted)}, here ${plainText(here)}\n`);
  return differences.length === 0 ? EXIT.ok : EXIT.no;
}
