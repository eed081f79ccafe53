import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { initNode } from "./init-node.ts";
import { openNode } from "./open-node.ts";
import { createTestPorts, readTestScript, TEST_RUN_VARIABLE } from "./test-ports.ts";

const root = mkdtempSync(join(tmpdir(), "swoosh-ports-"));
const file = join(root, "ports.json");
afterAll(() => rmSync(root, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

const SCRIPT = { seed: "s", nowMs: 1_767_225_600_000 };

describe("the scripted ports of a test", () => {
  it("are refused where nothing says that this run is a test", () => {
    writeFileSync(file, `{"seed":"s","now_ms":1}`);
    vi.stubEnv(TEST_RUN_VARIABLE, "");
    expect(() => readTestScript(file)).toThrow(
      /test-ports is for tests.*Leave it out.*SWOOSH_TEST_RUN=1/u,
    );
    vi.stubEnv(TEST_RUN_VARIABLE, "1");
    expect(readTestScript(file)).toEqual({ seed: "s", nowMs: 1 });
  });

  it.each(["", "[]", "{}", `{"seed":1,"now_ms":1}`, `{"seed":"s","now_ms":1.5}`])(
    "are not made of %s",
    (text) => {
      writeFileSync(file, text);
      vi.stubEnv(TEST_RUN_VARIABLE, "1");
      expect(() => readTestScript(file)).toThrow(/ports\.json/u);
    },
  );

  it("give the same log to the same script, and another to another", async () => {
    const begun = async (name: string, seed: string) => {
      const testPorts = createTestPorts({ ...SCRIPT, seed });
      const report = await initNode({ folder: join(root, name), testPorts });
      return [report.origin, report.node, report.operator, report.firstLeaf];
    };
    const first = await begun("a", "s");
    expect(await begun("b", "s")).toEqual(first);
    const other = await begun("c", "t");
    expect(other.filter((one) => first.includes(one))).toEqual([]);
    await expect(openNode({ folder: join(root, "a") })).rejects.toThrow(/was made by a test/u);
    const wrong = createTestPorts({ ...SCRIPT, seed: "t" });
    await expect(openNode({ folder: join(root, "a"), testPorts: wrong })).rejects.toThrow(
      /that test's own --test-ports/u,
    );
  });

  it("never open a folder that was made without them", async () => {
    const folder = join(root, "real");
    await initNode({ folder });
    await expect(openNode({ folder, testPorts: createTestPorts(SCRIPT) })).rejects.toThrow(
      /was not made with test-ports/u,
    );
  });

  it("ring what is due when the clock is set, in order of time, and nothing that was called off", () => {
    const { clock } = createTestPorts(SCRIPT);
    const rung: string[] = [];
    clock.wakeAt(SCRIPT.nowMs + 20, () => rung.push("later"));
    clock.wakeAt(SCRIPT.nowMs + 10, () => rung.push("sooner"));
    clock.wakeAt(SCRIPT.nowMs + 10, () => rung.push("never"))();
    clock.set(SCRIPT.nowMs + 9);
    expect(rung).toEqual([]);
    clock.set(SCRIPT.nowMs + 30);
    expect(rung).toEqual(["sooner", "later"]);
    expect(clock.now()).toBe(SCRIPT.nowMs + 30);
  });
});
