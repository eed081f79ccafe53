import type { RunFacts } from "@swoosh/mesh";
import { spawnSync } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const SOURCES = "packages/mesh/src";

/** Begins to note what a run was: call the answer at its end. */
export function noteRun(): () => RunFacts {
  const startedAt = new Date().toISOString();
  const startedMs = performance.now();
  const loadBefore = loadOf();
  const { commit, sources } = checkedOut();
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

/**
 * The commit that is checked out, and the name that git gives to the mesh's sources in it, which a rebase does not change;
 * "changed" after it where files differ from it, "unknown" where this is no checkout.
 */
export function checkedOut(): { readonly commit: string; readonly sources: string } {
  const commit = git(["rev-parse", "HEAD"]);
  const sources = git(["rev-parse", `HEAD:${SOURCES}`]);
  const changes = git(["status", "--porcelain", "--", SOURCES]);
  const mark = changes === "" ? "" : " changed";
  return {
    commit: commit === undefined ? "unknown" : `${commit.slice(0, 12)}${mark}`,
    sources: sources === undefined ? "unknown" : `${sources.slice(0, 12)}${mark}`,
  };
}

function git(words: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync("git", words, { cwd: ROOT, encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

/** Of the last minute, in hundredths. */
function loadOf(): number {
  return Math.round((loadavg()[0] ?? 0) * 100) / 100;
}
