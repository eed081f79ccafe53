import type { AddRoutes } from "../http-app.ts";
import { createReadDoors } from "../read-doors.ts";
import { addEvidenceRoutes } from "./evidence-routes.ts";
import { addHealthRoutes } from "./health-routes.ts";
import { addJournalRoute } from "./journal-route.ts";
import { addLogRoutes } from "./log-routes.ts";
import { addPageRoutes } from "./page-routes.ts";
import { addReadRoutes } from "./read-routes.ts";
import { addSessionRoutes } from "./session-routes.ts";

/** Everything that is read, with the sessions and the evidence that go with it. */
export const addReadingRoutes: AddRoutes = (app, context) => {
  const doors = createReadDoors(context);
  addReadRoutes(app, doors);
  addJournalRoute(app, doors);
  addLogRoutes(app, doors);
  addSessionRoutes(app, doors);
  addEvidenceRoutes(app, doors);
  addHealthRoutes(app, doors);
  addPageRoutes(app, doors);
};
