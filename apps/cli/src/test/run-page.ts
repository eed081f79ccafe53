import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { runSwoosh } from "./run-swoosh.ts";

const SWOOSH = fileURLToPath(new URL("../../bin/swoosh.mjs", import.meta.url));
/** A block of commands, and the exit code that its one command must have where the page says so. */
const BLOCK = /^```sh(?: exit=(\d+))?\n([\s\S]*?)^```$/gmu;

/** The commands of a page, each with the exit code that it must have. */
export function commandsOf(
  page: string,
): readonly { readonly line: string; readonly code: number }[] {
  return [...page.matchAll(BLOCK)].flatMap(([, code = "0", body = ""]) =>
    body
      .replaceAll("\\\n", " ")
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => ({ line, code: Number(code) })),
  );
}

export interface PageRun {
  /** 0 where every command ended as the page says. */
  readonly code: number;
  readonly out: string;
}

/**
 * Runs the commands of a page in one bash, in order, in a folder of their own. `npx swoosh` is this very program: in this
 * process, but for a server, and a follower in the background: those are processes, and are ended with the page.
 */
export async function runPage(
  path: string,
  {
    folder,
    variables,
  }: { readonly folder: string; readonly variables: Readonly<Record<string, string>> },
): Promise<PageRun> {
  const place = mkdtempSync(join(folder, "page-"));
  const runner = createServer((request, response) => {
    void (async () => {
      const argv = (await text(request)).split("\0").slice(0, -1);
      const { code, err, out } = await runSwoosh(argv);
      writeFileSync(join(place, ".out"), out);
      writeFileSync(join(place, ".err"), err);
      response.end(String(code));
    })();
  });
  await new Promise<void>((resolve) => runner.listen(0, "127.0.0.1", resolve));
  const address = runner.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  const script = [
    "set -u",
    `npx() { shift; if [ "$1" = up ] || { [ "$1" = follow ] && [ $BASHPID != $$ ]; }`,
    `  then exec "${process.execPath}" "${SWOOSH}" "$@"; fi`,
    `  local code; code=$(printf '%s\\0' "$@" | curl -sS --data-binary @- http://127.0.0.1:${port}/)`,
    "  cat .out; cat .err >&2; return $code; }",
    "trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT",
    'must() { if [ $1 -ne $2 ]; then echo "exit $1, and the page says $2: $3"; exit 1; fi; }',
    ...commandsOf(readFileSync(path, "utf8")).flatMap(({ code, line }) =>
      line.endsWith("&")
        ? [line]
        : [line, `must $? ${code} ${JSON.stringify(line).replaceAll("$", "\\$")}`],
    ),
  ].join("\n");
  try {
    const child = spawn("bash", ["-c", script], {
      cwd: place,
      env: { ...process.env, ...variables, NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [out, err, code] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise<number>((resolve) => child.once("close", (ended) => resolve(ended ?? -1))),
    ]);
    return { code, out: out + err };
  } finally {
    runner.closeAllConnections();
    await new Promise((resolve) => runner.close(resolve));
  }
}
