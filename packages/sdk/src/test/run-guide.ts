import { readFileSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import process from "node:process";
import { run, type ClientRun } from "./run-client.ts";

const GUIDE = new URL("../../../../docs/sdk.md", import.meta.url);

/** Runs the blocks of `docs/sdk.md` as one program against a fresh server with the order chart. */
export function runGuide(given: {
  /** Where the program may be written. */
  readonly folder: string;
  readonly url: string;
  readonly key: string;
}): Promise<ClientRun> {
  const door = new URL("../index.ts", import.meta.url).href;
  const program = blocks("ts").join("\n").replace('"@swoosh/sdk"', JSON.stringify(door));
  const file = join(given.folder, "guide.mjs");
  writeFileSync(file, stripTypeScriptTypes(program));
  const env = { SWOOSH_URL: given.url, SWOOSH_KEY: given.key, NO_COLOR: "1" };
  return run([process.execPath, file], { env });
}

/** What the page says that it prints. */
export function guideOutput(): string {
  return blocks("text").join("");
}

function blocks(language: string): readonly string[] {
  const guide = readFileSync(GUIDE, "utf8");
  return [...guide.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "gm"))].map(
    ([, code]) => code ?? "",
  );
}
