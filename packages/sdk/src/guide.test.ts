import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { EngineServer, operatorPem } from "./test/engine-server.ts";
import { run } from "./test/run-client.ts";

const GUIDE = new URL("../../../docs/sdk.md", import.meta.url);
const root = mkdtempSync(join(tmpdir(), "swoosh-guide-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function blocks(text: string, language: string): readonly string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "gm"))].map(
    ([, code]) => code ?? "",
  );
}

describe("the guide", () => {
  it("is a program that prints what it says", async () => {
    const guide = readFileSync(GUIDE, "utf8");
    const door = pathToFileURL(join(import.meta.dirname, "index.ts")).href;
    const program = blocks(guide, "ts").join("\n").replace('"@swoosh/sdk"', JSON.stringify(door));
    const file = join(root, "guide.mjs");
    const key = join(root, "operator.pem");
    writeFileSync(file, stripTypeScriptTypes(program));
    writeFileSync(key, operatorPem());
    const server = await EngineServer.open();
    try {
      server.clock.set(Math.floor(performance.timeOrigin + performance.now()));
      const env = { SWOOSH_URL: server.url, SWOOSH_KEY: key, NO_COLOR: "1" };
      const done = await run([process.execPath, file], { env });
      expect(done).toEqual({ code: 0, out: blocks(guide, "text").join(""), err: "" });
    } finally {
      await server.close();
    }
  });
});
