import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";
import {
  ISSUE_TEMPLATE,
  newReplicationNotes,
  proposeLadder,
  proposeLifecycle,
  SEEDED_TROUBLESHOOTING,
  type RepositoryFacts,
} from "@swoosh/gates";
import type { ConsolePort } from "../console-port.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { createPaint } from "../paint.ts";
import { plainText } from "../plain-text.ts";
import { LADDER_FILE, LIFECYCLE_FILE } from "./gates-files.ts";
import { LIVING } from "./living-folder.ts";
import { machineFacts } from "./machine-facts.ts";
import { repositoryFacts } from "./repository-facts.ts";
import { readIfThere, writeWhole } from "./write-whole.ts";

/** `swoosh gates init`: looks at the repository and writes what is missing. What is there stays as it is. */
export async function runGatesInit(
  port: ConsolePort,
  options: { readonly repo?: string; readonly print: boolean },
): Promise<ExitCode> {
  const root = resolve(options.repo ?? process.cwd());
  const facts = await repositoryFacts(root);
  const proposal = proposeLadder(facts);
  if (options.print) {
    port.out(proposal.yaml);
    return EXIT.ok;
  }
  const paint = createPaint(port.colour.out);
  port.out(
    `${paint.strong(plainText(facts.name))} looks like ${proposal.kind} (${facts.files.length} files)\n`,
  );
  const written: string[] = [];
  for (const [path, text] of filesOf(root, facts, proposal.yaml)) {
    if (existsSync(join(root, path))) continue;
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeWhole(join(root, path), text);
    written.push(path);
  }
  const ignored = ignoreLog(root);
  if (ignored) written.push(".gitignore");
  if (written.includes(LADDER_FILE))
    for (const reason of proposal.reasons) port.out(`  ${plainText(reason)}\n`);
  port.out(
    written.length === 0
      ? "nothing to write: everything is there already\n"
      : written.map((path) => `wrote ${path}\n`).join(""),
  );
  port.out("next: swoosh gates run\n");
  return EXIT.ok;
}

function filesOf(
  root: string,
  facts: RepositoryFacts,
  ladder: string,
): readonly (readonly [string, string])[] {
  const checklist = [
    "Clone the repository",
    ...(facts.files.includes("package.json") ? ["`npm ci`"] : []),
    "Set the variables of `.env.example`",
    "`swoosh gates run`",
  ];
  return [
    [LADDER_FILE, ladder],
    [LIFECYCLE_FILE, proposeLifecycle(facts)],
    [`${LIVING}/TROUBLESHOOTING.md`, SEEDED_TROUBLESHOOTING],
    [`${LIVING}/REPLICATION-NOTES.md`, newReplicationNotes(machineFacts(), checklist)],
    [`${LIVING}/ISSUE-template.md`, ISSUE_TEMPLATE],
    [".env.example", envExample(root)],
  ];
}

/** Names alone: what an `.env` holds is nobody's business. */
function envExample(root: string): string {
  const names = (readIfThere(join(root, ".env")) ?? "")
    .split("\n")
    .flatMap((line) => /^(?:export )?([A-Za-z_]\w*)=/.exec(line)?.[1] ?? []);
  return `# Variables that this repository reads; copy this file to .env and fill it in. Never commit .env.\n${names.map((name) => `${name}=\n`).join("")}`;
}

/** The log holds keys: it is never committed. */
function ignoreLog(root: string): boolean {
  const path = join(root, ".gitignore");
  const text = readIfThere(path) ?? "";
  if (text.split("\n").some((line) => /^\/?\.swoosh\/?$/.test(line.trim()))) return false;
  writeWhole(path, `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}.swoosh/\n`);
  return true;
}
