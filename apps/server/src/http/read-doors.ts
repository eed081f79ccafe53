import { InstanceNames } from "../read/instance-names.ts";
import { LogView } from "../read/log-view.ts";
import { PastStates } from "../read/past-states.ts";
import type { ReadNode } from "../read/read-node.ts";
import { engineSource, type ReadSource } from "../read/read-source.ts";
import { HealthReader } from "../read/health.ts";
import { refused, type Reading } from "../read/reading.ts";
import { INDEX_WAIT_MS } from "../read/limits.ts";
import { systemRandom } from "../node/system-random.ts";
import type { RouteContext } from "./http-app.ts";
import { waitFor } from "./wait-for.ts";
import { Sessions } from "./sessions.ts";

/** What the routes for reading are given beside the node. */
export type ReadContext = Omit<RouteContext, "node" | "limiter">;

/** The sessions of one node. */
export function newSessions({
  clock,
  crypto,
  engine,
}: Pick<ReadNode, "clock" | "crypto" | "engine">): Sessions {
  const now = (): number => clock.now();
  return new Sessions({ state: () => engine.state, crypto, random: systemRandom, now });
}

/** Everything that the routes for reading share. */
export interface ReadDoors {
  readonly context: ReadContext;
  readonly node: ReadNode;
  readonly source: ReadSource;
  readonly names: InstanceNames;
  readonly log: LogView;
  readonly past: PastStates;
  readonly health: HealthReader;
  readonly sessions: Sessions;
  /** ms. */
  now(): number;
}

export function createReadDoors(node: ReadNode, context: ReadContext): ReadDoors {
  const { clock, engine, journal, kernel } = node;
  const now = (): number => clock.now();
  const source = engineSource({ kernel, engine, journal, now });
  return {
    context,
    node,
    source,
    now,
    names: new InstanceNames(source),
    log: new LogView(source),
    past: new PastStates(source),
    health: new HealthReader({ engine, hasher: kernel.hasher, ...node.role }),
    sessions: context.sessions ?? newSessions(node),
  };
}

/** The index of the log, caught up; or the word to come back where that takes long. */
export async function indexed({ log, source }: ReadDoors): Promise<Reading<LogView>> {
  if (await waitFor(log.caughtUp(), INDEX_WAIT_MS)) return { ok: true, value: log };
  return refused(
    "overloaded",
    `the index of the log is being made: ${log.columns.size} of ${source.size} records`,
    { after_ms: INDEX_WAIT_MS },
  );
}
