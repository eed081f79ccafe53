import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import wabt from "wabt";

const FOLDER = join(import.meta.dirname, "..");

/** The source of `likeness-bytes.ts`, from the module's text. */
export async function buildLikeness(): Promise<string> {
  const { parseWat } = await wabt();
  const module = parseWat("likeness.wat", readFileSync(join(FOLDER, "likeness.wat"), "utf8"), {
    simd: true,
  });
  try {
    module.validate();
    const text = Buffer.from(module.toBinary({}).buffer).toString("base64url");
    return [
      "// Made by test/build-likeness.ts from likeness.wat; a test compares the bytes. Base64url.\n",
      `/** Length of the module. */\nexport const LIKENESS_BYTES = ${module.toBinary({}).buffer.length};\n`,
      `/** The module that \`createKeyIndex\` instantiates. */\nexport const LIKENESS_KERNEL =\n  "${text}";\n`,
    ].join("\n");
  } finally {
    module.destroy();
  }
}

if (process.argv[1] === import.meta.filename)
  writeFileSync(join(FOLDER, "likeness-bytes.ts"), await buildLikeness());
