import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { aliasFiles, ciWorkflow, type Ladder } from "@swoosh/gates";
import type { ConsolePort } from "../console-port.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { WorldError } from "../world-error.ts";
import { readSession } from "./gates-session.ts";
import { reachedLevel } from "./reached-level.ts";
import { readIfThere, writeChanged } from "./write-whole.ts";

export const WORKFLOW = ".github/workflows/maturity-checks.yml";

/** `swoosh gates ci`: prints the workflow, or writes it. */
export async function runGatesCi(
  port: ConsolePort,
  options: {
    readonly repo?: string;
    readonly write: boolean;
    readonly check: boolean;
    readonly aliases: boolean;
    readonly command: string;
    readonly reached?: number;
  },
): Promise<ExitCode> {
  const session = await readSession(port, { repo: options.repo, quiet: true });
  if (session === undefined) return EXIT.usage;
  const { root, ladder } = session;
  if (ladder === undefined)
    throw new WorldError(
      "there is no gates/maturity.yaml, so there are no jobs; swoosh gates init proposes one",
    );
  if (options.aliases)
    return aliasesOf(port, { root, ladder, check: options.check, command: options.command });
  const reached =
    options.reached ??
    (await reachedLevel(root, ladder, { workflow: WORKFLOW, mayOpenLog: !options.check }));
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

/** `--aliases`: make targets, npm scripts and shell scripts that people know the levels and checks by. */
function aliasesOf(
  port: ConsolePort,
  about: {
    readonly root: string;
    readonly ladder: Ladder;
    readonly check: boolean;
    readonly command: string;
  },
): ExitCode {
  const { root, ladder, check, command } = about;
  const wanted = wantedAliases(root, ladder, command);
  const differing = [...wanted]
    .filter(([path, text]) => readIfThere(join(root, path)) !== text)
    .map(([path]) => path);
  if (check) {
    for (const path of differing)
      port.err(`${path} is not what the ladder says; swoosh gates ci --aliases writes it\n`);
    return differing.length === 0 ? EXIT.ok : EXIT.no;
  }
  for (const [path, text] of wanted) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeChanged(join(root, path), text);
    if (path.endsWith(".sh")) chmodSync(join(root, path), 0o755);
  }
  port.out(
    differing.length === 0
      ? "all aliases are up to date\n"
      : differing.map((path) => `wrote ${path}\n`).join(""),
  );
  return EXIT.ok;
}

function wantedAliases(root: string, ladder: Ladder, command: string): ReadonlyMap<string, string> {
  const { makefile, scripts, shells } = aliasFiles(ladder, command);
  const wanted = new Map([["gates/levels.mk", makefile], ...shells]);
  const manifest = readIfThere(join(root, "package.json"));
  if (manifest === undefined) return wanted;
  const parsed: { scripts?: Record<string, string> } = JSON.parse(manifest);
  // What was generated before and has no criterion any more goes; what people wrote stays.
  const own = Object.entries(parsed.scripts ?? {}).filter(
    ([name, line]) => !line.startsWith(`${command} gates run --`) || Object.hasOwn(scripts, name),
  );
  parsed.scripts = { ...Object.fromEntries(own), ...scripts };
  return wanted.set("package.json", `${JSON.stringify(parsed, null, 2)}\n`);
}
