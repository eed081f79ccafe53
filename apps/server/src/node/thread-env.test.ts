import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { afterAll, expect, it } from "vitest";

const MODULE = new URL("thread-env.ts", import.meta.url).href;
const folder = mkdtempSync(join(tmpdir(), "swoosh-thread-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Whether a thread of a process that keeps compiled code has to strip its source's types itself. */
async function strips(): Promise<boolean> {
  const thread = join(folder, "thread.ts");
  writeFileSync(
    thread,
    'const name: string = "amaro"; console.log(process.moduleLoadList.some((one: string) => one.includes(name)));',
  );
  const program = `
    import { enableCompileCache } from "node:module";
    import { Worker } from "node:worker_threads";
    enableCompileCache(${JSON.stringify(join(folder, "kept"))});
    const { threadEnv } = await import(${JSON.stringify(MODULE)});
    new Worker(${JSON.stringify(thread)}, { env: threadEnv() });
  `;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--no-warnings", "--input-type=module", "--eval", program],
    { env: { ...process.env, NODE_COMPILE_CACHE: "" } },
  );
  return stdout === "true\n";
}

it("lets a thread find what was kept: the second one strips nothing", async () => {
  expect([await strips(), await strips()]).toEqual([true, false]);
});
