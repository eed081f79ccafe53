import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { ciWorkflow } from "@swoosh/gates";
import type { ConsolePort } from "../console-port.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { WorldError } from "../world-error.ts";
import { readSession, withStore } from "./gates-session.ts";
import { revisionOf } from "./repository.ts";
import { statusOf } from "./run-gates.ts";
import { readIfThere, writeChanged } from "./write-whole.ts";

export const WORKFLOW = ".github/workflows/maturity-checks.yml";

/** `swoosh gates ci`: prints the workflow, or writes it. */
export async function runGatesCi(
  port: ConsolePort,
  options: {
    readonly repo?: string;
    readonly write: boolean;
    readonly check: boolean;
    readonly command: string;
  },
): Promise<ExitCode> {
  const session = await readSession(port, { repo: options.repo, quiet: true });
  if (session === undefined) return EXIT.usage;
  const { root, ladder } = session;
  if (ladder === undefined)
    throw new WorldError(
      "there is no gates/maturity.yaml, so there are no jobs; swoosh gates init proposes one",
    );
  const reached = await withStore(
    root,
    async (store) => statusOf(store, ladder, (await revisionOf(root)).commit).reached,
  );
  const text = ciWorkflow({
    ladder,
    reached,
    install: installLines(root),
    command: options.command,
  });
  const path = join(root, WORKFLOW);
  if (options.check) {
    if (readIfThere(path) === text) return EXIT.ok;
    port.err(`${WORKFLOW} is not what the ladder says; swoosh gates ci --write writes it\n`);
    return EXIT.no;
  }
  if (!options.write) {
    port.out(text);
    return EXIT.ok;
  }
  mkdirSync(dirname(path), { recursive: true });
  port.out(writeChanged(path, text) ? `wrote ${WORKFLOW}\n` : `${WORKFLOW} is up to date\n`);
  return EXIT.ok;
}

function installLines(root: string): readonly string[] {
  const has = (file: string): boolean => existsSync(join(root, file));
  if (has("package-lock.json")) return ["npm ci"];
  if (has("pnpm-lock.yaml")) return ["corepack enable", "pnpm install --frozen-lockfile"];
  if (has("yarn.lock")) return ["corepack enable", "yarn install --immutable"];
  if (has("package.json")) return ["npm install"];
  if (has("requirements.txt")) return ["pip install -r requirements.txt"];
  return [];
}
