import type { RunFacts } from "@swoosh/mesh";
import { spawnSync } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { checkedOutSources } from "./measured-sources.ts";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const SOURCES = ["packages/mesh/src", "apps/cli/src/mesh"];

/** Begins to note what a run of an experiment was: call the answer at its end. */
export function noteRun(id: string): () => RunFacts {
  const startedAt = new Date().toISOString();
  const startedMs = performance.now();
  const loadBefore = loadOf();
  const commit = checkedOut();
  // As they are now: what is changed while it runs is not what it runs.
  const sources = checkedOutSources().measured(id) ?? "unknown";
  return () => ({
    startedAt,
    seconds: Math.round((performance.now() - startedMs) / 100) / 10,
    loadBefore,
    loadAfter: loadOf(),
    commit,
    sources,
  });
}

/** Name of this machine, as results have it. */
export function machineName(): string {
  return `${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown"}, Node ${process.versions.node}`;
}

/** The commit that is checked out, and "changed" after it where files of the mesh differ from it; "unknown" where this is no checkout. */
function checkedOut(): string {
  const commit = git(["rev-parse", "HEAD"]);
  const changes = git(["status", "--porcelain", "--", ...SOURCES]);
  return commit === undefined
    ? "unknown"
    : `${commit.slice(0, 12)}${changes === "" ? "" : " changed"}`;
}

function git(words: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync("git", words, { cwd: ROOT, encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

/** Of the last minute, in hundredths. */
function loadOf(): number {
  return Math.round((loadavg()[0] ?? 0) * 100) / 100;
}
