import { join } from "node:path";
import { tmpdir } from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import { OutboundRefused } from "../egress/egress.ts";
import { McpProbe } from "./mcp-probe.ts";
import { FakeToolProbe } from "./test/fake-tool-probe.ts";
import { serveTools } from "./test/http-server.ts";
import type { ToolProbe } from "./tool-probe.ts";

const admit = async () => ({ addresses: ["127.0.0.1"], onStop: () => () => {} });
const STDIO = join(import.meta.dirname, "test", "stdio-server.ts");
const admitProgram = () => ({ onStop: () => () => {} });
const options = { admit, admitProgram, mayStart: true, folder: tmpdir(), timeoutMs: 20_000 };
const opened: { close(): Promise<void> }[] = [];

/** A server of a version, with tools; what makes it go away. */
type Make = (
  version: string,
  tools: readonly string[],
) => Promise<{ probe: ToolProbe; kill(): Promise<void> }>;

const IMPLEMENTATIONS: readonly (readonly [name: string, make: Make])[] = [
  [
    "in memory",
    async (version, tools) => {
      const probe = new FakeToolProbe({ kind: "up", version, tools: tools.length });
      return { probe, kill: async () => probe.go() };
    },
  ],
  [
    "over standard streams",
    async (version, tools) => {
      const run = [process.execPath, STDIO, version, ...tools];
      const probe = new McpProbe({ name: "t", pin: "", server: { kind: "stdio", run } }, options);
      return { probe, kill: () => killChildOf(STDIO, version) };
    },
  ],
  [
    "over streamable HTTP",
    async (version, tools) => {
      const server = await serveTools(version, tools);
      const probe = new McpProbe(
        { name: "t", pin: "", server: { kind: "http", url: server.url } },
        options,
      );
      return { probe, kill: () => server.close() };
    },
  ],
];

afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

describe.each(IMPLEMENTATIONS)("a server of tools %s", (name, make) => {
  it("is up with its version and its tools, again at the next look, and down when it is gone", async () => {
    const version = `1.2.${process.pid}`;
    const { kill, probe } = await make(version, ["search", "fetch"]);
    opened.push(probe);
    const gone: string[] = [];
    expect(await probe.look(() => gone.push("gone"))).toEqual({ kind: "up", version, tools: 2 });
    expect(await probe.look(() => gone.push("gone"))).toEqual({ kind: "up", version, tools: 2 });
    expect(probe.endpoint).toMatch(/^[!#-[\]-~]+$/);
    await kill();
    if (name === "over standard streams") {
      // Its program is started anew at the next look: what must be seen is that it went away.
      while (gone.length === 0) await new Promise<void>((resolve) => setImmediate(resolve));
      expect(gone).toEqual(["gone"]);
    } else expect(await probe.look(() => {})).toMatchObject({ kind: "down" });
  });
});

describe("a server that cannot be looked at", () => {
  const stdio = (run: readonly string[], mayStart = true) =>
    new McpProbe({ name: "t", pin: "", server: { kind: "stdio", run } }, { ...options, mayStart });
  it.each<readonly [what: string, make: () => ToolProbe, reason: string]>([
    ["is no program", () => stdio(["/nonexistent/program"]), "ENOENT"],
    ["ends at once", () => stdio(["false"]), "closed"],
    [
      "may not be started",
      () => stdio([process.execPath], false),
      "programs of project files are not started here",
    ],
    [
      "may not be reached",
      () =>
        new McpProbe(
          { name: "t", pin: "", server: { kind: "http", url: "https://tools.example/mcp?key=1" } },
          {
            ...options,
            admit: async () =>
              Promise.reject(new OutboundRefused("tools.example is not on the list")),
          },
        ),
      "not on the list",
    ],
  ])("%s", async (_what, make, reason) => {
    const probe = make();
    opened.push(probe);
    const seen = await probe.look(() => {});
    expect(seen.kind === "down" ? seen.reason.toLowerCase() : "up").toContain(reason.toLowerCase());
    expect(probe.endpoint).not.toContain("key");
  });
});

describe("a program that is a server of tools", () => {
  it("is killed with all that it started where the licence ends, and is not started without one", async () => {
    const mark = `86400.${process.pid}`;
    const run = ["sh", "-c", `sleep ${mark} & exec "$@"`, "sh", process.execPath, STDIO, "1.0"];
    let isLicensed = true;
    const ends = new Set<() => void>();
    const probe = new McpProbe(
      { name: "t", pin: "", server: { kind: "stdio", run } },
      {
        ...options,
        admitProgram: (name) => {
          if (!isLicensed) throw new OutboundRefused(`the licence has ended, so ${name} waits`);
          return {
            onStop: (end) => {
              ends.add(end);
              return () => ends.delete(end);
            },
          };
        },
      },
    );
    opened.push(probe);
    const gone: string[] = [];
    expect(await probe.look(() => gone.push("gone"))).toMatchObject({ kind: "up" });
    expect(await linesWith(mark)).not.toEqual([]);
    isLicensed = false;
    for (const end of ends) end();
    while (gone.length === 0 || (await linesWith(mark)).length > 0)
      await new Promise<void>((resolve) => setImmediate(resolve));
    expect(ends.size).toBe(0);
    expect(await probe.look(() => {})).toEqual({
      kind: "down",
      reason: "the licence has ended, so stdio:sh waits",
    });
    expect(await linesWith(mark)).toEqual([]);
  });
});

/** Command lines of processes that have this argument. */
async function linesWith(argument: string): Promise<readonly string[]> {
  const { readdirSync, readFileSync } = await import("node:fs");
  return readdirSync("/proc").flatMap((name) => {
    try {
      const line = readFileSync(`/proc/${name}/cmdline`, "utf8");
      return line.split("\0").includes(argument) ? [line] : [];
    } catch {
      return [];
    }
  });
}

async function killChildOf(script: string, version: string): Promise<void> {
  const { readdirSync, readFileSync } = await import("node:fs");
  for (const name of readdirSync("/proc").filter((one) => /^\d+$/.test(one))) {
    let line: string;
    try {
      line = readFileSync(`/proc/${name}/cmdline`, "utf8");
    } catch {
      continue;
    }
    if (line.includes(script) && line.split("\0").includes(version))
      process.kill(Number(name), "SIGKILL");
  }
}
