import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { dataFolder } from "../node/data-folder.ts";
import { logBytes } from "./bench/log-bytes.ts";
import { load, prepare, start, usage } from "./bench/programs.ts";
import { STREAM_IN_FLIGHT_MAX } from "./limits.ts";

/**
 * Signed, guarded, durable transitions a second over HTTP: the server, a bare log that verifies and hashes, and the loader,
 * each a process of its own, all on this machine. Server and bare log take turns, so that a slow moment falls on both.
 */
const ROUNDS = Number(process.env["SWOOSH_BENCH_ROUNDS"] ?? 3);
const SECONDS = Number(process.env["SWOOSH_BENCH_SECONDS"] ?? 4);
/** Where a CPU profile of the server goes, of its last round of single proposals; `bench/shares.ts` reads it. */
const PROFILE = process.env["SWOOSH_BENCH_PROFILE"];
/** What `bench/served.ts` goes by. */
const SCREEN = process.env["SWOOSH_BENCH_SCREEN"] !== "0";
const CONNECTIONS = 64;
/** Proposals under way on the one connection of the stream: what the server takes from one. */
const STREAM_IN_FLIGHT = STREAM_IN_FLIGHT_MAX;
const INSTANCES = 1_000;

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0;
const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
const whole = (value: number): string => Math.round(value).toLocaleString("en");

async function main(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "swoosh-bench-"));
  try {
    const folder = join(root, "data");
    const keyPem = await prepare(folder);
    const server = await start("served.ts", folder);
    const bare = await start("bare-log.ts", root);
    const order = { keyPem, connections: CONNECTIONS, instances: INSTANCES, seconds: SECONDS };
    const rates: { server: number[]; bare: number[]; stream: number[] } = {
      server: [],
      bare: [],
      stream: [],
    };
    const p50: number[] = [];
    const p99: number[] = [];
    const cpu: number[] = [];
    const mainCpu: number[] = [];
    const streamCpu: number[] = [];
    const loaderCpu: number[] = [];
    const refusals: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const profiled = PROFILE !== undefined && round === ROUNDS - 1;
      if (profiled) server.child.send({ profile: PROFILE });
      const before = await usage(server);
      const one = await load({
        ...order,
        mode: "single",
        port: server.port,
        origin: server.origin,
        run: `s${round}`,
      });
      const after = await usage(server);
      if (profiled) server.child.send({ profile: PROFILE });
      rates.server.push(one.accepted / one.seconds);
      p50.push(quantile(one.latencies, 0.5));
      p99.push(quantile(one.latencies, 0.99));
      const records = after.records - before.records;
      cpu.push((after.cpuMicros - before.cpuMicros) / records);
      mainCpu.push(((after.mainMicros ?? 0) - (before.mainMicros ?? 0)) / records);
      const two = await load({
        ...order,
        mode: "single",
        port: bare.port,
        origin: bare.origin,
        run: `b${round}`,
      });
      rates.bare.push(two.accepted / two.seconds);
      const beforeStream = await usage(server);
      const three = await load({
        ...order,
        connections: STREAM_IN_FLIGHT,
        mode: "stream",
        port: server.port,
        origin: server.origin,
        run: `t${round}`,
      });
      const afterStream = await usage(server);
      rates.stream.push(three.accepted / three.seconds);
      streamCpu.push(
        (afterStream.cpuMicros - beforeStream.cpuMicros) /
          (afterStream.records - beforeStream.records),
      );
      loaderCpu.push(three.cpuMicros / three.accepted);
      for (const { firstRefusal } of [one, two, three])
        if (firstRefusal !== null) refusals.push(firstRefusal);
    }
    const { rssBytes, records } = await usage(server);
    const ratio = median(rates.server.map((rate, round) => rate / (rates.bare[round] ?? 1)));
    const spread = (values: readonly number[]): string => values.map(whole).join(", ");
    process.stdout.write(
      [
        SCREEN
          ? "with the screen for secrets, as swoosh up serves; SWOOSH_BENCH_SCREEN=0 takes it away"
          : "without the screen for secrets that swoosh up has",
        `signed, guarded, durable transitions a second, ${CONNECTIONS} connections  ${whole(median(rates.server))}  (${spread(rates.server)})`,
        `  p50 / p99, ms                                                 ${median(p50).toFixed(1)} / ${median(p99).toFixed(1)}`,
        `  server CPU for each, µs                                       ${whole(median(cpu))}, ${whole(median(mainCpu))} of it in the main thread`,
        `a bare log that verifies and hashes, same loader                ${whole(median(rates.bare))}  (${spread(rates.bare)})`,
        `  ratio                                                         ${ratio.toFixed(2)}`,
        `POST /transitions, ${STREAM_IN_FLIGHT} in flight on one connection              ${whole(median(rates.stream))}  (${spread(rates.stream)})`,
        `  server CPU for each, µs; the loader's                         ${whole(median(streamCpu))}; ${whole(median(loaderCpu))}`,
        `memory of the server after ${whole(records)} records              ${whole(rssBytes / 2 ** 20)} MiB`,
        ...refusals.map((text) => `refused: ${text.slice(0, 200)}`),
        "",
      ].join("\n"),
    );
    for (const { child } of [server, bare]) child.disconnect();
    await Promise.all(
      [server, bare].map(({ child }) => new Promise((resolve) => child.once("exit", resolve))),
    );
    const { files, texts } = logBytes(dataFolder(folder).journal);
    process.stdout.write(
      `on the disk beyond the records' own JSON                        ${((files / texts - 1) * 100).toFixed(1)} %\n`,
    );
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

await main();
