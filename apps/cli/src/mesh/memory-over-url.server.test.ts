import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { EXIT } from "../exit-code.ts";
import { runSwoosh } from "../test/run-swoosh.ts";

const SWOOSH = fileURLToPath(new URL("../../bin/swoosh.mjs", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "swoosh-memory-url-"));
const children: ReturnType<typeof spawn>[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(root, { recursive: true, force: true });
});

/** The server of the folder, as a process. */
async function up(data: string): Promise<{ readonly url: string; kill(): Promise<void> }> {
  const child = spawn(process.execPath, [SWOOSH, "up", "--data", data, "--port", "0"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  children.push(child);
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  const { url }: { readonly url: string } = JSON.parse(String(line));
  return {
    url,
    async kill() {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

it("a memory that a server answered for is found after kill -9, after 30 % of the cells died, and by a command on the folder", async () => {
  const data = join(root, "data");
  const file = join(root, "notes.txt");
  writeFileSync(file, `${"alpha beta ".repeat(90)}\n\n${"gamma delta ".repeat(90)}\n`);
  const asked = (url: string) => [
    "--url",
    url,
    "--json",
    "--key",
    join(data, "keys", "operator.pem"),
  ];
  const first = await up(data);
  for (const what of ["the deploy key is in the blue box", file]) {
    const kept = await runSwoosh(["mesh", "remember", what, ...asked(first.url)]);
    expect([kept.code, kept.err]).toEqual([EXIT.ok, ""]);
  }
  // Whoever shows no key remembers nothing; this machine may recall.
  const refused = await runSwoosh(["mesh", "remember", "words", "--url", first.url]);
  expect(refused).toMatchObject({ code: EXIT.no, out: "" });
  await first.kill();

  const killed = await runSwoosh(["mesh", "cells", "--kill", "30", "--data", data, "--json"]);
  expect(JSON.parse(killed.out)).toMatchObject({ dead: 30, residents: expect.any(Number) });
  const second = await up(data);
  const recall = async (query: string, place: readonly string[]) =>
    JSON.parse((await runSwoosh(["mesh", "recall", query, "--json", ...place])).out);
  const found = await recall("where is the deploy key", ["--url", second.url]);
  expect(found).toMatchObject({ text: "the deploy key is in the blue box" });
  expect(await recall("gamma delta", asked(second.url))).toMatchObject({ source: file });
  // The server lets go of the folder between two questions.
  const beside = await recall("where is the deploy key", ["--data", data]);
  expect(beside).toMatchObject({ hash: found.hash, text: found.text });
  const nothing = await runSwoosh([
    "mesh",
    "recall",
    "key",
    "--url",
    second.url,
    "--for",
    "flag/none",
  ]);
  expect([nothing.code, nothing.out]).toEqual([EXIT.world, ""]);
  expect(nothing.err).toContain("flag/none");
  await second.kill();
});
