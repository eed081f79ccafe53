import { InvalidArgumentError, Option, type Command } from "commander";
import type { EngineName } from "@swoosh/mesh";
import type { Finish } from "./chart-command.ts";
import type { ConsolePort } from "./console-port.ts";
import { addExperimentCommands } from "./mesh/add-experiment-commands.ts";
import { addMemoryCommands } from "./mesh/add-memory-commands.ts";

/** All of them, held to the type: the package itself is loaded by what runs. */
const ENGINES: Readonly<Record<EngineName, true>> = {
  naive: true,
  bits: true,
  simd: true,
  workers: true,
};

/** `swoosh mesh …`: the cellular automaton and what lives on it. */
export function addMeshCommand(program: Command, port: ConsolePort, finish: Finish): void {
  const mesh = program.command("mesh").description("run the automaton and what lives on it");
  addRun(mesh, port, finish);
  addMemoryCommands(mesh, port, finish);
  addExperimentCommands(mesh, port, finish);
}

/** The options of `mesh run` as commander gives them. */
interface RunFlags {
  readonly rle?: string;
  readonly size: { readonly width: number; readonly height: number };
  readonly rule?: string;
  readonly ticks: number;
  readonly engine: EngineName;
  readonly seed: number;
  readonly density: number;
  readonly watch?: boolean;
  readonly every: number;
  readonly png?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

function addRun(mesh: Command, port: ConsolePort, finish: Finish): void {
  mesh
    .command("run")
    .description("run the automaton on a torus: a pattern in its middle, or a random soup")
    .option("--rle <file>", "pattern in RLE; - for standard input")
    .addOption(
      new Option("--size <WxH>", "cells of the torus, 5 to 16384 a side")
        .argParser(readSize)
        .default({ width: 256, height: 256 }, "256x256"),
    )
    .option("--rule <rule>", "B…/S…; without it that of the RLE file, or B3/S23")
    .option("--ticks <n>", "how many ticks", readCount, 1_000)
    .addOption(
      new Option("--engine <engine>", "all give the same cells")
        .choices(Object.keys(ENGINES))
        .default("simd"),
    )
    .option("--seed <n>", "seed of the soup, where no pattern is given", readCount, 1)
    .option("--density <per mille>", "live cells of the soup in a thousand", readCount, 375)
    .option("--watch", "draw it in the terminal while it runs")
    .option("--every <n>", "ticks between two frames of --watch", readCount, 1)
    .option("--png <file>", "write a picture of the last state")
    .option("--quiet", "say nothing of progress")
    .option("--json", "accepted for symmetry: the result is a JSON line always")
    .action(async (flags: RunFlags) => {
      const { runMeshRun } = await import("./mesh-run.ts");
      finish(await runMeshRun(port, flags));
    });
}

function readSize(text: string): { width: number; height: number } {
  const found = /^(\d{1,6})(?:x(\d{1,6}))?$/i.exec(text);
  if (found === null) throw new InvalidArgumentError("Write it as 256x256, width first.");
  const width = Number(found[1]);
  return { width, height: found[2] === undefined ? width : Number(found[2]) };
}

function readCount(text: string): number {
  if (!/^\d{1,9}$/.test(text))
    throw new InvalidArgumentError("It takes a whole number from 0 to 999999999.");
  return Number(text);
}
