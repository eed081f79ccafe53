import { join } from "node:path";
import type { RunningNode } from "../node/open-node.ts";
import { Emitter, type LoggedDocument, type LoggedPage } from "../providers/emit/emitter.ts";
import { HttpDocumentSink } from "../providers/emit/http-document-sink.ts";
import type { Egress } from "../providers/egress/egress.ts";
import type { Notify } from "../providers/provider.ts";
import { LogView } from "../read/log-view.ts";
import { engineSource } from "../read/read-source.ts";
import type { WorldSettings } from "./world-settings.ts";

/** What a submission is; SLURP takes these alone, BUBBLE every decision. */
const SUBMISSION = "Execution_Submit";

/**
 * Decision records to BUBBLE and submissions to SLURP, where the settings name them: each follows the log with a cursor of its own in
 * `emit`, and never holds it back.
 */
export async function startEmitters(given: {
  readonly node: RunningNode;
  readonly egress: Egress;
  readonly notify: Notify;
  readonly world: WorldSettings;
}): Promise<{ readonly emitters: readonly Emitter[]; stop(): Promise<void> }> {
  const { egress, node, notify, world } = given;
  const { clock, engine, folder, journal, kernel } = node;
  const log = new LogView(engineSource({ kernel, engine, journal, now: () => clock.now() }));
  const sinks = [
    ["bubble", world.bubble, () => true],
    ["slurp", world.slurp, (transition: unknown) => transition === SUBMISSION],
  ] as const;
  const emitters = sinks.flatMap(([name, url, isWanted]) =>
    url === undefined
      ? []
      : new Emitter({
          name,
          clock,
          notify,
          sink: new HttpDocumentSink({ admit: egress.admit, url }),
          read: (from, limit) => decisionsOf(log, { from, limit, isWanted }),
          folder: join(folder, "emit"),
          random: Math.random,
        }),
  );
  const stopHearing = node.onRecord(() => {
    for (const emitter of emitters) emitter.hurry();
  });
  // A sink that is away must not hold up the start. What it refused for good it may take now: whoever mended it starts anew.
  for (const emitter of emitters)
    void emitter
      .start()
      .then(() => emitter.replayDeadLetters())
      .then((taken) => {
        if (taken > 0) notify("info", `${emitter.name}: ${taken} dead letters were taken`);
      })
      .catch((error: unknown) => notify("error", `${emitter.name}: ${String(error)}`));
  return {
    emitters,
    async stop() {
      stopHearing();
      for (const emitter of emitters) await emitter.stop();
    },
  };
}

async function decisionsOf(
  log: LogView,
  asked: {
    readonly from: number;
    readonly limit: number;
    readonly isWanted: (transition: unknown) => boolean;
  },
): Promise<LoggedPage> {
  await log.caughtUp();
  const found: LoggedDocument[] = [];
  let index = asked.from;
  for (; index < log.columns.size && found.length < asked.limit; index += 1) {
    const seen = await log.at(index);
    if (!asked.isWanted(seen.record.proposal.transition)) continue;
    const document = await log.decisionOf(seen);
    found.push({ index, key: String(document["id"]), document });
  }
  return { documents: found, next: index };
}
