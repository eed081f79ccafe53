// A program: an agent's provisioning or look at its health, in a process of its own: `fork(provision-stepwise.ts, [folder, work, data])`.
// It asks its parent before each of its effects, calls and changes of its disk alike, waits until it may go on, and tells when it is done.
// So it can be killed between any two, also in the middle of a file or of a removal.
import {
  appendFileSync,
  chmodSync,
  lstatSync,
  mkdirSync,
  promises,
  readdirSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import process from "node:process";
import type { Json } from "@swoosh/kernel/values";
import { Checkouts, removeHalfMade } from "../checkout.ts";
import { checkHealth, provision } from "../provision.ts";
import { clientOver, type Call } from "./provision-server.ts";

export type Work = "provision" | "health";

/** What it tells: the effect that is next, that it is done, and in the end what came of the work. */
export type FromAgent =
  | { readonly next: string; readonly step: number; readonly call?: Call }
  | { readonly did: number }
  | { readonly end: Json };
/** What it takes: it may go on, with what the server answered. */
export interface ToAgent {
  readonly step: number;
  readonly answer: unknown;
}

const waiting = new Map<number, (answer: unknown) => void>();
let steps = 0;
process.on("message", ({ step, answer }: ToAgent) => waiting.get(step)?.(answer));
// Nobody is left who could let it go on.
process.on("disconnect", () => process.exit(1));

function tell(message: FromAgent): void {
  process.send?.(message);
}

async function asked(next: string, call?: Call): Promise<{ step: number; answer: unknown }> {
  const step = (steps += 1);
  const answer = new Promise<unknown>((resolve) => waiting.set(step, resolve));
  tell({ next, step, ...(call === undefined ? {} : { call }) });
  return { step, answer: await answer };
}

/** One change of the disk; nothing else of this process happens within. */
async function change(next: string, act: () => void): Promise<void> {
  const { step } = await asked(next);
  act();
  tell({ did: step });
}

/** Entry by entry, as a removal is done. */
async function remove(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isDirectory()) return change(`unlink ${path}`, () => unlinkSync(path));
  for (const name of readdirSync(path).toSorted()) await remove(join(path, name));
  await change(`rmdir ${path}`, () => rmdirSync(path));
}

/** The file is there, with half of its bytes, before it has them all. */
async function write(path: string, bytes: Uint8Array, options: { flag: string }): Promise<void> {
  const half = bytes.length >> 1;
  await change(`begin ${path}`, () => writeFileSync(path, bytes.subarray(0, half), options));
  await change(`write ${path}`, () => appendFileSync(path, bytes.subarray(half)));
}

Object.assign(promises, {
  chmod: (path: string, mode: number) => change(`chmod ${path}`, () => chmodSync(path, mode)),
  mkdir: (path: string, options: { recursive: true }) =>
    change(`mkdir ${path}`, () => void mkdirSync(path, options)),
  rename: (from: string, to: string) => change(`rename ${from}`, () => renameSync(from, to)),
  rm: remove,
  symlink: (to: string, path: string) => change(`link ${path}`, () => symlinkSync(to, path)),
  writeFile: write,
});
syncBuiltinESMExports();

const [folder = "", work = "", data = "{}"] = process.argv.slice(2);
const client = clientOver(async (call) => (await asked(call.kind, call)).answer);
const doors = { client, checkouts: new Checkouts(client, folder) };
// As an agent begins.
await removeHalfMade(folder);
try {
  const act = work === "provision" ? provision : checkHealth;
  tell({ end: await act(doors, JSON.parse(data)) });
} catch (error) {
  tell({ end: error instanceof Error ? error.message : String(error) });
}
process.disconnect();
