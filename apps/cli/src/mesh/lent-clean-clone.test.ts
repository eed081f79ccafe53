import { findExperiment, type ArmResult, type CloneTask } from "@swoosh/mesh";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runInClone } from "./lent-clean-clone.ts";

const ROOT = mkdtempSync(join(tmpdir(), "swoosh-cloned-"));
afterAll(() => rmSync(ROOT, { recursive: true, force: true }));

/** A repository whose `make test` fails where there is a file that says so, and the second time where it finds what the first left. */
function repository(name: string, recipe: string): string {
  const root = join(ROOT, name);
  mkdirSync(root);
  writeFileSync(join(root, "Makefile"), `test:\n${recipe}`);
  const git = (...words: readonly string[]): void =>
    void execFileSync("git", words, { cwd: root, stdio: "ignore" });
  git("init", "-q");
  git("add", ".");
  git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "one");
  return root;
}

const GREEN =
  "\t@test ! -e packages || { cat packages/mesh/src/rle/planted.test.ts; false; }\n\t@test ! -e uncommitted\n";
const ONCE = "\t@test ! -e made\n\t@touch made\n";

async function outcomes(root: string): Promise<readonly ArmResult[]> {
  const arms = findExperiment("house.clean-clone")?.arms ?? [];
  return Promise.all(
    arms.map(async (arm) =>
      arm.run(1, {
        size: "full",
        nowMs: () => 0,
        residentBytes: () => undefined,
        progress: () => {},
        lend: (name) =>
          name === "clone" ? (task: CloneTask) => runInClone(root, task) : undefined,
      }),
    ),
  );
}

describe("a clean clone", () => {
  it("is green twice, and red with the planted test; what is not committed is not in it", async () => {
    const root = repository("green", GREEN);
    writeFileSync(join(root, "uncommitted"), "");
    expect(await outcomes(root)).toEqual([
      { ran: true, samples: [{ values: { holds: 1, green: 2 } }] },
      { ran: true, samples: [{ values: { holds: 0, green: 0 } }] },
    ]);
  });

  it("does not hold where only the first of two runs is green, and a red that names no planted test shows nothing", async () => {
    const [ours, mutant] = await outcomes(repository("once", ONCE));
    expect(ours).toEqual({ ran: true, samples: [{ values: { holds: 0, green: 1 } }] });
    expect(mutant).toEqual({ ran: true, samples: [{ values: { holds: 1, green: 1 } }] });
    const [, red] = await outcomes(repository("red", "\t@false\n"));
    expect(red).toMatchObject({ ran: false, reason: expect.stringContaining("did not name") });
  });

  it("that cannot be made is told, not counted", async () => {
    const [ours] = await outcomes(join(ROOT, "nowhere"));
    expect(ours).toMatchObject({ ran: false, reason: expect.stringContaining("in a clone") });
  });
});
