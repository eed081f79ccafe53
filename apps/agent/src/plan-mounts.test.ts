import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { planMounts } from "./plan-mounts.ts";

const root = realpathSync(mkdtempSync(join(tmpdir(), "swoosh-mounts-")));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const at = (path: string): string => join(root, path);
for (const path of [
  "data/scratch/s",
  "data/tools/bin",
  "beside/tmp",
  "clone/node_modules/.bin",
  "bin",
])
  mkdirSync(at(path), { recursive: true });
symlinkSync(at("data"), at("also-data"));

function plan(programs: readonly string[]): readonly string[] {
  const mounts = planMounts({
    checkout: at("data/scratch/s"),
    temporary: at("beside/tmp"),
    hidden: [at("also-data"), at("not-there")],
    programs: programs.join(":"),
  });
  return mounts
    .filter(({ path }) => path.startsWith(root))
    .map(({ kind, path }) => `${kind} ${path.slice(root.length)}`);
}

it("hides what a link leads to, and brings the checkout back within it", () => {
  expect(plan([])).toEqual(["hide /data", "write /data/scratch/s"]);
});

it("keeps programs with what belongs to them, where something above them is covered", () => {
  expect(plan(["/usr/bin", "relative/bin", at("clone/node_modules/.bin"), at("gone/bin")])).toEqual(
    ["keep /clone/node_modules", "hide /data", "write /data/scratch/s"],
  );
});

it("keeps programs without what is beside them, where that would bring to light what is hidden", () => {
  expect(plan([at("bin"), at("data/tools"), at("data/tools/bin")])).toEqual([
    "keep /bin",
    "hide /data",
    "write /data/scratch/s",
    "keep /data/tools",
  ]);
});
