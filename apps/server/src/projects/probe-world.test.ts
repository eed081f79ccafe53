import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { HttpRig } from "../http/test/http-rig.ts";
import { SHIPPED_RULES } from "../providers/shhh/shipped-rules.ts";
import { startProjects, type Projects } from "./start-projects.ts";
import { NO_WORLD } from "./world-settings.ts";

let rig: HttpRig;
let projects: Projects;
let policy: Server;
let port = 0;
let taken = 0;
/** For the connection that the start makes by itself. */
const PATIENCE = { timeout: 30_000, interval: 5 };

/** Somebody who takes connections, there where somebody was before. */
function listen(): Promise<Server> {
  const server = createServer((socket) => {
    taken += 1;
    socket.on("error", () => {});
    socket.resume();
  });
  return new Promise((resolve) => {
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      if (typeof address === "object" && address !== null) port = address.port;
      resolve(server);
    });
  });
}

beforeAll(async () => {
  policy = await listen();
  rig = await HttpRig.open({ rules: SHIPPED_RULES });
  projects = await startProjects(rig.node, rig.server.http, {
    log: () => {},
    screen: rig.screen,
    beatsPerMinute: 0,
    world: { ...NO_WORLD, policy: `http://somebody:canary@127.0.0.1:${port}/` }, // allow-secret
  });
  rig.server.dependOn(() => projects.missing());
});
afterAll(async () => {
  await projects.stop();
  await rig.close();
  policy.close();
});

async function ready(): Promise<readonly [status: number, body: unknown]> {
  const response = await rig.get("/readyz");
  return [response.status, JSON.parse(await response.text())];
}

it("/readyz names who is away of those whom the settings name, and is well when they are back", async () => {
  // The start looks once by itself, whenever it gets there.
  await vi.waitFor(() => expect(taken).toBe(1), PATIENCE);
  expect(await ready()).toEqual([200, { missing: [], ok: true }]);
  expect(await ready()).toEqual([200, { missing: [], ok: true }]);
  expect(taken).toBe(2);
  await new Promise((resolve) => policy.close(resolve));
  rig.clock.advance(5_000);
  const [status, body] = await ready();
  expect([status, body]).toEqual([
    503,
    {
      missing: [expect.stringMatching(/^policy-url: 127\.0\.0\.1:\d+ cannot be reached: /u)],
      ok: false,
    },
  ]);
  expect(JSON.stringify(body)).toContain("ECONNREFUSED");
  expect(JSON.stringify(body)).not.toContain("canary");
  // It is no reason to stop: what needs nobody goes on.
  await rig.flip("a");
  expect((await rig.get("/healthz")).status).toBe(200);
  policy = await listen();
  rig.clock.advance(5_000);
  expect(await ready()).toEqual([200, { missing: [], ok: true }]);
});
