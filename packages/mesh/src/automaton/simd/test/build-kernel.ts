import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import wabt from "wabt";
import { MEMORY_PAGES_MAX } from "../limits.ts";

const FOLDER = join(import.meta.dirname, "..");

/** What `kernel-bytes.ts` must hold: the modules in base64. */
export interface BuiltKernel {
  readonly plain: Uint8Array;
  readonly shared: Uint8Array;
}

/** Builds both modules from their text. */
export async function buildKernel(): Promise<BuiltKernel> {
  const read = (name: string): string => readFileSync(join(FOLDER, name), "utf8");
  const text = read("life.wat").replace("@PART_QUIET@", () => read("quiet.wat"));
  const plain = text.replace("@MEMORY@", "1").replace("@PART_WORKERS@", "");
  const shared = text
    .replace("@MEMORY@", `1 ${MEMORY_PAGES_MAX} shared`)
    .replace("@PART_WORKERS@", () => read("workers.wat"));
  return { plain: await assemble(plain), shared: await assemble(shared) };
}

async function assemble(text: string): Promise<Uint8Array> {
  const { parseWat } = await wabt();
  const features = { simd: true, threads: true, bulk_memory: true };
  const module = parseWat("life.wat", expandMacros(text), features);
  try {
    // Its types leave the argument out; without it memory that is shared is refused.
    const validate: (features: object) => void = module.validate.bind(module);
    validate(features);
    return module.toBinary({}).buffer;
  } finally {
    module.destroy();
  }
}

/**
 * The `text` with its macros written out: `;;@macro name PARAMETER` … `;;@end` define, `;;@use name argument` stands for
 * the lines between them.
 */
export function expandMacros(text: string): string {
  const macros = new Map<string, { readonly parameter: string; readonly lines: string[] }>();
  const lines: string[] = [];
  let into: string[] = lines;
  for (const line of text.split("\n")) {
    const [word, name = "", parameter = ""] = line.trim().split(" ");
    if (word === ";;@macro") {
      into = [];
      macros.set(name, { parameter, lines: into });
    } else if (word === ";;@end") into = lines;
    else into.push(line);
  }
  const expand = (line: string): readonly string[] => {
    const [word, name = "", argument = ""] = line.trim().split(" ");
    if (word !== ";;@use") return [line];
    const macro = macros.get(name);
    if (macro === undefined) throw new Error(`no macro ${name}`);
    return macro.lines
      .map((one) => (macro.parameter === "" ? one : one.replace(macro.parameter, argument)))
      .flatMap(expand);
  };
  return lines.flatMap(expand).join("\n");
}

/** The source of `kernel-bytes.ts`. */
export function kernelBytesSource({ plain, shared }: BuiltKernel): string {
  const constant = (name: string, what: string, bytes: Uint8Array): string => {
    const text = Buffer.from(bytes).toString("base64");
    return `/** ${what} */\nexport const ${name} =\n  "${text}";\n`;
  };
  return [
    "// Made by test/build-kernel.ts from life.wat, quiet.wat and workers.wat; a test compares the bytes. Base64.\n",
    constant("PLAIN_KERNEL", "For one thread, on a memory of its own.", plain),
    constant("SHARED_KERNEL", "For workers, on a memory that they share.", shared),
  ].join("\n");
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(join(FOLDER, "kernel-bytes.ts"), kernelBytesSource(await buildKernel()));
}
