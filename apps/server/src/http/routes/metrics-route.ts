import { Scrape } from "../../metrics/scrape.ts";
import type { RunningNode } from "../../node/open-node.ts";
import { given } from "../../read/reading.ts";
import type { HttpApp } from "../http-app.ts";
import { mount } from "../mount.ts";
import type { ReadDoors } from "../read-doors.ts";

/** `/metrics`, of a node that counts what it does. */
export function addMetricsRoute(
  app: HttpApp,
  { sessions }: Pick<ReadDoors, "sessions">,
  node: RunningNode,
): void {
  const scrape = new Scrape(node);
  mount(app, "readMetrics", {
    sessions,
    handler: async () =>
      given({ body: await scrape.text(), media: node.metrics.store.contentType }),
  });
}
