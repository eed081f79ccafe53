import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EngineServer, operatorPem } from "./test/engine-server.ts";
import {
  CLIENTS_FOLDER,
  EXAMPLE_CLIENTS,
  goProgram,
  needClientTools,
  run,
} from "./test/run-client.ts";

const root = mkdtempSync(join(tmpdir(), "swoosh-clients-"));
const VECTORS = join(CLIENTS_FOLDER, "vectors.json");
const KEY = join(root, "operator.pem");
const WRONG_VECTORS = join(root, "vectors.json");

let server: EngineServer;

beforeAll(async () => {
  needClientTools();
  writeFileSync(KEY, operatorPem());
  // A client that computes nothing, or compares nothing, would pass these as well.
  const { keys, proposals } = JSON.parse(readFileSync(VECTORS, "utf8"));
  const [first] = proposals;
  const wrong = { ...first, signature: `A${first.signature.slice(1)}` };
  const few = { keys, proposals: [wrong], sessions: [], clocks: [] };
  writeFileSync(WRONG_VECTORS, JSON.stringify(few));
  server = await EngineServer.open();
  // These clients have no clock but the machine's.
  server.clock.set(Math.floor(performance.timeOrigin + performance.now()));
});

afterAll(async () => {
  await server.close();
  rmSync(root, { recursive: true, force: true });
});

describe.each(EXAMPLE_CLIENTS)("the client in $name", (client) => {
  const { env } = client;
  const id = `order/${client.name.replaceAll(" ", "-")}`;
  const propose = (url: string, ...rest: readonly string[]) =>
    run(client.propose({ url, key: KEY, rest }), { env });

  it("computes every vector, and says where one is wrong", async () => {
    const good = await run(client.vectors(VECTORS), { env });
    expect(good).toEqual({ code: 0, out: "17 vectors, 0 wrong\n", err: "" });
    const wrong = await run(client.vectors(WRONG_VECTORS), { env });
    expect(wrong).toMatchObject({ code: 1, out: "3 vectors, 1 wrong\n" });
    expect(wrong.err).toContain("empty inputs; no optional field: signature");
  });

  it("proposes, through a lost answer and a head that it has not seen", async () => {
    server.lostAnswers = 1;
    const first = await propose(server.url, id, "Order_Add", '{"item":"tea \u{1f375}"}');
    expect(first).toMatchObject({ code: 0, err: expect.not.stringContaining("Traceback") });
    expect(JSON.parse(first.out)).toMatchObject({ status: "accepted", instance: id });
    const second = await propose(server.url, id, "Order_Add", '{"item":"milk"}');
    expect(JSON.parse(second.out)).toMatchObject({ status: "accepted" });
    const { context } = server.test.engine.state.head(id)?.document ?? { context: {} };
    expect(context).toMatchObject({ items: ["tea \u{1f375}", "milk"] });
  });

  it("tells a no from a server that is not there", async () => {
    const refused = await propose(server.url, "nothing/here", "Order_Add");
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.out)).toMatchObject({ code: "unknown_chart", status: 400 });
    expect((await propose("http://nobody.invalid", id, "Order_Add")).code).toBe(3);
    expect((await propose(server.url, id, "Order_Add", "{")).code).toBe(2);
  });
});

describe("the client in Go", () => {
  it("computes every vector, and says where one is wrong", async ({ skip }) => {
    const go = goProgram();
    if (go === undefined)
      return skip("there is no Go here: the vectors of examples/clients/go were not computed");
    const folder = join(CLIENTS_FOLDER, "go");
    const command = [go, "test", "-count=1", "./..."];
    const env = { GOFLAGS: "-mod=mod", GOTOOLCHAIN: "local", GOPROXY: "off" };
    expect(await run(command, { cwd: folder, env })).toMatchObject({ code: 0 });
    const wrong = { ...env, SWOOSH_VECTORS: WRONG_VECTORS };
    const told = await run(command, { cwd: folder, env: wrong });
    expect([told.code, told.out]).toEqual([1, expect.stringContaining("signature")]);
  });
});
