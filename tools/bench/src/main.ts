import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { arch, availableParallelism, cpus, release, totalmem, type } from "node:os";
import { join } from "node:path";
import process from "node:process";

/** Runs every `*.bench.ts` below a folder, one after the other, each a program that prints its own table. */
function main(argv: readonly string[]): number {
  const [folder = "src", ...wanted] = argv;
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".bench.ts"))
    .filter((name) => wanted.length === 0 || wanted.some((word) => name.includes(word)))
    .map((name) => join(folder, name))
    .toSorted();
  process.stdout.write(describeMachine());
  if (files.length === 0) {
    process.stderr.write(`no ${["*", ...wanted].join("*")}.bench.ts below ${folder}\n`);
    return 2;
  }
  const failed = files.filter((file) => {
    process.stdout.write(`\n── ${file}\n`);
    return spawnSync(process.execPath, ["--expose-gc", file], { stdio: "inherit" }).status !== 0;
  });
  for (const file of failed) process.stderr.write(`failed: ${file}\n`);
  return failed.length === 0 ? 0 : 1;
}

function describeMachine(): string {
  const { node, v8 } = process.versions;
  const model = cpus()[0]?.model ?? "unknown processor";
  const gib = Math.round(totalmem() / 2 ** 30);
  return [
    `${model} (${arch()}), ${availableParallelism()} usable cores, ${gib} GiB, ${type()} ${release()}`,
    `Node ${node}, V8 ${v8}`,
    "",
  ].join("\n");
}

process.exitCode = main(process.argv.slice(2));
