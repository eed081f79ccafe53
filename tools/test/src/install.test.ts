import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { REPOSITORY } from "./repository.ts";

let root = "";
let programs = "";

/** Stands in for npm: notes its arguments and PATH, makes the folder, and ends when and as the test says. */
const NPM = `#!/bin/sh
echo "$* PATH=$PATH" >> "$NPM_LOG"
mkdir -p node_modules
[ -z "$NPM_HOLD" ] || { echo "npm is $$" >&2; read -r line < "$NPM_HOLD"; }
exit "$NPM_STATUS"
`;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "swoosh-install-"));
  programs = join(root, "programs");
  mkdirSync(programs);
  writeFileSync(join(programs, "npm"), NPM);
  chmodSync(join(programs, "npm"), 0o755);
  cpSync(join(REPOSITORY, "tools", "install"), join(root, "tools", "install"), {
    recursive: true,
  });
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

/** An installation that is under way; what it says is gathered. */
class Started {
  readonly child: ChildProcessByStdio<null, null, Readable>;
  #said = "";

  constructor(env: Readonly<Record<string, string>> = {}) {
    this.child = spawn(process.execPath, [join(root, "tools", "install", "install.mjs")], {
      env: {
        PATH: `${programs}:/usr/bin:/bin`,
        NPM_LOG: join(root, "log"),
        NPM_STATUS: "0",
        ...env,
      },
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.child.stderr.setEncoding("utf8").on("data", (part: string) => (this.#said += part));
  }

  /** What the pattern finds, as soon as it is said. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    const { stderr } = this.child;
    for (;;) {
      const found = pattern.exec(this.#said);
      if (found !== null) return found;
      if (stderr.closed) throw new Error(`nothing like ${pattern} was said: ${this.#said}`);
      await Promise.race([once(stderr, "data"), once(stderr, "close")]);
    }
  }

  async status(): Promise<unknown> {
    if (this.child.exitCode !== null) return this.child.exitCode;
    return (await once(this.child, "close"))[0];
  }
}

describe("install, several at once", () => {
  let hold = "";
  let gate = 0;

  beforeEach(() => {
    hold = join(root, "hold");
    spawnSync("mkfifo", [hold]);
    gate = openSync(hold, "r+");
  });

  // Whatever still waits there reads its end.
  afterEach(() => closeSync(gate));

  it("runs npm ci once; the others say whom they wait for, and go on", async () => {
    const first = new Started({ NPM_HOLD: hold });
    await first.says(/npm is \d+\n/u);
    const others = [new Started(), new Started(), new Started()];
    const waits = new RegExp(
      `process ${first.child.pid} installs the packages here already; wait`,
      "u",
    );
    await Promise.all(others.map((other) => other.says(waits)));
    writeSync(gate, "go\n");
    expect(await Promise.all([first, ...others].map((one) => one.status()))).toEqual([0, 0, 0, 0]);
    expect(calls()).toHaveLength(1);
    expect(install(0)).toMatchObject({ status: 0, stderr: "" });
  });

  it("waits for an npm that outlived who started it, and then installs itself", async () => {
    const first = new Started({ NPM_HOLD: hold });
    const [, npm = ""] = await first.says(/npm is (\d+)\n/u);
    first.child.kill("SIGKILL");
    await once(first.child, "exit");
    const second = new Started();
    await second.says(new RegExp(`process ${npm} installs the packages here already`, "u"));
    expect(calls()).toHaveLength(1);
    writeSync(gate, "go\n");
    expect(await second.status()).toBe(0);
    expect(calls()).toHaveLength(2);
  });

  it("does not wait longer than it may, and says what to do", async () => {
    const first = new Started({ NPM_HOLD: hold });
    await first.says(/npm is \d+\n/u);
    const second = new Started({ SWOOSH_INSTALL_WAIT_S: "0" });
    const said = text(second.child.stderr);
    expect(await second.status()).toBe(3);
    expect(await said).toMatch(
      new RegExp(
        `install: process ${first.child.pid} holds .*end it, then run again; remove .*install`,
        "u",
      ),
    );
    expect(calls()).toHaveLength(1);
    const third = new Started({ SWOOSH_INSTALL_WAIT_S: "soon" });
    await third.says(/SWOOSH_INSTALL_WAIT_S is "soon"; give seconds/u);
    writeSync(gate, "go\n");
    expect([await first.status(), await third.status()]).toEqual([0, 3]);
  });
});
