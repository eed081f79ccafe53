import { given } from "../../read/reading.ts";
import type { HttpApp } from "../http-app.ts";
import { jsonOf, mount } from "../mount.ts";
import type { ReadDoors } from "../read-doors.ts";

/** `/health`, `/healthz` and `/readyz`. */
export function addHealthRoutes(app: HttpApp, doors: ReadDoors): void {
  const { context, health, node, sessions } = doors;
  mount(app, "readHealth", {
    sessions,
    handler: async () => {
      const body = await health.read();
      return given({ ...jsonOf(body), status: body.status === "fenced" ? 503 : 200 });
    },
  });
  mount(app, "readLiveness", { sessions, handler: () => given(jsonOf({ ok: true })) });
  mount(app, "readReadiness", {
    sessions,
    handler: async () => {
      const away = (await context.missing?.()) ?? [];
      const { condition } = node.engine.status();
      const missing = [
        ...(condition === "fenced" ? ["engine: it has stopped itself"] : []),
        ...(context.isStopping() || condition === "stopped" ? ["server: it stops"] : []),
        ...away,
      ];
      const ok = missing.length === 0;
      return given({ ...jsonOf({ missing, ok }), status: ok ? 200 : 503 });
    },
  });
}
