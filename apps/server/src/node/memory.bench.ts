import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Held } from "./bench/held.ts";
import { fillFolder } from "./bench/fill-folder.ts";
import { AS_COMMAND } from "./bench/as-command.ts";

/**
 * What a server holds in memory by its number of instances: a folder with two records for each, made by the real engine,
 * then a process of its own that opens it from a snapshot, once as it comes and once after a collection of garbage.
 */
const INSTANCES = (process.env["SWOOSH_BENCH_INSTANCES"] ?? "1000,100000").split(",").map(Number);

function hold(folder: string): Promise<Held> {
  const program = fileURLToPath(new URL("bench/held.ts", import.meta.url));
  const child = fork(program, [folder], {
    ...AS_COMMAND,
    execArgv: [...AS_COMMAND.execArgv, "--expose-gc"],
  });
  return new Promise((resolve, reject) => {
    let told: Held | undefined;
    child.once("message", (held: Held) => {
      told = held;
      child.disconnect();
    });
    // Its last snapshot is taken as it stops: the folder is its own until then.
    child.once("exit", (code) => {
      if (told === undefined) reject(new Error(`the server ended with ${code}`));
      else resolve(told);
    });
  });
}

for (const instances of INSTANCES) {
  const root = mkdtempSync(join(tmpdir(), "swoosh-bench-"));
  try {
    const folder = join(root, "data");
    await fillFolder(folder, { records: 2 * instances, behind: 100, instances });
    const { heads, opened, settled } = await hold(folder);
    const mib = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
    process.stdout.write(
      [
        `${heads.toLocaleString("en")} instances`,
        `  resident as it opened             ${mib(opened.rss)}`,
        `  resident after a collection       ${mib(settled.rss)}`,
        `  of it JavaScript's heap in use    ${mib(settled.heapUsed)}, ${Math.round(settled.heapUsed / heads)} bytes an instance`,
        `  of it the heap reserved           ${mib(settled.heapTotal)}`,
        `  of it buffers                     ${mib(settled.arrayBuffers)}`,
        "",
      ].join("\n"),
    );
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
