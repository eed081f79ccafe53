import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { threadId } from "node:worker_threads";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { needDebian } from "../../../../tools/test/src/index.ts";
import { saltOf } from "../providers/shhh/salted-hash.ts";
import { readKeyFile, writeKeyFile } from "./key-file.ts";
import { PrivateKey } from "./private-key.ts";
import { storeOnce } from "./store-once.ts";

const PROGRAM = fileURLToPath(new URL("test/store-one.ts", import.meta.url));
const CONTENT = "all of it";
/** Calls by which a file comes to be; Node makes many more writes of its own. */
const CALLS = ["write", "pwrite64", "fsync", "link", "unlink"];

let folder: string;
beforeAll(() => {
  needDebian({ program: "strace", debianPackage: "strace", purpose: "kills at system calls" });
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "swoosh-store-once-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Whether the process ended by itself; it is killed where it makes this call for the n-th time. */
async function isAliveAt(call: string, nth: number, path: string): Promise<boolean> {
  const fault = ["-f", "-qq", "-o", "/dev/null", "-e", `trace=${call}`];
  const kill = ["-e", `inject=${call}:signal=KILL:when=${nth}`];
  try {
    await promisify(execFile)("strace", [
      ...fault,
      ...kill,
      process.execPath,
      PROGRAM,
      path,
      CONTENT,
    ]);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ signal: "SIGKILL" });
    return false;
  }
}

describe("a file that is stored once", () => {
  it("has its name as a whole or not at all, wherever its writer is killed", async () => {
    for (const call of CALLS) {
      let names = 0;
      for (let nth = 1; ; nth += 1) {
        const path = join(folder, `${call}-${nth}`);
        const isOver = await isAliveAt(call, nth, path);
        if (readdirSync(folder).includes(`${call}-${nth}`)) {
          names += 1;
          expect([call, nth, readFileSync(path, "utf8")]).toEqual([call, nth, CONTENT]);
        } else {
          expect([call, nth, isOver]).toEqual([call, nth, false]);
          storeOnce(path, CONTENT);
        }
        expect(statSync(path).mode & 0o777).toBe(0o600);
        if (isOver) break;
      }
      expect([call, names]).not.toEqual([call, 0]);
    }
  });

  it("leaves what is there as it is, and nothing beside it", () => {
    const path = join(folder, "key.pem");
    const key = PrivateKey.generate();
    writeKeyFile(path, key);
    expect(() => writeKeyFile(path, PrivateKey.generate())).toThrow(/EEXIST/);
    expect(readKeyFile(path).identity).toBe(key.identity);
    expect(readdirSync(folder)).toEqual(["key.pem"]);
  });

  it("takes the place of what a process with the same number left", () => {
    const path = join(folder, "key.pem");
    writeFileSync(`${path}.${process.pid}.${threadId}.tmp`, "half");
    storeOnce(path, CONTENT);
    expect(readdirSync(folder)).toEqual(["key.pem"]);
    expect(readFileSync(path, "utf8")).toBe(CONTENT);
  });
});

describe("the salt of an installation", () => {
  it("is made once, and is what it was from then on", () => {
    const path = join(folder, "shhh.salt");
    const salt = saltOf(path);
    expect(salt).toHaveLength(32);
    expect(Buffer.from(saltOf(path)).equals(salt)).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("is refused where it is none, with what to do", () => {
    const path = join(folder, "shhh.salt");
    writeFileSync(path, "");
    expect(() => saltOf(path)).toThrow(
      expect.objectContaining({
        name: "NodeProblem",
        message: expect.stringMatching(/0 bytes.*Restore/),
      }),
    );
  });
});
