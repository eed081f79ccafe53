import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { canonicalize, type Json, type JsonObject } from "@swoosh/kernel/values";
import type { Client } from "@swoosh/sdk";
import { hashOf, type Checkouts } from "./checkout.ts";
import { mustPropose, wordsOf } from "./council-duties.ts";
import { WorkProblem } from "./work-problem.ts";

export interface ProvisionDoors {
  readonly client: Client;
  readonly checkouts: Checkouts;
}

const SYMLINK = "120000";

/** Makes every asset of a project's environment, and answers the effect with their digests. The same again is fine. */
export async function provision(doors: ProvisionDoors, data: JsonObject): Promise<Json> {
  const { checkouts, client } = doors;
  const {
    content_hash: contentHash,
    effect,
    instance,
  } = wordsOf(data, ["content_hash", "effect", "instance"]);
  const names = Array.isArray(data["assets"]) ? data["assets"].map(String) : [];
  const unknown = names.find((name) => name !== "checkout");
  if (unknown !== undefined)
    throw new WorkProblem("unknown_asset", `this agent cannot make ${unknown}`);
  await checkouts.fetch(contentHash);
  const entries = await checkouts.entries(contentHash);
  const manifest = canonicalize({
    assets: names.map((name) => ({ digest: contentHash, files: entries.length, name })),
    kind: "swoosh.environment",
    platform: `${process.platform}-${process.arch}`,
  });
  const stored = await client.putEvidence(Buffer.from(manifest), {
    for: instance,
    name: "manifest of the environment",
  });
  await mustPropose(client, instance, "Environment_Installed", {
    assets: names.map((name) => ({ digest: contentHash, name })),
    effect,
    manifest: stored.hash,
  });
  return { manifest: stored.hash };
}

/** Is every file of the checkout still what its hash says? One that is not is not kept. */
export async function checkHealth({ checkouts }: ProvisionDoors, data: JsonObject): Promise<Json> {
  const { content_hash: contentHash } = wordsOf(data, ["content_hash"]);
  const folder = await checkouts.fetch(contentHash);
  for (const { hash, mode, path } of await checkouts.entries(contentHash)) {
    if (mode === SYMLINK) continue;
    const bytes = await readFile(join(folder, path)).catch(() => undefined);
    if (bytes !== undefined && hashOf(bytes) === hash) continue;
    await checkouts.discard(contentHash);
    return { ok: false, reason: `${path} is not as ingested` };
  }
  return { ok: true };
}
