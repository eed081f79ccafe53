import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { filesBelow, placeWithin } from "./files-below.ts";

const root = mkdtempSync(join(tmpdir(), "swoosh-below-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const checkout = join(root, "checkout");
mkdirSync(join(checkout, "dist"), { recursive: true });
mkdirSync(join(root, "keys"));
writeFileSync(join(checkout, "dist", "out.txt"), "out");
writeFileSync(join(root, "keys", "agent.pem"), "the key");
symlinkSync(join(root, "keys"), join(checkout, "keys"));
symlinkSync(join(root, "keys", "agent.pem"), join(checkout, "agent.pem"));
symlinkSync("dist", join(checkout, "also"));

async function found(path: string): Promise<readonly string[]> {
  const place = await placeWithin(checkout, path);
  return place === undefined ? [] : filesBelow(place);
}

it("finds files, also by links that stay in the checkout", async () => {
  expect(await found("dist")).toEqual([join(checkout, "dist", "out.txt")]);
  expect(await found("also/out.txt")).toEqual([join(checkout, "also", "out.txt")]);
  expect(await found("nothing/here")).toEqual([]);
  expect(await placeWithin(checkout, "nothing")).toBeUndefined();
});

it("finds nothing behind a link that leads out of the checkout", async () => {
  expect(await found("keys/agent.pem")).toEqual([]);
  expect(await found("keys")).toEqual([]);
  expect(await found("agent.pem")).toEqual([]);
});
