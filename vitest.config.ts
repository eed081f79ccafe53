import { existsSync, readdirSync } from "node:fs";
import { defineConfig } from "vitest/config";

/** One project for each workspace, named after its folder, so that a failure says where it belongs. */
const workspaces = ["packages", "apps", "tools"]
  .filter((parent) => existsSync(parent))
  .flatMap((parent) => readdirSync(parent).map((name) => `${parent}/${name}`))
  .concat("sim")
  .filter((folder) => existsSync(`${folder}/src`));

/** Long runs scale with SWOOSH_SOAK. A loaded machine is slow, which is no failure: the bound only ends what hangs. */
const testTimeoutMs = process.env["SWOOSH_SOAK"] === undefined ? 60_000 : 3_600_000;

export default defineConfig({
  test: {
    // Its own default leaves one core to the one process that hands out files, which has next to nothing to do.
    maxWorkers: "100%",
    projects: workspaces.map((folder) => ({
      test: {
        name: folder,
        include: [`${folder}/{src,bin}/**/*.test.ts`],
        environment: "node",
        // Tests leave nothing behind, in a module or on `globalThis`: so one process serves many files and reads each
        // module once, which halves the time.
        isolate: false,
        testTimeout: testTimeoutMs,
        hookTimeout: testTimeoutMs,
      },
    })),
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**/*.ts"],
      exclude: ["**/*.test.ts", "**/*.fuzz.ts", "**/*.bench.ts", "**/test/**"],
      reportsDirectory: "coverage",
      reporter: ["text-summary", "html", "json"],
    },
  },
});
