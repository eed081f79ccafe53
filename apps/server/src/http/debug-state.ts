import { decodeRecord, instanceOf } from "@swoosh/kernel";
import { currentCharts } from "../read/list-charts.ts";
import type { Viewer } from "../read/viewer.ts";
import { RECORDS_SHOWN } from "./limits.ts";
import type { DebugState, ShownRecord } from "./pages/dashboard-page.ts";
import type { ReadDoors } from "./read-doors.ts";

/** What the node holds and does, as far as the viewer may see it. */
export async function debugState(doors: ReadDoors, viewer: Viewer): Promise<DebugState> {
  const { context, health, names, node, sessions, source } = doors;
  const status = node.engine.status();
  const { heapUsed, rss } = process.memoryUsage();
  const { replayed, skipped, snapshotIndex } = status.recovery;
  const sees = ({ instance }: { readonly instance: string }): boolean =>
    viewer.all || viewer.sees(instance);
  return {
    at: doors.now(),
    charts: currentCharts(source).map(({ hash, name, version }) => ({
      chart: name,
      hash,
      version,
    })),
    health: await health.read(),
    instances: names.sorted().length,
    memory: { heap_bytes: heapUsed, rss_bytes: rss },
    queues: { ...status.depths },
    records: (await lastRecords(doors)).filter(sees),
    recovery: { replayed, skipped, snapshot_index: snapshotIndex },
    refusals: (context.refusals?.latest ?? []).filter(sees),
    sessions: sessions.count,
    stuck: [...status.stuck].map(([instance, { reasons }]) => ({ instance, reasons })).filter(sees),
    uptime_ms: Math.floor(process.uptime() * 1000),
  };
}

async function lastRecords({ node, source }: ReadDoors): Promise<readonly ShownRecord[]> {
  const from = Math.max(0, source.size - RECORDS_SHOWN);
  const shown: ShownRecord[] = [];
  for (const text of await source.records(from, RECORDS_SHOWN)) {
    const decoded = decodeRecord(text);
    if (!decoded.ok) continue;
    const { at, configuration, index, outcomes, proposal } = decoded.record;
    shown.push({
      at,
      by: node.engine.state.registry.identityOf(proposal.signer) ?? proposal.signer,
      configuration,
      index,
      instance: instanceOf(proposal),
      reasons: outcomes.flatMap(({ guard, reasons }) => reasons.map((why) => `${guard}: ${why}`)),
      transition: proposal.transition,
    });
  }
  return shown.toReversed();
}
