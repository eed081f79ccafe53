import {
  BitsEngine,
  NaiveEngine,
  SimdEngine,
  WorkersEngine,
  type Engine,
  type EngineName,
} from "@swoosh/mesh";
import { unreachable } from "@swoosh/kernel/values";
import { hash } from "node:crypto";
import { writeFileSync } from "node:fs";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { nodeKernelHost } from "./mesh/node-kernel-host.ts";
import { gridPng } from "./mesh/grid-png.ts";
import { runStart, type RunStartOptions } from "./mesh/run-start.ts";
import { runTicks } from "./mesh/run-ticks.ts";
import { watchRun } from "./mesh/watch-run.ts";
import { createPaint } from "./paint.ts";
import { plainText } from "./plain-text.ts";
import { WorldError } from "./world-error.ts";

export interface MeshRunOptions extends RunStartOptions {
  readonly ticks: number;
  readonly engine: EngineName;
  readonly watch?: boolean;
  /** Ticks between two frames of `watch`. */
  readonly every: number;
  /** Where the last state's picture goes. */
  readonly png?: string;
  readonly quiet?: boolean;
}

/** `swoosh mesh run`: prints tick, population and hash of the state that it came to. */
export async function runMeshRun(port: ConsolePort, options: MeshRunOptions): Promise<ExitCode> {
  const start = runStart(options);
  if ("problem" in start) {
    port.err(`${createPaint(port.colour.err).error("swoosh:")} ${plainText(start.problem)}\n`);
    return start.code;
  }
  const engine = engineOf(options.engine);
  try {
    engine.load(start.grid, start.rule);
    if (options.watch === true) await watchRun(port, engine, options);
    else runTicks(port, engine, options);
    if (options.png !== undefined) writePicture(options.png, gridPng(engine.read()));
    const { tick } = engine;
    port.out(`${JSON.stringify({ tick, population: engine.population(), hash: engine.hash() })}\n`);
  } finally {
    engine.close();
  }
  return EXIT.ok;
}

function writePicture(file: string, bytes: Uint8Array): void {
  try {
    writeFileSync(file, bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new WorldError(`cannot write ${file}: ${reason}; give another file with --png`, {
      cause,
    });
  }
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
