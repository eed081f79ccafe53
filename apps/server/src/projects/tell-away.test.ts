import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { ManualClock } from "@swoosh/kernel/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { HttpRig } from "../http/test/http-rig.ts";
import { FakeGitea } from "../ingest/gitea/test/fake-gitea.ts";
import { Egress } from "../providers/egress/egress.ts";
import { SHIPPED_RULES } from "../providers/shhh/shipped-rules.ts";
import { Secret } from "../settings/secret.ts";
import { startProjects } from "./start-projects.ts";
import { tellAway } from "./tell-away.ts";
import { NO_WORLD, type WorldSettings } from "./world-settings.ts";

const CANARY = "canary-gitea-token";
const notify = (): void => {};
const { admit } = new Egress({ clock: new ManualClock(), allowed: [], notify });
const gitea = new FakeGitea();
/** Says of NATS what a server says that wants to know who is there. */
const nats = createServer((socket) => {
  socket.on("error", () => {});
  socket.write(
    'INFO {"server_id":"a","version":"2.10.0","max_payload":1048576,"auth_required":true}\r\n',
  );
  socket.once("data", () => socket.end("-ERR 'Authorization Violation'\r\n"));
});
/** Where nobody listens any more. */
let gone = 0;

async function portOf(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

let natsUrl = "";
beforeAll(async () => {
  await gitea.open();
  natsUrl = `nats://127.0.0.1:${await portOf(nats)}`;
  const other = createServer();
  gone = await portOf(other);
  await new Promise((resolve) => other.close(resolve));
});
afterAll(async () => {
  await gitea.close();
  nats.close();
});
beforeEach(() => {
  gitea.isDown = false;
});

async function told(world: Partial<WorldSettings>): Promise<readonly string[]> {
  const lines: string[] = [];
  await tellAway(
    { ...NO_WORLD, ...world },
    {
      admit,
      log: (level, message) => lines.push(`${level} ${message}`),
    },
  );
  return lines.toSorted();
}
const giteaWith = (token?: string): Partial<WorldSettings> => ({
  gitea: {
    url: gitea.url,
    everyMs: 60_000,
    ...(token === undefined ? {} : { token: new Secret(token) }),
  },
});

describe("a start", () => {
  it("says nothing of those who take what they are shown", async () => {
    expect(await told({ ...giteaWith(gitea.token), policy: gitea.url })).toEqual([]);
  });

  it("names whoever is away, one line each, by the setting", async () => {
    const nobody = `http://127.0.0.1:${gone}/`;
    const lines = await told({ policy: nobody, bubble: nobody });
    expect(lines).toEqual([
      expect.stringMatching(
        /^warn bubble-url: 127\.0\.0\.1:\d+ cannot be reached: .*ECONNREFUSED/u,
      ),
      expect.stringMatching(
        /^warn policy-url: 127\.0\.0\.1:\d+ cannot be reached: .*ECONNREFUSED/u,
      ),
    ]);
  });

  it("says who is there and refuses a credential, and what to set", async () => {
    expect(await told(giteaWith(CANARY))).toEqual([
      expect.stringMatching(
        /^warn gitea-url: 127\.0\.0\.1:\d+ refuses gitea-token \(401\); set one/u,
      ),
    ]);
    expect(await told(giteaWith())).toEqual([
      expect.stringMatching(
        /^warn gitea-url: 127\.0\.0\.1:\d+ wants a token \(401\); set gitea-token$/u,
      ),
    ]);
    gitea.isDown = true;
    expect(await told(giteaWith(gitea.token))).toEqual([
      expect.stringMatching(
        /^warn gitea-url: 127\.0\.0\.1:\d+ answers 502 to a search for issues$/u,
      ),
    ]);
    const backbeat = { url: natsUrl, subject: "a", cluster: "b" };
    expect(await told({ backbeat })).toEqual([
      expect.stringMatching(/^warn nats: 127\.0\.0\.1:\d+ refuses this server: .*Authorization/u),
    ]);
  });

  it("goes on, and says nothing of the token anywhere", async () => {
    const rig = await HttpRig.open({ rules: SHIPPED_RULES });
    const lines: string[] = [];
    const asked = gitea.asked.length;
    const projects = await startProjects(rig.node, rig.server.http, {
      log: (...line) => lines.push(JSON.stringify(line)),
      screen: rig.screen,
      beatsPerMinute: 0,
      world: { ...NO_WORLD, ...giteaWith(CANARY) },
    });
    try {
      await rig.flip("a");
      // Both who looks for entry points and who asks at the start have been refused.
      await expect
        .poll(() => lines.filter((line) => line.includes("itea")).length)
        .toBeGreaterThanOrEqual(2);
      expect(gitea.asked.length).toBeGreaterThan(asked);
      const pages = await Promise.all(
        ["/debug", "/debug/dashboard", "/metrics", "/readyz", "/health"].map(async (path) =>
          (await rig.get(path)).text(),
        ),
      );
      const everything = [...lines, ...pages].join("\n");
      expect(everything).toContain("refuses gitea-token");
      expect(everything).not.toContain(CANARY);
    } finally {
      await projects.stop();
      await rig.close();
    }
  });
});
