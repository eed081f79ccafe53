import { statfsSync } from "node:fs";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { decodeRecord, type EngineStatus } from "@swoosh/kernel";
import type { RunningNode } from "../node/open-node.ts";
import { serverVersion } from "../server-version.ts";

const CONDITIONS: readonly EngineStatus["condition"][] = ["ok", "degraded", "fenced", "stopped"];

/** Answers `/metrics`: what is counted on the way stands as it is, what can be looked up is looked up now. */
export class Scrape {
  readonly #node: RunningNode;
  #stamp: { readonly index: number; readonly at: number } | null = null;

  constructor(node: RunningNode) {
    this.#node = node;
    const { store } = node.metrics;
    store.set("swoosh_build_info", 1, { version: serverVersion(), node: process.version });
    store.set("process_start_time_seconds", Date.now() / 1000 - process.uptime());
  }

  async text(): Promise<string> {
    const { engine, folder, metrics } = this.#node;
    const { store } = metrics;
    const status = engine.status();
    const snapshot = status.snapshotIndex ?? status.recovery.snapshotIndex;
    store.set("swoosh_log_records", status.size);
    store.set("swoosh_wal_lag_records", status.size - 1 - (snapshot ?? -1));
    for (const [lane, depth] of Object.entries(status.depths))
      store.set("swoosh_queue_depth", depth, { lane });
    for (const condition of CONDITIONS)
      store.set("swoosh_condition", condition === status.condition ? 1 : 0, { condition });
    store.set("swoosh_snapshot_age_seconds", await this.#ageOf(snapshot ?? 0));
    const { bavail, bsize } = statfsSync(folder);
    store.set("swoosh_disk_free_bytes", bavail * bsize);
    this.#process();
    return store.text();
  }

  #process(): void {
    const { store } = this.#node.metrics;
    const { system, user } = process.cpuUsage();
    store.raiseTo("process_cpu_seconds_total", (user + system) / 1_000_000);
    const { active } = performance.eventLoopUtilization();
    store.raiseTo("swoosh_event_loop_busy_seconds_total", active / 1000);
    store.set("process_resident_memory_bytes", process.memoryUsage.rss());
  }

  /** Seconds since the record with this index, by the journal's time. */
  async #ageOf(index: number): Promise<number> {
    const { clock, engine } = this.#node;
    if (this.#stamp?.index !== index) {
      const [text = ""] = await engine.records(index, 1);
      const decoded = decodeRecord(text);
      this.#stamp = { index, at: decoded.ok ? decoded.record.at : clock.now() };
    }
    return Math.max(0, (clock.now() - this.#stamp.at) / 1000);
  }
}
