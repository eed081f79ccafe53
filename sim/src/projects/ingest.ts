import type { JsonObject } from "@swoosh/kernel";
import type { SeededRandom } from "@swoosh/kernel/testing";
import type { Project } from "@swoosh/server/driver";
import type { Wished } from "../workload.ts";
import { kept } from "./project-facts.ts";

/** Ingestion answers its effects; SHHH says what it thinks of the content: good where all is well, once. */
export function ingest(
  random: SeededRandom,
  project: Project,
  world: { readonly isWell: boolean; isKnownGood(contentHash: string): boolean },
): Wished | undefined {
  const { content_hash: contentHash, version } = project.context.ingestion;
  const content = kept(`content ${random.below(5)}`);
  const { id, instance } = project;
  const [fetch, validate, index] = ["fetch", "validate", "index"].map((name) =>
    project.effect(name),
  );
  const wished = (transition: string, inputs: JsonObject): Wished => ({
    wish: { instance, transition, inputs },
    signer: "ingest",
  });
  if (project.in("Ingestion.DISCOVER"))
    return wished("Ingestion_SourcesResolved", {
      sources: [{ kind: "directory", pin: "0".repeat(40), uri: "/s" }],
    });
  if (fetch !== undefined)
    return wished("Ingestion_BytesOk", {
      bytes: 1,
      content_hash: content,
      effect: fetch,
      files: 1,
    });
  if (validate !== undefined) {
    const isVerdictDue = world.isWell ? !world.isKnownGood(contentHash) : random.chance(50);
    if (isVerdictDue) {
      const isGood = random.chance(95) || world.isWell;
      const verdict = isGood ? "allow" : "deny";
      const inputs = { findings: 0, policy_version: 1, subject: contentHash, verdict };
      const wish = { instance: `policy/${id}`, transition: "Policy_Verdict", inputs };
      return { wish, signer: "shhh" };
    }
    return wished("Ingestion_SchemaOk", {
      content_hash: contentHash,
      effect: validate,
      findings: 0,
      policy_version: 1,
      problems: 0,
    });
  }
  if (index === undefined) return undefined;
  return wished("Ingestion_CorpusBuilt", {
    content_hash: contentHash,
    effect: index,
    index_hash: kept("index"),
    version,
  });
}
