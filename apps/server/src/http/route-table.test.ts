import { ROUTES } from "@swoosh/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApp } from "./create-app.ts";
import { TenantLimiter } from "./tenant-limiter.ts";
import { HttpRig } from "./test/http-rig.ts";

let rig: HttpRig;
beforeAll(async () => {
  rig = await HttpRig.open();
});
afterAll(() => rig.close());

describe("the routes of the server", () => {
  it("are those of the protocol, and those are described", async () => {
    const served: string[] = [];
    const limiter = new TenantLimiter({ perSecond: 0, strangersPerSecond: 0 });
    const app = createApp(
      { node: rig.node, limiter, isStopping: () => false },
      { onRoute: (method, path) => served.push(`${method} ${path}`) },
    );
    await app.ready();
    await app.close();
    const described = ROUTES.map(
      ({ method, path }) =>
        `${method} ${path.replace("{tile}", "*").replace(/\{([a-z]+)\}/, ":$1")}`,
    );
    // HEAD comes with GET.
    expect(served.filter((route) => !route.startsWith("HEAD ")).toSorted()).toEqual(
      described.toSorted(),
    );
    const openApi: { readonly paths: Readonly<Record<string, object>> } = JSON.parse(
      JSON.stringify(await rig.json("/openapi.json")),
    );
    const documented = Object.entries(openApi.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(documented.toSorted()).toEqual(
      ROUTES.map(({ method, path }) => `${method} ${path}`).toSorted(),
    );
    const page = await (await rig.get("/docs")).text();
    for (const { id, path } of ROUTES) {
      expect(page).toContain(`id="${id}"`);
      expect(page).toContain(path);
    }
  });

  it.each([
    ["POST", "/state", "GET, HEAD"],
    ["DELETE", "/transition", "POST"],
    ["PUT", "/session", "GET, HEAD, POST"],
    ["POST", "/evidence", "PUT"],
    ["DELETE", "/evidence/sha256-1", "GET, HEAD"],
    ["POST", "/log/tile/0/000.p/3", "GET, HEAD"],
    ["PUT", "/", "GET, HEAD"],
  ])("answer %s %s with 405 and what there is", async (method, path, allowed) => {
    const response = await fetch(`${rig.server.url}${path}`, { method });
    const body: { readonly code: string } = JSON.parse(await response.text());
    expect([response.status, body.code, response.headers.get("allow")]).toEqual([
      405,
      "method_not_allowed",
      allowed,
    ]);
  });

  it("answer HEAD as GET, without a body, streams too", async () => {
    for (const path of ["/instances", "/journal", "/debug/dashboard", "/log/checkpoint"]) {
      const response = await fetch(`${rig.server.url}${path}`, {
        method: "HEAD",
        headers: { accept: "text/event-stream" },
      });
      expect([path, response.status, await response.text()]).toEqual([path, 200, ""]);
    }
  });
});
