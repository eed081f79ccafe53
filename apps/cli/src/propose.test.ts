import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunningServer } from "@swoosh/server/http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runSwoosh } from "./test/run-swoosh.ts";

const root = mkdtempSync(join(tmpdir(), "swoosh-propose-"));
const data = join(root, "data");
const key = join(data, "keys", "operator.pem");
let server: RunningServer;

beforeAll(async () => {
  const { initNode, openNode } = await import("@swoosh/server");
  const { serve } = await import("@swoosh/server/http");
  await initNode({ folder: data });
  server = await serve(await openNode({ folder: data }), { host: "127.0.0.1", port: 0 });
});
afterAll(async () => {
  await server.stop();
  rmSync(root, { recursive: true, force: true });
});

const INPUTS = '{"reason":"try","variant":"on"}';
const propose = (instance: string, ...flags: readonly string[]) =>
  runSwoosh(["propose", instance, "Flag_Set", "--url", server.url, "--key", key, ...flags]);
const read = async (path: string): Promise<Readonly<Record<string, unknown>>> =>
  JSON.parse(await (await fetch(`${server.url}${path}`)).text());

describe("a full server", () => {
  it("has places for operators, which swoosh propose takes by a session of its own", async () => {
    const { openNode } = await import("@swoosh/server");
    const { serve } = await import("@swoosh/server/http");
    await server.stop();
    // No place for anybody else, for as long as this server runs.
    const engine = { lanes: { proposals: 0, operators: 2 } };
    const full = await openNode({ folder: data, engine });
    server = await serve(full, { host: "127.0.0.1", port: 0 });
    try {
      const { code, err, out } = await propose("flag/full", "--inputs", INPUTS);
      expect([code, err]).toEqual([0, ""]);
      expect(out).toMatch(/^accepted: Flag_Set of flag\/full/u);
    } finally {
      await server.stop();
      server = await serve(await openNode({ folder: data }), { host: "127.0.0.1", port: 0 });
    }
  });
});

describe("swoosh propose", () => {
  it("--dry-run gives the verdict, and records nothing", async () => {
    const { treeSize: before } = await read("/health");
    const would = await propose("flag/dry", "--inputs", INPUTS, "--dry-run");
    expect([would.code, would.err]).toEqual([0, ""]);
    expect(would.out).toMatch(/^would be accepted: Flag_Set of flag\/dry is record \d+\n/u);
    const wouldNot = await propose("flag/dry", "--inputs", "{}", "--dry-run");
    expect(wouldNot.code).toBe(1);
    expect(wouldNot.out).toMatch(/^refused \(inputs_invalid\)\n {2}inputs/u);
    expect((await read("/health"))["treeSize"]).toBe(before);
    expect(await read("/state?instance=flag/dry")).toMatchObject({ code: "not_found" });
  });

  it("--inputs @file reads them, --evidence, --justification and --window go into the decision", async () => {
    const file = join(root, "inputs.json");
    writeFileSync(file, `${INPUTS}\n`);
    const evidence = ["ucxl://a:b@c:d/*~1/e", `sha256-${"0".repeat(64)}`];
    const { code, err, out } = await propose(
      "flag/file",
      ...["--inputs", `@${file}`, "--evidence", ...evidence],
      ...["--justification", "because", "--window", "backbeat:w1", "--json"],
    );
    expect([code, err]).toEqual([0, ""]);
    const { decision }: { readonly decision: string } = JSON.parse(out);
    expect(await read(`/decisions/${decision.slice("bubble://dr/".length)}`)).toMatchObject({
      evidence,
      justification: "because",
      window_id: "backbeat:w1",
    });
    expect(await read("/state?instance=flag/file")).toMatchObject({
      state: { context: { reason: "try", variant: "on" } },
    });
    const none = await propose("flag/none", "--inputs", `@${file}.none`);
    expect([none.code, none.out]).toEqual([3, ""]);
    expect(none.err).toContain(`${file}.none`);
    writeFileSync(file, "[1]");
    const list = await propose("flag/list", "--inputs", `@${file}`);
    expect([list.code, list.err]).toEqual([2, "swoosh: --inputs must be an object\n"]);
  });

  it("--json gives the answer's own bytes, the same again under one --idem-key, and a problem where the answer is no", async () => {
    const flags = ["--inputs", INPUTS, "--idem-key", "goal:0:set:one"];
    const first = await propose("flag/key", ...flags, "--json");
    expect(first.code).toBe(0);
    expect(JSON.parse(first.out)).toMatchObject({ status: "accepted", instance: "flag/key" });
    expect(await propose("flag/key", ...flags, "--json")).toEqual(first);
    const again = await propose("flag/key", ...flags);
    expect([again.code, again.out.slice(0, 15)]).toEqual([0, "accepted before"]);
    expect(again.out).toContain("key   goal:0:set:one");
    const other = ["--inputs", '{"reason":"try","variant":"off"}', "--idem-key", "goal:0:set:one"];
    const conflict = await propose("flag/key", ...other, "--json");
    expect(conflict.code).toBe(1);
    expect(JSON.parse(conflict.out)).toMatchObject({ status: 409, code: "idem_conflict" });
  });
});
