import { openApiOf, ROUTES, type RouteId } from "@swoosh/protocol";
import { given } from "../../read/reading.ts";
import { debugState } from "../debug-state.ts";
import type { HttpApp } from "../http-app.ts";
import { jsonOf, mount, type Sent } from "../mount.ts";
import { dashboardPage } from "../pages/dashboard-page.ts";
import { docsPage } from "../pages/docs-page.ts";
import type { RenderedPage } from "../pages/html.ts";
import { startPage } from "../pages/start-page.ts";
import type { ReadDoors } from "../read-doors.ts";
import { serverVersion } from "../../server-version.ts";

const HTML = "text/html; charset=utf-8";

/** `/openapi.json`, and the pages for people: reference, debug page, start page. */
export function addPageRoutes(app: HttpApp, doors: ReadDoors): void {
  const { node, sessions } = doors;
  const about = { version: serverVersion(), origin: node.origin };
  const openApi = jsonOf(openApiOf(ROUTES, { version: about.version }));
  const page = (id: RouteId, rendered: RenderedPage): void =>
    mount(app, id, { sessions, handler: () => given(sentPage(rendered)) });

  mount(app, "readOpenApi", { sessions, handler: () => given(openApi) });
  page("readDocs", docsPage(ROUTES, about));
  page("showDashboard", startPage(about));
  mount(app, "readDebug", {
    sessions,
    handler: async ({ holder }) => given(jsonOf(await debugState(doors, holder.viewer))),
  });
  mount(app, "showDebug", {
    sessions,
    handler: async ({ holder }) =>
      given(sentPage(dashboardPage(await debugState(doors, holder.viewer)))),
  });
}

function sentPage({ headers, text }: RenderedPage): Sent {
  return { body: text, headers, media: HTML };
}
