import { execFile } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { CHROMIUM, fetchNpm, needDebian, OTHER_NODES, REPOSITORY } from "@swoosh/test";
import { RECORDS, RECORDS_SAMPLE, SEED } from "./chart-files.ts";
import { runInBrowser } from "./run-browser.ts";
import { runMeshInBrowser } from "./run-mesh-browser.ts";
import { runMeshOnNode } from "./run-mesh-node.ts";
import type { Trace } from "./workload.ts";

/**
 * The same random transitions on every engine that we promise, under poisoned globals and in shuffled surroundings: all
 * traces must have one root. Then the mesh's engines, without and with SIMD and with one and two workers, here and in
 * Chromium: one hash at tick 10,000. In `make soak` (`SWOOSH_SOAK`, whatever its number) the runs of transitions have their full
 * length.
 */
interface Setting {
  readonly name: string;
  run(): Promise<Trace>;
}

const execute = promisify(execFile);
const records = process.env["SWOOSH_SOAK"] === undefined ? RECORDS_SAMPLE : RECORDS;

function onNode(
  name: string,
  node: string,
  given: {
    readonly shuffle?: boolean;
    readonly env?: NodeJS.ProcessEnv;
    readonly flags?: readonly string[];
  } = {},
): Setting {
  const program = join(import.meta.dirname, "run-node.ts");
  const argv = [
    "--no-warnings",
    ...(given.flags ?? []),
    program,
    String(records),
    String(SEED),
    given.shuffle === true ? "shuffle" : "straight",
  ];
  return {
    name,
    run: async () => {
      const env = { ...process.env, ...given.env };
      const { stdout } = await execute(node, argv, { cwd: REPOSITORY, env, maxBuffer: 1 << 20 });
      const trace: Trace = JSON.parse(stdout);
      return trace;
    },
  };
}

function otherNode(line: "22" | "26"): string {
  const arch = process.arch === "arm64" ? "arm64" : "x64";
  return join(fetchNpm(OTHER_NODES[line][arch]), "bin", "node");
}

function settings(): readonly Setting[] {
  const executable = needDebian(CHROMIUM);
  const elsewhere = { TZ: "Pacific/Chatham", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" };
  return [
    onNode(`Node ${process.versions.node}`, process.execPath),
    onNode(
      `Node ${process.versions.node}, keys shuffled, TZ and LANG elsewhere`,
      process.execPath,
      {
        shuffle: true,
        env: elsewhere,
        flags: ["--max-old-space-size=512", "--stack-size=700"],
      },
    ),
    onNode("Node 22", otherNode("22"), { env: { TZ: "UTC", LANG: "C" } }),
    onNode("Node 26", otherNode("26")),
    {
      name: "Chromium",
      run: () => runInBrowser({ root: REPOSITORY, executable, records, seed: SEED }),
    },
  ];
}

/** The hash of each engine on each platform, against the first one's. */
async function compareEngines(): Promise<{ readonly passed: number; readonly failed: number }> {
  const found: (readonly [string, string])[] = [];
  try {
    const executable = needDebian(CHROMIUM);
    for (const [platform, hashes] of [
      [`Node ${process.versions.node}`, await runMeshOnNode()],
      ["Chromium", await runMeshInBrowser({ root: REPOSITORY, executable })],
    ] as const)
      for (const [engine, hash] of Object.entries(hashes))
        found.push([`${platform}, ${engine}`, hash]);
  } catch (error) {
    process.stdout.write(`failed  mesh: ${String(error)}\n`);
    return { passed: found.length, failed: 1 };
  }
  const [, wanted] = found[0] ?? ["", ""];
  for (const [name, hash] of found)
    process.stdout.write(`${hash.slice(7, 23)}…  mesh at tick 10,000  ${name}\n`);
  const failed = found.filter(([, hash]) => hash !== wanted).length;
  return { passed: found.length - failed, failed };
}

async function main(): Promise<number> {
  const queue = [...settings()];
  const traces = new Map<string, Trace>();
  const failures: string[] = [];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      try {
        const trace = await next.run();
        traces.set(next.name, trace);
        process.stdout.write(
          `${trace.root.slice(0, 16)}…  ${trace.records} records, ${trace.refusals} refusals  ${next.name}\n`,
        );
      } catch (error) {
        failures.push(next.name);
        process.stdout.write(`failed  ${next.name}: ${String(error)}\n`);
      }
    }
  };
  // Two at a time: the machines that this runs on have two cores.
  await Promise.all([work(), work()]);
  const [first, ...others] = traces.values();
  const differing = others.filter(
    (trace) => trace.root !== first?.root || trace.logRoot !== first.logRoot,
  );
  if (differing.length > 0)
    process.stdout.write("the traces differ: something outside reached a hash\n");
  const engines = await compareEngines();
  const failed = failures.length + differing.length + engines.failed;
  process.stdout.write(
    `${traces.size - differing.length + engines.passed} passed, ${failed} failed\n`,
  );
  return failed === 0 ? 0 : 1;
}

process.exit(await main());
