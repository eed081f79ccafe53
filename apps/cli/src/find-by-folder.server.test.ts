import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { RunningServer } from "@swoosh/server/http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findByFolder, URL_DEFAULT } from "./find-by-folder.ts";
import { runSwoosh } from "./test/run-swoosh.ts";

const root = mkdtempSync(join(tmpdir(), "swoosh-find-"));
const data = join(root, "data");
const key = join(data, "keys", "operator.pem");
const INPUTS = ["--inputs", '{"reason":"try","variant":"on"}'];
let server: RunningServer;
let announce: () => () => void;
let takeBack: () => void;

beforeAll(async () => {
  const { initNode, openNode } = await import("@swoosh/server");
  const { serve } = await import("@swoosh/server/http");
  await initNode({ folder: data });
  server = await serve(await openNode({ folder: data }), { host: "127.0.0.1", port: 0 });
  const { announceServer } = await import("@swoosh/server/running");
  announce = () => announceServer(data, { url: server.url, since: 0 });
  takeBack = announce();
});
afterAll(async () => {
  await server.stop();
  rmSync(root, { recursive: true, force: true });
});

describe("a server on whatever port", () => {
  it("is found by the folder that the key lies in, that --data names, or SWOOSH_DATA", async () => {
    const flags = [...INPUTS, "--key", key];
    const byKey = await runSwoosh(["propose", "flag/a", "Flag_Set", ...flags]);
    expect([byKey.code, byKey.err]).toEqual([0, ""]);
    // It has the folder: nobody else could open it.
    const byData = await runSwoosh(["propose", "flag/b", "Flag_Set", ...INPUTS, "--data", data]);
    expect([byData.code, byData.err]).toEqual([0, ""]);
    process.env["SWOOSH_DATA"] = data;
    try {
      const read = await runSwoosh(["instances", "--chart", "flag"]);
      expect([read.code, read.err]).toEqual([0, ""]);
      expect(read.out).toMatch(/flag\/a[\s\S]*flag\/b/u);
      expect(await findByFolder(undefined, expect.unreachable)).toBe(server.url);
    } finally {
      delete process.env["SWOOSH_DATA"];
    }
    // A key that lies elsewhere says nothing of a server.
    copyFileSync(key, join(root, "operator.pem"));
    expect(await findByFolder(join(root, "operator.pem"), expect.unreachable)).toBe(URL_DEFAULT);
  });

  it("is waited for where it starts, and nobody else is asked; at last it is told what to do", async () => {
    takeBack();
    const told: string[] = [];
    const tell = (words: string): void => void told.push(words);
    let looks = 0;
    const found = await findByFolder(key, tell, async () => {
      looks += 1;
      if (looks === 3) takeBack = announce();
    });
    expect([found, looks]).toEqual([server.url, 3]);
    expect(told).toEqual([
      expect.stringMatching(/^nobody listens for .*data; .*swoosh up --data/u),
    ]);
    takeBack();
    await expect(findByFolder(key, tell, async () => {})).rejects.toThrow(
      /no server runs over .*data; start one with swoosh up --data .*--url/u,
    );
  });
});
