import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import type { Random } from "@swoosh/kernel";
import { hasher } from "../hasher.ts";
import { PrivateKey } from "../keys/private-key.ts";
import { SettingProblem } from "../settings/setting-problem.ts";
import type { DataFolder } from "./data-folder.ts";
import { NodeProblem } from "./node-problem.ts";
import { ScriptedClock } from "./scripted-clock.ts";

/** Names a run as a test. Without it the ports of the world are the only ones. */
export const TEST_RUN_VARIABLE = "SWOOSH_TEST_RUN";

/** Of `--test-ports`: what a test says instead of the world. */
export interface TestScript {
  /** Random numbers, the origin and all keys come of it: anybody who reads it can sign. */
  readonly seed: string;
  /** What the clock reads. */
  readonly nowMs: number;
}

/** Scripted ports of a server under test: with them (script, proposals) gives the same log byte for byte. */
export interface TestPorts {
  readonly seed: string;
  readonly clock: ScriptedClock;
  readonly random: Random;
  /** The key of `node`, of `operator`, or of anybody else by that name. */
  key(name: string): PrivateKey;
}

export function createTestPorts({ nowMs, seed }: TestScript): TestPorts {
  return {
    seed,
    clock: new ScriptedClock(nowMs),
    random: randomOf(seed),
    key: (name) => PrivateKey.fromSeed(hasher.sha256(`swoosh test ports key ${seed} ${name}`)),
  };
}

/** Throws `SettingProblem` where this run is no test, or the file is not what it must be. */
export function readTestScript(path: string): TestScript {
  if (process.env[TEST_RUN_VARIABLE] !== "1")
    throw new SettingProblem(
      `test-ports is for tests: everybody can know the keys of such a node. Leave it out; or, in a test, set ${TEST_RUN_VARIABLE}=1`,
    );
  const script = parsed(path);
  const { now_ms: nowMs, seed } = script;
  if (typeof seed !== "string" || typeof nowMs !== "number" || !Number.isSafeInteger(nowMs))
    throw new SettingProblem(
      `${path}: {"seed": text, "now_ms": integer} is expected, not ${JSON.stringify(script)}`,
    );
  return { seed, nowMs };
}

/**
 * TP1: a folder that was made under scripted ports is opened under the same ones alone, and no other folder ever is:
 * its keys are no secret, and its clock is nobody's. Throws `NodeProblem`.
 */
export function mustSuit({ folder, testMark }: DataFolder, ports: TestPorts | undefined): void {
  const seed = existsSync(testMark) ? readFileSync(testMark, "utf8") : undefined;
  if (seed === ports?.seed) return;
  throw new NodeProblem(
    seed === undefined
      ? `${folder} was not made with test-ports, and is not opened with them; name an empty folder`
      : `${folder} was made by a test, with keys that everybody can know; it is opened with that test's own --test-ports alone, and must not serve anything else`,
  );
}

function parsed(path: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SettingProblem(`test-ports: ${path} cannot be read as JSON: ${why}`, {
      cause: error,
    });
  }
}

/** A stream of hashes, for ever the same. */
function randomOf(seed: string): Random {
  let count = 0;
  let left: Uint8Array = new Uint8Array(0);
  return {
    bytes: (wanted) => {
      while (left.length < wanted) {
        const more = hasher.sha256(`swoosh test ports random ${seed} ${count}`);
        count += 1;
        left = new Uint8Array([...left, ...more]);
      }
      const given = left.slice(0, wanted);
      left = left.slice(wanted);
      return given;
    },
  };
}
