import { createServer } from "node:http";
import { once } from "node:events";
import { expect, it } from "vitest";
import { repositories } from "./test/gates-repository.ts";

const repository = repositories();

it.each([
  [204, true, "status 204"],
  [503, false, "status 503"],
  [null, false, "fetch failed"],
])("a halt is told by webhook, and what came of it is recorded: %s", async (status, ok, detail) => {
  const told: string[] = [];
  const server = createServer((request, response) => {
    if (status === null) {
      request.socket.destroy();
      return;
    }
    request.on("data", (part: Buffer) => told.push(part.toString()));
    request.on("end", () => response.writeHead(status).end());
  }).listen(0, "127.0.0.1");
  try {
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    const repo = repository();
    repo.write(
      "gates/lifecycle.yaml",
      `lifecycle: flow\nstages:\n  - stage: build\n    gates: [ { id: compiles, run: "true" } ]\nnotify: { webhook: "http://127.0.0.1:${port}/hook" }\n`,
    );
    repo.commit("one");
    await repo.gates("halt", "--severity", "P1", "--reason", "the gauge is odd");
    const lines = repo.read(".swoosh/gates/deliveries.jsonl").trim().split("\n");
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
      { way: "webhook", ok, detail },
    ]);
    if (status !== null)
      expect(JSON.parse(told.join(""))).toMatchObject({
        text: expect.stringContaining("the gauge is odd"),
      });
    // That it did not arrive never stops a halt.
    expect(await repo.gates("run", "--stage", "build")).toMatchObject({ code: 1 });
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
