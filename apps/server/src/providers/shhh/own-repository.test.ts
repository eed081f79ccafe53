import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "@swoosh/test";
import { expect, it } from "vitest";
import { PolicyScanner } from "./policy-scanner.ts";
import { saltedHash } from "./salted-hash.ts";
import { SHIPPED_RULES } from "./shipped-rules.ts";

/** The demo ingests this repository: one unmarked sample would quarantine it, or change what its agents check out. */
it("finds nothing in this repository but samples that are marked as such", () => {
  const scanner = new PolicyScanner(SHIPPED_RULES, saltedHash(new Uint8Array(32)));
  const tracked = execFileSync("git", ["ls-files", "-z"], { cwd: REPOSITORY, encoding: "utf8" });
  const paths = tracked
    .split("\0")
    .filter((path) => path !== "" && existsSync(join(REPOSITORY, path)));
  expect(paths.length).toBeGreaterThan(1_000);
  const found = paths.flatMap(
    (path) => scanner.scanBytes(readFileSync(join(REPOSITORY, path)), path).findings,
  );
  const unmarked = found.filter(({ verdict }) => verdict !== "allow");
  expect(unmarked.map(({ line, place, rule }) => `${place}:${line} ${rule}`)).toEqual([]);
  expect(found.length).toBeGreaterThan(0);
});
