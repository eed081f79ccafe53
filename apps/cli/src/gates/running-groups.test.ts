import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { repositories, type GatesRepository } from "./test/gates-repository.ts";

const repository = repositories();
const DOOR = fileURLToPath(new URL("../../bin/swoosh.mjs", import.meta.url));

/** Gone, or dead and not yet collected by whoever inherited it. */
function isGone(repo: GatesRepository, name: string): boolean {
  try {
    const stat = readFileSync(`/proc/${Number(repo.read(name))}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
  } catch {
    return true;
  }
}

/** Leaves a sleeper behind, whose number is in `file`, whole. */
const leaving = (file: string): string =>
  `(sleep 600 & echo $! > ${file}.part; mv ${file}.part ${file})`;
const waitFor = (repo: GatesRepository, file: string): void => {
  execFileSync("/bin/sh", ["-c", `until test -f ${file}; do sleep 0.02; done`], { cwd: repo.root });
};

describe.runIf(process.platform === "linux")("what a check has started", () => {
  it("ends with it", async () => {
    const repo = repository();
    repo.write(
      "gates/maturity.yaml",
      `ladder: l\nlevels:\n  - level: 0\n    name: A\n    criteria: [ { id: a, check: "${leaving("left")}; exit 4", negative: "false" } ]\n`,
    );
    repo.commit("one");
    expect((await repo.gates("run")).code).toBe(1);
    expect((await repo.status()).criteria[0]?.cause).toBe("exit 4, 0 was expected");
    expect(isGone(repo, "left")).toBe(true);
  });

  it("ends with the next run where the runner was killed, its first process alive or not, and nobody else does", async () => {
    const repo = repository();
    const check = (id: string, then: string): string =>
      `      - { id: ${id}, parallel: true, negative: "false", check: "test -f again && exit 1; ${leaving(id)}; ${then}" }\n`;
    const stays = check("stays", "sleep 600; true");
    const goes = check("goes", "until test -f killed; do sleep 0.02; done; touch gone");
    repo.write(
      "gates/maturity.yaml",
      `ladder: l\nparallel: 2\nlevels:\n  - level: 0\n    name: A\n    criteria:\n${stays}${goes}`,
    );
    repo.commit("one");
    const runner = spawn(process.execPath, [DOOR, "gates", "run", "--repo", repo.root], {
      stdio: "ignore",
    });
    for (const file of ["stays", "goes"]) waitFor(repo, file);
    runner.kill("SIGKILL");
    await once(runner, "exit");
    repo.write("killed", "");
    waitFor(repo, "gone");
    expect([isGone(repo, "stays"), isGone(repo, "goes")]).toEqual([false, false]);
    // A number that now belongs to somebody else, by its start time and by its group.
    const stranger = spawn("/bin/sleep", ["600"], { detached: true, stdio: "ignore" });
    repo.write(join(".swoosh", "gates", "running", String(stranger.pid)), "1");
    repo.write("again", "");
    expect((await repo.gates("run")).code).toBe(1);
    expect([isGone(repo, "stays"), isGone(repo, "goes")]).toEqual([true, true]);
    expect(stranger.kill("SIGKILL")).toBe(true);
    await once(stranger, "exit");
    expect(stranger.signalCode).toBe("SIGKILL");
  });
});
