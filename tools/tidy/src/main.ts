import process from "node:process";
import { fileURLToPath } from "node:url";
import { readTree } from "./read-tree.ts";
import { RULES } from "./rules.ts";

/** Holds the tree against every rule; one line for each finding, `file:line  rule  what to do`. */
function main(): number {
  const tree = readTree(fileURLToPath(new URL("../../..", import.meta.url)));
  let passed = 0;
  let failed = 0;
  for (const rule of RULES) {
    const findings = rule.check(tree);
    for (const { file, line, message } of findings) {
      process.stdout.write(`${file}:${line}  ${rule.name}  ${message}\n`);
    }
    if (findings.length === 0) passed += 1;
    failed += findings.length;
  }
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = main();
