import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { createProgram } from "./main.ts";
import { CapturedConsole } from "./test/captured-console.ts";
import { runSwoosh } from "./test/run-swoosh.ts";

/** Names of all commands, as the program itself has them. */
const COMMANDS = createProgram(new CapturedConsole(), () => {}).commands.map((command) =>
  command.name(),
);

describe("usage", () => {
  it.each<[string, string]>([
    ["frob", "unknown command 'frob'"],
    ["chart frob", "unknown command 'frob'"],
    ["chart chek", "(Did you mean check?)"],
    ["chart check", "missing required argument 'chart'"],
    ["chart check a.yaml --jsn", "(Did you mean --json?)"],
    ["chart show", "missing required argument 'chart'"],
    ["chart show a.yaml b.yaml", "too many arguments"],
    ["chart diff a.yaml", "missing required argument 'after'"],
    ["chart export a.yaml", "required option '--format <format>' not specified"],
    ["chart export a.yaml --format", "argument missing"],
    ["chart export a.yaml --format svg", "Allowed choices are xstate, scxml, mermaid"],
    ["chart import", "missing required argument 'machine'"],
    ["chart types", "missing required argument 'chart'"],
    ["chart run", "missing required argument 'chart'"],
    ["completion", "missing required argument 'shell'"],
    ["completion tcsh", "Allowed choices are bash, zsh, fish"],
  ])("swoosh %s: exit 2", async (line, words) => {
    const { code, out, err } = await runSwoosh(line.split(" "));
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(words);
    expect(err).toContain("swoosh --help lists the commands");
  });

  it.each(["", "chart"])("swoosh %s alone shows what there is, and exits 2", async (line) => {
    const { code, err } = await runSwoosh(line.split(" ").filter((word) => word !== ""));
    expect(code).toBe(2);
    expect(err).toContain("Usage: swoosh");
  });

  it.each(["--help", "help", "help chart", "chart --help", "chart help run", "chart run --help"])(
    "swoosh %s: exit 0",
    async (line) => {
      const { code, out, err } = await runSwoosh(line.split(" "));
      expect({ code, err }).toEqual({ code: 0, err: "" });
      expect(out).toContain("Usage: swoosh");
    },
  );

  it("prints its version", async () => {
    expect(await runSwoosh(["--version"])).toMatchObject({ code: 0, out: "0.1.0\n" });
  });
});

describe("completion in a real bash", async () => {
  const { out } = await runSwoosh(["completion", "bash"]);

  it.each<[string, string]>([
    ["swoosh ", COMMANDS.join(" ")],
    ["swoosh chart ", "check show diff export import types run"],
    ["swoosh chart ch", "check"],
    ["swoosh chart check --", "--json --quiet --help"],
    ["swoosh chart check a.yaml --j", "--json"],
    ["swoosh chart export a.yaml --format ", "xstate scxml mermaid"],
    ["swoosh chart export a.yaml --format s", "scxml"],
    ["swoosh completion ", "bash zsh fish"],
    ["swoosh chart check pack", "package.json"],
    ["swoosh chart run a.yaml --events pack", "package.json"],
  ])("%j", (line, replies) => {
    const words = line.split(" ").map((word) => `'${word}'`);
    const script = `${out}\nCOMP_WORDS=(${words.join(" ")}); COMP_CWORD=${words.length - 1}; _swoosh; echo "\${COMPREPLY[*]}"`;
    const cwd = new URL("..", import.meta.url);
    const ended = spawnSync("bash", ["--norc", "-c", script], { encoding: "utf8", cwd });
    expect({ out: ended.stdout, err: ended.stderr }).toEqual({ out: `${replies}\n`, err: "" });
  });

  it("knows every command in zsh and fish too", async () => {
    for (const shell of ["zsh", "fish"]) {
      const { code, out: script } = await runSwoosh(["completion", shell]);
      expect(code).toBe(0);
      for (const word of ["check", "export", "scxml", "quiet"]) expect(script).toContain(word);
    }
  });
});
