import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ConsolePort } from "../console-port.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { WorldError } from "../world-error.ts";
import { defineLadder } from "./define-gates.ts";
import { GAPS_FILE } from "./gates-files.ts";
import { readSession } from "./gates-session.ts";
import { withStore } from "./with-store.ts";
import { readIfThere, writeWhole } from "./write-whole.ts";

const HEAD =
  "# Gaps found from above: each is an open red criterion of its level, closed only by a check with a negative.\ngaps:\n";

/** `swoosh gates gap`: work above has shown that a level below is not what it says; it gets one criterion more, red. */
export async function runGatesGap(
  port: ConsolePort,
  options: {
    readonly repo?: string;
    readonly level: number;
    readonly title: string;
    readonly id?: string;
  },
): Promise<ExitCode> {
  const session = await readSession(port, { repo: options.repo, quiet: true });
  if (session === undefined) return EXIT.usage;
  const { root, ladder } = session;
  if (ladder === undefined)
    throw new WorldError(
      "there is no gates/maturity.yaml, so there is no level to find a gap in; swoosh gates init proposes one",
    );
  if (ladder.levels[options.level] === undefined)
    throw new WorldError(
      `there is no level ${options.level}; the ladder has the levels 0 to ${ladder.levels.length - 1}`,
    );
  const taken = new Set(
    ladder.levels.flatMap(({ criteria, triggers }) =>
      [...criteria, ...triggers].map(({ id }) => id),
    ),
  );
  const id = options.id ?? freeId(options.title, taken);
  if (taken.has(id)) throw new WorldError(`the id "${id}" is taken; give another one with --id`);
  const path = join(root, GAPS_FILE);
  const text = existsSync(path) ? (readIfThere(path) ?? "") : HEAD;
  const entry = `  - id: ${id}\n    level: ${options.level}\n    title: ${JSON.stringify(options.title)}\n    found: "${new Date().toISOString().slice(0, 10)}"\n`;
  writeWhole(path, `${text.trimEnd()}\n${entry}`);
  const again = await readSession(port, { repo: root, quiet: true });
  const changed = again?.ladder;
  if (changed === undefined) return EXIT.usage;
  await withStore(root, {}, (store) => defineLadder(store, changed));
  port.out(
    `gap ${id} is open in level ${options.level}: the level is red until ${GAPS_FILE} has a check with a negative for it\n`,
  );
  return EXIT.ok;
}

function freeId(title: string, taken: ReadonlySet<string>): string {
  const words = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  const stem = `gap-${words}`.slice(0, 34).replace(/-+$/, "");
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? stem : `${stem}-${number}`;
    if (!taken.has(id)) return id;
  }
}
