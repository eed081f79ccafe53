import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { redactSecrets } from "@swoosh/gates";
import type { GatesStore } from "./gates-store.ts";
import { git } from "./repository.ts";
import { machineFacts } from "./machine-facts.ts";
import type { Verdict } from "./run-criterion.ts";
import { readIfThere, writeWhole } from "./write-whole.ts";

const run = promisify(execFile);

/** What was captured at a failure: files by name, each by content. One for each failure, whatever happens in between. */
export interface Bundle {
  readonly key: string;
  /** ISO time of the failure; names the issue. */
  readonly at: string;
  readonly hash: string;
  readonly files: readonly (readonly [name: string, hash: string])[];
}

/** The bundle of a failure: the one that is there already, or a new one. */
export async function bundleOf(about: {
  readonly root: string;
  readonly store: GatesStore;
  readonly key: string;
  readonly verdict: Verdict;
  readonly at: string;
  readonly secrets: readonly string[];
}): Promise<Bundle> {
  const { root, store, key, verdict, at, secrets } = about;
  const folder = join(root, ".swoosh", "gates", "bundles");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${key}.json`);
  const kept = readBundle(readIfThere(path), key);
  if (kept !== undefined && kept.files.every(([, hash]) => store.evidence.has(hash))) return kept;
  const [processes, disk, memory, log, status] = await Promise.all([
    output("ps", ["-eo", "pid,ppid,rss,etime,comm", "--sort=-rss"]),
    output("df", ["-h", root]),
    readIfThere("/proc/meminfo") ?? output("vm_stat", []),
    git(root, ["log", "--oneline", "-10"]),
    git(root, ["status", "--porcelain"]),
  ]);
  const texts: readonly (readonly [string, string])[] = [
    ["output.txt", verdict.check?.output ?? ""],
    ["negative.txt", verdict.negativeRun?.output ?? ""],
    ["tests.json", JSON.stringify(verdict.check?.tests ?? null, null, 2)],
    ["process-snapshot.txt", processes],
    ["disk-usage.txt", disk],
    ["memory-usage.txt", memory],
    ["git-context.txt", log ?? "no git"],
    ["git-status.txt", status ?? "no git"],
    ["environment.txt", [...machineFacts()].map(([name, value]) => `${name}: ${value}`).join("\n")],
  ];
  const files = texts.map(
    ([name, text]) => [name, store.evidence.put(redactSecrets(text, secrets))] as const,
  );
  const hash = store.evidence.put(
    JSON.stringify({
      v: 1,
      kind: "failure-bundle",
      key,
      at,
      evidence: verdict.evidence,
      files: Object.fromEntries(files),
    }),
  );
  const bundle: Bundle = { key, at, hash, files };
  writeWhole(path, `${JSON.stringify(bundle, null, 2)}\n`);
  return bundle;
}

function readBundle(text: string | undefined, key: string): Bundle | undefined {
  if (text === undefined) return undefined;
  try {
    const bundle: Bundle = JSON.parse(text);
    return bundle.key === key && Array.isArray(bundle.files) ? bundle : undefined;
  } catch {
    return undefined;
  }
}

async function output(command: string, argv: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run(command, argv, { timeout: 5_000, maxBuffer: 4_194_304 });
    return stdout.split("\n").slice(0, 200).join("\n");
  } catch (error) {
    return `${command}: ${error instanceof Error ? error.message : String(error)}`;
  }
}
