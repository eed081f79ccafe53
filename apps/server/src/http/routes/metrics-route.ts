import { Scrape } from "../../metrics/scrape.ts";
import { given } from "../../read/reading.ts";
import type { HttpApp, RouteContext } from "../http-app.ts";
import { mount } from "../mount.ts";
import type { ReadDoors } from "../read-doors.ts";
import { LOCAL } from "../sessions.ts";

/** `/metrics`, of a node that counts what it does. */
export function addMetricsRoute(
  app: HttpApp,
  { sessions }: Pick<ReadDoors, "sessions">,
  { metricsToken, node }: Pick<RouteContext, "metricsToken" | "node">,
): void {
  const scrape = new Scrape(node);
  mount(app, "readMetrics", {
    sessions: {
      // A scraper answers no challenges: it may have a token of its own, which is good for this route alone.
      holderOf: (token) =>
        metricsToken?.matches(token) === true ? LOCAL : sessions.holderOf(token),
    },
    handler: async () =>
      given({ body: await scrape.text(), media: node.metrics.store.contentType }),
  });
}
