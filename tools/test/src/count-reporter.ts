import process from "node:process";
import type { Reporter, TestModule } from "vitest/node";

/**
 * Ends vitest's output with `N passed, M failed`, so that the unit tests count like every other part.
 * A file that cannot be loaded and an error outside of every test count as failures.
 * (The default export is vitest's own contract for reporters.)
 */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    let passed = 0;
    let failed = unhandled.length;
    for (const module of modules) {
      const tests = [...module.children.allTests()];
      passed += tests.filter((test) => test.result().state === "passed").length;
      const failures = tests.filter((test) => test.result().state === "failed").length;
      failed += failures === 0 && module.state() === "failed" ? 1 : failures;
    }
    process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  }
}
