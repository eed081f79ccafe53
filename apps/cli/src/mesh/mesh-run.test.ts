import { CONWAY, Grid, NaiveEngine, soup } from "@swoosh/mesh";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, inflateSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { CapturedConsole } from "../test/captured-console.ts";
import { runSwoosh } from "../test/run-swoosh.ts";
import { temporaryFolder } from "../test/temporary-folder.ts";
import { drawGrid } from "./draw-grid.ts";
import { gridPng } from "./grid-png.ts";
import { runTicks } from "./run-ticks.ts";

const files = temporaryFolder();
const folder = mkdtempSync(join(tmpdir(), "swoosh-mesh-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("swoosh mesh run", () => {
  it.each(["naive", "bits", "simd", "workers"])(
    "%s: a glider is back after going round",
    async (engine) => {
      const rle = files.write("glider.rle", "x = 3, y = 3\nbo$2bo$3o!");
      const answers = await Promise.all(
        [0, 64].map((ticks) =>
          runSwoosh([
            "mesh",
            "run",
            "--rle",
            rle,
            "--size",
            "16x16",
            "--ticks",
            String(ticks),
            "--engine",
            engine,
          ]),
        ),
      );
      const [before, after] = answers.map(({ out }) => JSON.parse(out));
      expect(answers.map(({ code, err }) => [code, err])).toEqual([
        [0, ""],
        [0, ""],
      ]);
      expect(after).toEqual({ ...before, tick: 64 });
      expect(before.population).toBe(5);
    },
  );

  it.each<[string, number, string]>([
    ["--size 4x9", 2, "a side of 4 cells"],
    ["--size ninexfour", 2, "Write it as 256x256"],
    ["--rule B0/S", 2, "has B0"],
    ["--rule B2-a/S", 2, "not outer-totalistic"],
    ["--density 1001", 2, "give 0 to 1000"],
    ["--ticks -1", 2, "whole number"],
    ["--engine gpu", 2, "Allowed choices are naive, bits, simd, workers"],
    ["--rle /no/such.rle", 3, "there is no such file"],
    ["--png /no/such/folder/x.png --ticks 1 --size 9", 3, "give another file with --png"],
  ])("%s: exit %d and why", async (flags, code, words) => {
    const answer = await runSwoosh(["mesh", "run", ...flags.split(" ")]);
    expect({ code: answer.code, out: answer.out }).toEqual({ code, out: "" });
    expect(answer.err).toContain(words);
  });

  it("names line and column of a slip in RLE, and a torus that is too small", async () => {
    const slip = files.write("slip.rle", "#C one\nx = 3, y = 3\nbo$2bo$4o!");
    const wrong = await runSwoosh(["mesh", "run", "--rle", slip]);
    expect([wrong.code, wrong.err]).toEqual([
      1,
      expect.stringContaining("slip.rle:3:9: row 3 reaches 4"),
    ]);
    const wide = files.write("wide.rle", "x = 40, y = 1\n40o!");
    const small = await runSwoosh(["mesh", "run", "--rle", wide, "--size", "32x32"]);
    expect([small.code, small.err]).toEqual([1, expect.stringContaining("does not fit")]);
  });

  it("writes a picture, and draws the first and the last state where there is no terminal", async () => {
    const png = join(folder, "state.png");
    const { code, out, err } = await runSwoosh([
      "mesh",
      "run",
      "--size",
      "32x32",
      "--ticks",
      "20",
      "--png",
      png,
      "--watch",
    ]);
    expect(code).toBe(0);
    expect(out.split("\n")).toHaveLength(2);
    expect(err).toContain("tick 0 of 20");
    expect(err).toContain("tick 20 of 20");
    expect([...readFileSync(png).subarray(1, 4)]).toEqual([80, 78, 71]);
  });
});

describe("progress", () => {
  it("is told every three seconds of a long run, not at all when quiet", () => {
    const said = (quiet: boolean): string => {
      const port = new CapturedConsole();
      const engine = new NaiveEngine({ sha256: () => new Uint8Array(32) });
      engine.load(new Grid({ width: 5, height: 5 }), CONWAY);
      // A clock by which each tick takes half a second.
      runTicks(port, engine, { ticks: 20, quiet }, () => engine.tick * 500);
      return port.errText;
    };
    expect(said(false).split("\n")[0]).toBe("tick 6 of 20 (30 %), about 7 s to go");
    expect(said(false).split("\n")).toHaveLength(4);
    expect(said(true)).toBe("");
  });
});

describe("drawGrid", () => {
  it("puts eight cells into a character, and squares of cells where there is no room", () => {
    const grid = new Grid({ width: 5, height: 5 });
    grid.set(0, 0, true);
    grid.set(1, 3, true);
    grid.set(4, 4, true);
    const code = (dots: number): string => String.fromCharCode(0x2800 + dots);
    expect(drawGrid(grid, { columns: 10, rows: 10 })).toBe(
      `${code(0x81)}${code(0)}${code(0)}\n${code(0)}${code(0)}${code(1)}\n`,
    );
    expect(drawGrid(grid, { columns: 1, rows: 1 })).toBe(`${code(0x01 | 0x02 | 0x10)}\n`);
  });
});

describe("gridPng", () => {
  it.each([7, 100, 600])(
    "has the cells of a torus of %d in its pixels, and sums that hold",
    (side) => {
      const grid = soup({ width: side, height: 9 }, { seed: side });
      const { width, height, pixels } = decode(gridPng(grid));
      const scale = Math.max(1, Math.floor(512 / Math.max(side, 9)));
      expect([width, height]).toEqual([side * scale, 9 * scale]);
      for (let y = 0; y < 9; y += 1)
        for (let x = 0; x < side; x += 1)
          expect(pixels[y * scale * (width + 1) + 1 + x * scale]).toBe(grid.get(x, y) * 255);
    },
  );

  it("shows the share of life in squares where the torus is larger than a picture", () => {
    const grid = new Grid({ width: 8_192, height: 6 });
    for (const [x, y] of [
      [0, 0],
      [1, 1],
      [2, 0],
    ] as const)
      grid.set(x, y, true);
    const { width, height, pixels } = decode(gridPng(grid));
    expect([width, height]).toEqual([4_096, 3]);
    expect([...pixels.subarray(1, 4)]).toEqual([128, 64, 0]);
  });
});

/** Reads what PNG readers read; every chunk's sum must hold. */
function decode(png: Uint8Array): { width: number; height: number; pixels: Uint8Array } {
  const view = Buffer.from(png);
  let [width, height] = [0, 0];
  const data: Buffer[] = [];
  for (let at = 8; at < view.length;) {
    const length = view.readUInt32BE(at);
    const body = view.subarray(at + 4, at + 8 + length);
    expect(view.readUInt32BE(at + 8 + length)).toBe(crc32(body));
    const type = body.subarray(0, 4).toString("latin1");
    if (type === "IHDR") [width, height] = [body.readUInt32BE(4), body.readUInt32BE(8)];
    if (type === "IDAT") data.push(body.subarray(4));
    at += 12 + length;
  }
  return { width, height, pixels: inflateSync(Buffer.concat(data)) };
}
