import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { load, prepare } from "./bench/programs.ts";
import { STREAM_IN_FLIGHT_MAX } from "./limits.ts";

/**
 * What `swoosh up` holds in memory while so many instances are made through it, by one stream that is always full, and while each
 * then changes once more. `memory.bench.ts` measures a server that has opened as many.
 */
const INSTANCES = Number(process.env["SWOOSH_BENCH_INSTANCES"] ?? 100_000);
const SWOOSH = fileURLToPath(new URL("../../../cli/bin/swoosh.mjs", import.meta.url));
/** The loader ends by the number of proposals. */
const SECONDS_MAX = 3_600;

/** Records for each instance when a line is printed; from one on, all are made, and change once more. */
const LOOKS = [0.25, 0.5, 0.75, 1, 1.5, 2];
const LOOK_MS = 250;

interface Ready {
  readonly url: string;
  readonly origin: string;
  readonly pid: number;
}

/** Of what the system says about a process, in MiB. */
function mibOf(pid: number, name: string): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const [, kib = "NaN"] = new RegExp(`^${name}:\\s+(\\d+) kB`, "mu").exec(status) ?? [];
  return Math.round(Number(kib) / 1_024);
}

async function recordsOf(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^swoosh_log_records (\d+)/mu.exec(metrics)?.[1] ?? 0);
}

const root = mkdtempSync(join(tmpdir(), "swoosh-bench-"));
try {
  const folder = join(root, "data");
  const keyPem = await prepare(folder);
  const server = spawn(process.execPath, [SWOOSH, "up", "--data", folder, "--port", "0"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
  const { origin, pid, url }: Ready = JSON.parse((await lines.next()).value ?? "{}");
  const tell = (when: string): void => {
    const sizes = `${mibOf(pid, "VmRSS")} MiB resident, at most ${mibOf(pid, "VmHWM")}`;
    process.stdout.write(`${when}: ${sizes}; ${mibOf(pid, "RssAnon")} of them are no file's\n`);
  };
  tell("at its start");
  let isOver = false;
  const loaded = load({
    ...{ port: Number(new URL(url).port), origin, keyPem, mode: "stream", run: "m" },
    ...{ connections: STREAM_IN_FLIGHT_MAX, instances: INSTANCES },
    ...{ seconds: SECONDS_MAX, proposals: Math.max(...LOOKS) * INSTANCES },
  }).finally(() => (isOver = true));
  for (const part of LOOKS) {
    let records = 0;
    while (!isOver && records < part * INSTANCES) {
      await pause(LOOK_MS);
      records = await recordsOf(url);
    }
    tell(
      `${records.toLocaleString("en")} records, ${Math.min(100, 100 * part)} % of the instances`,
    );
  }
  const { firstRefusal } = await loaded;
  if (firstRefusal !== null) throw new Error(firstRefusal);
  server.kill("SIGTERM");
  await once(server, "exit");
} finally {
  rmSync(root, { recursive: true, force: true });
}
