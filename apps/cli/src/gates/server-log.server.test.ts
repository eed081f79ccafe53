import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { freePort } from "./started-program.ts";
import { repositories, type GatesRepository } from "./test/gates-repository.ts";

const repository = repositories();
const root = mkdtempSync(join(tmpdir(), "swoosh-gates-url-"));
let url = "";
let operator = "";
let stop: () => Promise<void>;

beforeAll(async () => {
  const { dataFolder } = await import("@swoosh/server/keys");
  const { initNode, openNode } = await import("@swoosh/server");
  const { serve } = await import("@swoosh/server/http");
  const folder = join(root, "data");
  await initNode({ folder });
  const server = await serve(await openNode({ folder }), { host: "127.0.0.1", port: 0 });
  url = server.url;
  operator = dataFolder(folder).operatorKey;
  stop = () => server.stop();
});
afterAll(async () => {
  await stop();
  rmSync(root, { recursive: true, force: true });
});

const LADDER = `ladder: platform
levels:
  - level: 0
    name: Baseline
    criteria: [ { id: boots, check: "test -f app.txt", negative: "false", severity: P2 } ]
  - level: 1
    name: People
    verification: human
    criteria: [ { id: holds, check: "true", negative: "false" } ]
`;

function platform(): GatesRepository {
  const repo = repository();
  repo.write("gates/maturity.yaml", LADDER);
  repo.write("app.txt", "ok\n");
  repo.commit("one");
  return repo;
}

it("a running server's log is used instead of the repository's own", async () => {
  const repo = platform();
  const gates = (command: string, ...argv: readonly string[]) =>
    repo.gates(command, "--url", url, ...argv);
  const level = async (): Promise<number> =>
    JSON.parse((await gates("status", "--json")).out).level;

  const stranger = await gates("run");
  expect(stranger.code).toBe(3);
  expect(stranger.err).toContain("the server does not know this repository's runner hmmm:pubkey:");
  const run = await gates("run", "--key", operator);
  expect({ code: run.code, err: run.err }).toEqual({ code: 0, err: "" });
  expect(run.out).toContain("level 0 Baseline is reached");
  expect(repo.has(".swoosh/gates/log")).toBe(false);
  expect(await level()).toBe(0);

  const machine = join(repo.root, ".swoosh", "gates", "keys", "ci.pem");
  const app = join(repo.root, "app.txt");
  const refused = await gates("advance", "--verify", app, "--key", machine);
  expect(refused.code).toBe(1);
  expect(refused.err).toContain("forbidden");
  expect((await gates("advance", "--verify", app, "--key", operator)).code).toBe(0);
  expect(await level()).toBe(1);

  repo.remove("app.txt");
  repo.commit("break it");
  expect((await gates("run")).code).toBe(1);
  const { out } = await gates("status", "--json");
  expect(JSON.parse(out)).toMatchObject({
    level: -1,
    levels: [{ state: "regressed", incident: { criterion: "boots" } }, { state: "regressed" }],
  });

  const other = await platform().gates("run", "--url", url, "--key", operator);
  expect(other.code).toBe(3);
  expect(other.err).toContain("the server's runner of gates has another key");
});

it("a server that cannot be reached is told with its address", async () => {
  const nobody = `http://127.0.0.1:${await freePort()}`;
  const { code, err } = await platform().gates("status", "--url", nobody);
  expect(code).toBe(3);
  expect(err).toContain(nobody);
  expect(err).not.toContain("    at ");
});
