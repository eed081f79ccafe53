import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { REPOSITORY } from "./repository.ts";

/**
 * Type-checks every pure package under its own narrow settings (no Node, no DOM), then everything with its tests under
 * the root's. Exit code 1 when one of them fails.
 */
const packages = readdirSync(join(REPOSITORY, "packages"))
  .map((name) => join("packages", name))
  .filter((folder) => existsSync(join(REPOSITORY, folder, "tsconfig.json")));

const codes = await Promise.all([...packages, "."].map(checkProject));
process.exitCode = codes.every((code) => code === 0) ? 0 : 1;

async function checkProject(folder: string): Promise<number> {
  const child = spawn("tsc", ["--pretty", "false", "-p", folder], {
    cwd: REPOSITORY,
    stdio: "inherit",
  });
  return new Promise((resolve) => {
    child.on("error", (error) => {
      process.stderr.write(`tsc could not be started: ${error.message}\n`);
      resolve(1);
    });
    child.on("close", (code) => resolve(code ?? 1));
  });
}
