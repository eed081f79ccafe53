import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { EngineServer, operatorPem } from "./test/engine-server.ts";
import { guideOutput, runGuide } from "./test/run-guide.ts";

const root = mkdtempSync(join(tmpdir(), "swoosh-guide-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("the guide", () => {
  it("is a program that prints what it says", async () => {
    const key = join(root, "operator.pem");
    writeFileSync(key, operatorPem());
    const server = await EngineServer.open();
    try {
      server.clock.set(Math.floor(performance.timeOrigin + performance.now()));
      const done = await runGuide({ folder: root, url: server.url, key });
      expect(done).toEqual({ code: 0, out: guideOutput(), err: "" });
    } finally {
      await server.close();
    }
  });
});
