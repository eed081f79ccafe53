import type { AddRoutes, HttpApp } from "../http-app.ts";
import { leaderNode } from "../leader-node.ts";
import { createReadDoors, type ReadDoors } from "../read-doors.ts";
import { addEvidenceRoutes, addEvidenceUpload } from "./evidence-routes.ts";
import { addHealthRoutes } from "./health-routes.ts";
import { addJournalRoute } from "./journal-route.ts";
import { addMemoryAway, addMemoryRoutes } from "./memory-routes.ts";
import { addLogRoutes } from "./log-routes.ts";
import { addMetricsRoute } from "./metrics-route.ts";
import { addPageRoutes } from "./page-routes.ts";
import { addReadRoutes } from "./read-routes.ts";
import { addSessionRoutes } from "./session-routes.ts";

/** Everything that is read, with the sessions and the evidence that go with it. */
export const addReadingRoutes: AddRoutes = (app, context) => {
  const doors = createReadDoors(leaderNode(context.node), context);
  addEvidenceUpload(app, doors, context);
  addMetricsRoute(app, doors, context);
  addMemoryRoutes(app, doors, context);
  addSharedRoutes(app, doors);
};

/** What can be read of a node that somebody else writes to. */
export function addRoutesFor(app: HttpApp, doors: ReadDoors): void {
  addMemoryAway(app, doors.node.role.leader);
  addSharedRoutes(app, doors);
}

/** What can be read of any node; `PUT /evidence`, `/metrics` and memories are for those that write. */
function addSharedRoutes(app: HttpApp, doors: ReadDoors): void {
  addReadRoutes(app, doors);
  addJournalRoute(app, doors);
  addLogRoutes(app, doors);
  addSessionRoutes(app, doors);
  addEvidenceRoutes(app, doors);
  addHealthRoutes(app, doors);
  addPageRoutes(app, doors);
}
