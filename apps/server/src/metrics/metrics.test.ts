import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { BODY_BYTES_MAX } from "@swoosh/protocol";
import { needDebian, PROMTOOL } from "@swoosh/test";
import { describe, expect, it } from "vitest";
import { type ServedFolder, withServer, type Wish } from "../http/test/with-server.ts";
import { HttpRig } from "../http/test/http-rig.ts";
import { BoundedLabels, LABEL_VALUES_MAX, OTHER } from "./bounded-labels.ts";
import { METRICS, type MetricName } from "./metric-table.ts";
import { samplesOf, seriesOf } from "./test/samples.ts";

async function scrape(served: ServedFolder): Promise<string> {
  const response = await fetch(`${served.server.url}/metrics`);
  expect([response.status, response.headers.get("content-type")]).toEqual([
    200,
    "text/plain; version=0.0.4; charset=utf-8",
  ]);
  return response.text();
}

/** The status of what was proposed. */
async function post(served: ServedFolder, body: string): Promise<number> {
  const response = await served.post(body);
  await response.text();
  return response.status;
}

const ward = (transition: string): Wish => ({ instance: "ward/w", transition, inputs: {} });

/** Everything that a server can be seen to do, once. */
async function live(served: ServedFolder): Promise<void> {
  await served.node.installCharts([join(import.meta.dirname, "test/charts")]);
  const first = served.text();
  expect(await post(served, first)).toBe(202);
  expect(await post(served, first)).toBe(202);
  expect(await post(served, "{}")).toBe(400);
  expect(await post(served, "x".repeat(BODY_BYTES_MAX + 1))).toBe(413);
  expect(await post(served, served.text(ward("Ward_Visit")))).toBe(202);
  for (const transition of ["Ward_Close", "Ward_Close", "Ward_Clear", "Ward_Close"])
    expect(await post(served, served.text(ward(transition)))).toBe(202);
  expect(await post(served, served.text(ward("Ward_Visit")))).toBe(400);
  // Everybody sees it, so nobody has a memory there.
  const shared = await fetch(`${served.server.url}/memories?query=words&for=beat/main`);
  expect(shared.status).toBe(403);
}

/**
 * What moves each metric beside what `live` does; a metric that is declared and has no line here does not compile.
 * `always`: it is there from the first scrape on and no deed of ours moves it for sure. `fault`: moved, there and back, by
 * `metrics.moving.test.ts`.
 */
const MOVED_BY: Readonly<Record<MetricName, "live" | "always" | "fault">> = {
  swoosh_transition_total: "live",
  swoosh_guard_fail_total: "live",
  swoosh_state_advance_latency_seconds: "live",
  swoosh_retry: "live",
  swoosh_quarantine_total: "live",
  swoosh_recovery_time_seconds: "always",
  swoosh_wal_lag_records: "live",
  swoosh_log_records: "live",
  swoosh_queue_depth: "fault",
  swoosh_batch_records: "live",
  swoosh_fsync_seconds: "live",
  swoosh_snapshot_total: "live",
  swoosh_snapshot_age_seconds: "live",
  swoosh_refusal_total: "live",
  swoosh_memory_total: "live",
  swoosh_condition: "fault",
  swoosh_disk_free_bytes: "always",
  swoosh_event_loop_busy_seconds_total: "live",
  swoosh_build_info: "always",
  process_cpu_seconds_total: "live",
  process_resident_memory_bytes: "always",
  process_start_time_seconds: "always",
};

describe("/metrics", () => {
  it("moves every metric that it declares, each by what it says, and pleases promtool", async () => {
    await withServer(async (served) => {
      const before = samplesOf(await scrape(served));
      await live(served);
      await served.node.engine.snapshot();
      expect(await post(served, served.text({ instance: "flag/b" }))).toBe(202);
      const text = await scrape(served);
      const after = samplesOf(text);
      for (const { name } of METRICS) {
        const [now, then] = [seriesOf(after, name), seriesOf(before, name)];
        expect(now.size, `${name} is written`).toBeGreaterThan(0);
        if (MOVED_BY[name] === "live") expect([...now], `${name} moves`).not.toEqual([...then]);
      }
      // Nothing is written that the table does not have.
      const declared = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gmu)].map(
        ([, name, kind]) => `${name} ${kind}`,
      );
      expect(declared).toEqual(METRICS.map(({ kind, name }) => `${name} ${kind}`));

      const moved = (series: string): number =>
        (after.get(series) ?? 0) - (before.get(series) ?? 0);
      expect(moved('swoosh_transition_total{transition="Flag_Set"}')).toBe(2);
      expect(moved('swoosh_transition_total{transition="Ward_Close"}')).toBe(3);
      expect(moved('swoosh_transition_total{transition="@chart"}')).toBe(1);
      expect(moved('swoosh_guard_fail_total{guard="free"}')).toBe(1);
      expect(moved('swoosh_retry_count{transition="Flag_Set"}')).toBe(1);
      expect(moved("swoosh_quarantine_total")).toBe(2);
      expect(moved('swoosh_refusal_total{code="malformed"}')).toBe(1);
      expect(moved('swoosh_refusal_total{code="guard_failed"}')).toBe(1);
      expect(moved('swoosh_refusal_total{code="too_large"}')).toBe(1);
      expect(moved('swoosh_snapshot_total{result="stored"}')).toBe(1);
      const latency = "swoosh_state_advance_latency_seconds_count{region=";
      // A new instance moves all its regions, a visit the door, the rest the watch.
      expect(moved(`${latency}"Door"}`)).toBe(1);
      expect(moved(`${latency}"Watch"}`)).toBe(5);
      expect(moved(`${latency}"root"}`)).toBe(2);
      expect(after.get("swoosh_wal_lag_records")).toBe(1);
      expect(after.get("swoosh_log_records")).toBe(served.node.journal.size);
      expect(after.get('swoosh_condition{condition="ok"}')).toBe(1);
      expect(after.get("swoosh_recovery_time_seconds")).toBeGreaterThan(0);
      expect(after.get("swoosh_disk_free_bytes")).toBeGreaterThan(0);

      const promtool = needDebian(PROMTOOL);
      const told = spawnSync(promtool, ["check", "metrics"], { input: text, encoding: "utf8" });
      expect([told.stdout, told.stderr, told.status]).toEqual(["", "", 0]);
    });
  });

  it("says that a node is fenced, and goes on saying what it counted", async () => {
    const rig = await HttpRig.open();
    try {
      await rig.flip("a");
      // The journal is closed under the engine: the next append fails, and the engine stops itself.
      await rig.node.journal.close();
      await (await rig.propose({ instance: "switch/a", transition: "Switch_Flip" })).text();
      await rig.node.engine.fenced;
      const samples = samplesOf(await (await rig.get("/metrics")).text());
      const shown = (series: string): number | undefined => samples.get(series);
      expect(shown('swoosh_condition{condition="fenced"}')).toBe(1);
      expect(shown('swoosh_condition{condition="ok"}')).toBe(0);
      expect(shown('swoosh_refusal_total{code="fenced"}')).toBe(1);
      expect(shown('swoosh_transition_total{transition="Switch_Flip"}')).toBe(1);
    } finally {
      await rig.close();
    }
  });

  it("counts names beyond the bound as one", () => {
    const labels = new BoundedLabels();
    const names = Array.from({ length: LABEL_VALUES_MAX }, (_, place) => `n${place}`);
    expect(names.map((name) => labels.valueOf(name))).toEqual(names);
    expect(labels.valueOf("one more")).toBe(OTHER);
    expect(labels.valueOf("n0")).toBe("n0");
  });
});
