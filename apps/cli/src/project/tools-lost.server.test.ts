import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import type { JsonObject } from "@swoosh/kernel";
import { afterAll, expect, it } from "vitest";
import { runSwoosh } from "../test/run-swoosh.ts";
import { FleetRig } from "./test/fleet-rig.ts";

/** In `make soak` alone: agents, servers of tools and their windows take some seconds. */
const isSoak = process.env["SWOOSH_SOAK"] !== undefined;
/** Real processes: the bound only ends what hangs. */
const HANGS_MS = 240_000;
const TOOL_SERVER = join(
  import.meta.dirname,
  "../../../server/src/providers/tool/test/stdio-server.ts",
);

const rig = new FleetRig();
afterAll(() => rig.close());

/** A server of tools whose version tests change, and which they kill; without a version it cannot be started. */
class ToolServer {
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  run(): readonly string[] {
    const { pid, version } = this.#files();
    const start = `v=$(cat ${version}) && echo $$ > ${pid} && exec ${process.execPath} ${TOOL_SERVER} $v search`;
    return ["sh", "-c", start];
  }

  set version(version: string) {
    writeFileSync(this.#files().version, version);
  }

  /** It dies; with `forGood`, nobody can start it again. */
  kill({ forGood = false } = {}): void {
    const { pid, version } = this.#files();
    if (forGood) rmSync(version);
    process.kill(Number(readFileSync(pid, "utf8")), "SIGKILL");
  }

  #files(): { readonly pid: string; readonly version: string } {
    return {
      pid: join(rig.root, `${this.#name}.pid`),
      version: join(rig.root, `${this.#name}.version`),
    };
  }
}

const versionOf = (tool: string): unknown =>
  rig.context<JsonObject | undefined>(`tool/${tool}`)?.["version"];

it.runIf(isSoak)(
  "work waits for tools: one of the wrong version, and one that dies while they are looked at",
  async () => {
    await rig.start({ world: { allowed: [], toolsMayStart: true, toolsEveryMs: 300 } });
    const project = "project/tooled";
    const [lens, scope] = [new ToolServer("lens"), new ToolServer("scope")];
    lens.version = "2.0.0";
    scope.version = "3.1.0";
    const plan = {
      goal: "use tools",
      roles: [{ name: "builder", core: true, seats: 1 }],
      tasks: [{ id: "one", run: "echo done" }],
      tools: [
        { name: "lens", pin: "1.0.0", run: lens.run() },
        { name: "scope", run: scope.run() },
      ],
    };
    await rig.begin(project, rig.source("tooled", { "swoosh.yaml": JSON.stringify(plan) }));
    await rig.untilIn(project, "Council.TOOLING_SYNC");
    await rig.until("tool/lens", () => versionOf("lens") === "2.0.0");
    await rig.untilIn("tool/scope", "STATUS.UP");
    // Both are up, and one has another version than the plan names: people are told who owes what.
    const told = await runSwoosh(["explain", project, "--url", rig.fleet.url]);
    expect(told.out).toContain(
      'the MCP provider owes what is not up, on its pin and lately probed: ["lens has version 2.0.0, its pin is 1.0.0"]',
    );

    scope.kill({ forGood: true });
    await rig.untilIn("tool/scope", "STATUS.DOWN");
    lens.version = "1.0.0";
    lens.kill();
    await rig.until("tool/lens", () => versionOf("lens") === "1.0.0");
    const { length } = await rig.records();
    scope.version = "3.1.0";
    await rig.untilIn(project, "Council.READY");

    const records = await rig.records();
    const green = records.findIndex(({ proposal }) => proposal.transition === "Council_McpGreen");
    expect(green).toBeGreaterThan(length);
    const tools = records
      .slice(0, green)
      .filter(({ proposal }) => proposal.instance.startsWith("tool/"))
      .map(
        ({ inputs, proposal }) => `${proposal.instance} ${String(inputs?.["version"] ?? "down")}`,
      );
    expect(tools.slice(-2)).toContain("tool/scope 3.1.0");
  },
  HANGS_MS,
);
