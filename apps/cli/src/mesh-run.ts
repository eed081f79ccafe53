import {
  BitsEngine,
  CONWAY,
  Grid,
  NaiveEngine,
  parseRule,
  readRle,
  sizeProblem,
  soup,
  SimdEngine,
  WorkersEngine,
  type Engine,
  type EngineName,
  type GridSize,
  type Rule,
} from "@swoosh/mesh";
import { unreachable } from "@swoosh/kernel";
import { hash } from "node:crypto";
import type { ConsolePort } from "./console-port.ts";
import { nodeKernelHost } from "./mesh/node-kernel-host.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { createPaint } from "./paint.ts";
import { plainText } from "./plain-text.ts";
import { readText } from "./read-text.ts";

export interface MeshRunOptions {
  readonly rle?: string;
  readonly size: GridSize;
  readonly rule?: string;
  readonly ticks: number;
  readonly engine: EngineName;
  readonly seed: number;
  /** Live cells of the soup in a thousand. */
  readonly density: number;
}

/** Bytes of a pattern file: what the reader of RLE takes, each character one byte. */
const RLE_BYTES_MAX = 67_108_864;

/** `swoosh mesh run`: prints tick, population and hash of the state that it came to. */
export function runMeshRun(port: ConsolePort, options: MeshRunOptions): ExitCode {
  const start = startOf(options);
  if ("problem" in start) {
    port.err(`${createPaint(port.colour.err).error("swoosh:")} ${plainText(start.problem)}\n`);
    return start.code;
  }
  const engine = engineOf(options.engine);
  engine.load(start.grid, start.rule);
  engine.step(options.ticks);
  const { tick } = engine;
  port.out(`${JSON.stringify({ tick, population: engine.population(), hash: engine.hash() })}\n`);
  engine.close();
  return EXIT.ok;
}

const hasher = { sha256: (data: string | Uint8Array) => hash("sha256", data, "buffer") };

function engineOf(name: EngineName): Engine {
  switch (name) {
    case "naive":
      return new NaiveEngine(hasher);
    case "bits":
      return new BitsEngine(hasher);
    case "simd":
      return new SimdEngine(hasher, nodeKernelHost);
    case "workers":
      return new WorkersEngine(hasher, nodeKernelHost);
    default:
      return unreachable(name);
  }
}

type Start =
  | { readonly grid: Grid; readonly rule: Rule }
  | { readonly problem: string; readonly code: ExitCode };

function startOf({ rle, size, rule: wanted, seed, density }: MeshRunOptions): Start {
  const wrongSize = sizeProblem(size);
  if (wrongSize !== undefined) return { problem: `--size: ${wrongSize}`, code: EXIT.usage };
  if (density > 1_000)
    return {
      problem: `--density: ${density} cells in a thousand; give 0 to 1000`,
      code: EXIT.usage,
    };
  const parsed = wanted === undefined ? undefined : parseRule(wanted);
  if (parsed !== undefined && "problem" in parsed)
    return { problem: `--rule: ${parsed.problem}`, code: EXIT.usage };
  if (rle === undefined) {
    const grid = soup(size, { seed, densityPerMille: density });
    return { grid, rule: parsed?.rule ?? CONWAY };
  }
  const read = readRle(readText(rle, RLE_BYTES_MAX));
  if ("problem" in read) {
    const { line, column, message } = read.problem;
    return { problem: `${rle}:${line}:${column}: ${message}`, code: EXIT.no };
  }
  const { cells } = read.pattern;
  if (cells.width > size.width || cells.height > size.height) {
    const problem = `${rle}: a pattern of ${cells.width}x${cells.height} cells does not fit on a torus of ${size.width}x${size.height}; give a larger --size`;
    return { problem, code: EXIT.no };
  }
  const grid = new Grid(size);
  grid.stamp(cells, {
    left: Math.floor((size.width - cells.width) / 2),
    top: Math.floor((size.height - cells.height) / 2),
  });
  return { grid, rule: parsed?.rule ?? read.pattern.rule ?? CONWAY };
}
