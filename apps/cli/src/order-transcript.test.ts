import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const DOOR = fileURLToPath(new URL("../bin/swoosh.mjs", import.meta.url));
const CHART = "examples/order/example-chart.yaml";
const read = (name: string): string => readFileSync(`${ROOT}examples/order/${name}`, "utf8");
const swoosh = (argv: readonly string[], input = "") =>
  spawnSync(process.execPath, [DOOR, ...argv], { cwd: ROOT, encoding: "utf8", input });

describe("the order, played by the command itself", () => {
  it.each(["example", "give-up"])(
    "%s: byte for byte, from a file and from standard input",
    (name) => {
      const [events, transcript] = [`${name}-events.jsonl`, read(`${name}-transcript.jsonl`)];
      const fromFile = swoosh(["chart", "run", CHART, "--events", `examples/order/${events}`]);
      expect(fromFile).toMatchObject({ status: 0, stdout: transcript, stderr: "" });
      const typed = swoosh(["chart", "run", CHART], read(events));
      expect(typed).toMatchObject({ status: 0, stdout: transcript, stderr: "" });
    },
  );

  it("answers a line as soon as it is there", async () => {
    const child = spawn(process.execPath, [DOOR, "chart", "run", CHART], { cwd: ROOT });
    child.stdout.setEncoding("utf8");
    let out = "";
    const lines = async (count: number): Promise<void> => {
      while (out.split("\n").length <= count) out += String((await once(child.stdout, "data"))[0]);
    };
    await lines(1);
    child.stdin.write('{"transition":"Order_Cancel"}\n');
    await lines(2);
    expect(JSON.parse(out.split("\n")[1] ?? "")).toMatchObject({ accepted: true, ended: true });
    child.stdin.end();
    expect((await once(child, "close"))[0]).toBe(0);
  });

  it("ends by itself when its reader has gone", async () => {
    const child = spawn(process.execPath, [DOOR, "chart", "run", CHART], { cwd: ROOT });
    await once(child.stdout, "data");
    child.stdout.destroy();
    // The pipe may break while this side still writes.
    child.stdin.on("error", () => {});
    const ended = once(child, "exit");
    for (let line = 0; line < 20_000; line += 1) child.stdin.write('{"tick":1}\n');
    expect((await ended)[0]).toBe(0);
  });

  it.each<[string, number]>([
    [`chart check ${CHART}`, 0],
    ["chart check nowhere.yaml", 3],
    ["chart check package.json", 1],
    ["chart frob", 2],
  ])("swoosh %s exits %i", (line, code) => {
    expect(swoosh(line.split(" ")).status).toBe(code);
  });
});
