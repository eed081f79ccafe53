import { fork, type ChildProcess } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readKeyFile } from "../../keys/key-file.ts";
import { PrivateKey } from "../../keys/private-key.ts";
import { dataFolder } from "../../node/data-folder.ts";
import { registerClient } from "../../node/bench/register-client.ts";
import { AS_COMMAND } from "../../node/bench/as-command.ts";
import { initNode } from "../../node/init-node.ts";
import { openNode } from "../../node/open-node.ts";
import { COUNTER_CHART } from "./counter-chart.ts";
import type { LoadOrder, LoadResult } from "./loader.ts";

/** A program of this folder in a process of its own. */
export interface Started {
  readonly child: ChildProcess;
  readonly port: number;
  readonly origin: string;
}

/**
 * @param program File of this folder.
 * @param folder What it serves.
 */
export function start(program: string, folder: string): Promise<Started> {
  const child = fork(fileURLToPath(new URL(program, import.meta.url)), [folder], AS_COMMAND);
  return new Promise((resolve, reject) => {
    child.once("message", (told: { port: number; origin?: string }) =>
      resolve({ child, port: told.port, origin: told.origin ?? `bare/${"0".repeat(32)}` }),
    );
    child.once("exit", (code) => reject(new Error(`${program} ended with ${code}`)));
  });
}

/** Resolves when the loader has done all of it. */
export function load(order: LoadOrder): Promise<LoadResult> {
  const child = fork(fileURLToPath(new URL("loader.ts", import.meta.url)));
  return new Promise((resolve, reject) => {
    child.once("message", (result: LoadResult) => {
      child.disconnect();
      resolve(result);
    });
    child.once("error", reject);
    child.send(order);
  });
}

export interface Usage {
  readonly cpuMicros: number;
  /** Of `cpuMicros`, the main thread's; the bare log has no other and does not tell. */
  readonly mainMicros?: number;
  readonly rssBytes: number;
  readonly records: number;
}

export function usage({ child }: Started): Promise<Usage> {
  return new Promise((resolve) => {
    child.once("message", (told: Usage) => resolve(told));
    child.send("usage");
  });
}

/** Makes a data folder with the chart and one client, whose key this is. */
export async function prepare(folder: string): Promise<string> {
  const charts = join(folder, "..", "charts");
  mkdirSync(charts);
  writeFileSync(join(charts, "counter.yaml"), COUNTER_CHART);
  await initNode({ folder, charts: [charts] });
  const client = PrivateKey.generate();
  const operator = readKeyFile(dataFolder(folder).operatorKey);
  const node = await openNode({ folder });
  await registerClient(node.engine, { client, operator });
  await node.close();
  return client.toPem();
}
