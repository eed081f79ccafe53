import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { REPOSITORY } from "./repository.ts";

let root = "";
let programs = "";

/** Stands in for npm: notes its arguments and PATH, makes the folder, and ends as the test says. */
const NPM = `#!/bin/sh
echo "$* PATH=$PATH" >> "$NPM_LOG"
mkdir -p node_modules
exit "$NPM_STATUS"
`;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "swoosh-install-"));
  programs = join(root, "programs");
  mkdirSync(programs);
  writeFileSync(join(programs, "npm"), NPM);
  chmodSync(join(programs, "npm"), 0o755);
  mkdirSync(join(root, "tools", "install"), { recursive: true });
  copyFileSync(
    join(REPOSITORY, "tools", "install", "install.mjs"),
    join(root, "tools", "install", "install.mjs"),
  );
  writeFileSync(join(root, "package-lock.json"), "{}");
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function install(
  npmStatus: number,
  path = `${join(root, "node_modules", ".bin")}:${programs}:/usr/bin:/bin`,
) {
  const env = { PATH: path, NPM_LOG: join(root, "log"), NPM_STATUS: String(npmStatus) };
  return spawnSync(process.execPath, [join(root, "tools", "install", "install.mjs")], {
    env,
    encoding: "utf8",
  });
}

const calls = (): readonly string[] => readFileSync(join(root, "log"), "utf8").trim().split("\n");

describe("install", () => {
  it("runs npm ci once, and again only when the lockfile has changed", () => {
    expect(install(0).status).toBe(0);
    expect(install(0)).toMatchObject({ status: 0, stderr: "", stdout: "" });
    expect(calls()).toHaveLength(1);
    expect(calls()[0]).toMatch(/^ci /);
    writeFileSync(join(root, "package-lock.json"), '{"changed": true}');
    expect(install(0).status).toBe(0);
    expect(calls()).toHaveLength(2);
  });

  it("keeps npm off the packaged Node that it is about to replace", () => {
    install(0);
    expect(calls()[0]).not.toContain("node_modules");
  });

  it("tells of a failed install and tries again next time", () => {
    const failed = install(1);
    expect(failed.status).toBe(3);
    expect(failed.stderr).toContain("npm ping");
    expect(install(0).status).toBe(0);
    expect(calls()).toHaveLength(2);
  });

  it("tells how to get npm where there is none", () => {
    const failed = install(0, dirname(join(root, "nothing", "here")));
    expect(failed.status).toBe(3);
    expect(failed.stderr).toContain("apt-get install npm");
    expect(existsSync(join(root, "node_modules"))).toBe(false);
  });
});
