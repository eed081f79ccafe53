import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runSwoosh } from "./test/run-swoosh.ts";

const folder = mkdtempSync(join(tmpdir(), "swoosh-search-"));
const data = join(folder, "data");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A data folder with two projects; one of them has content, and an index of it. */
beforeAll(async () => {
  const { initNode } = await import("../../server/src/node/init-node.ts");
  const { openNode } = await import("../../server/src/node/open-node.ts");
  const { asOperator, registerIdentity } =
    await import("../../server/src/projects/service-identities.ts");
  const { proposeAs } = await import("../../server/src/projects/propose-as.ts");
  const { PrivateKey } = await import("../../server/src/keys/private-key.ts");
  const { createIngester } = await import("../../server/src/ingest/create-ingester.ts");
  const { PolicyScanner } = await import("../../server/src/providers/shhh/policy-scanner.ts");
  const { SHIPPED_RULES } = await import("../../server/src/providers/shhh/shipped-rules.ts");
  await initNode({ folder: data });
  const node = await openNode({ folder: data });
  const key = PrivateKey.generate();
  const roles = ["controller", "ingest"].map((role) => ({ role, scope: "project/*" }));
  await registerIdentity(node, { name: "ingest", key: key.identity, kind: "service", roles });
  const operator = asOperator(node);
  const ingest = proposeAs(node, key);
  const must = async (answer: ReturnType<typeof ingest>): Promise<void> => {
    expect(await answer).toMatchObject({ ok: true });
  };
  const now = node.clock.now();
  const licence = { grace_ms: 1, observed_at: now, source: "local", subject: "a" };
  await must(
    operator("license/main", "License_Granted", { ...licence, valid_until: now + 3_600_000 }),
  );
  const config = node.blobs.save(Buffer.from("{}"));
  const begun = { config_hash: config, identities: ["driver", "ingest"] };
  await must(operator("project/empty", "Boot_ConfigOk", begun));
  await must(operator("project/full", "Boot_ConfigOk", begun));
  await must(ingest("project/full", "Boot_Licensed"));
  mkdirSync(join(folder, "source"));
  writeFileSync(join(folder, "source", "tide.md"), "one\nThe tide closes a class.\n");
  const ingester = createIngester({
    admit: async () => ({ addresses: [] }),
    blobs: node.blobs,
    scanner: new PolicyScanner(SHIPPED_RULES, () => ""),
    indexFolder: join(data, "index"),
    folder,
  });
  const sources = await ingester.resolve("source");
  const { bytes, contentHash, files } = await ingester.fetch("source", sources);
  await ingester.index(contentHash);
  const pins = sources.map((one) => ({ ...one }));
  await must(ingest("project/full", "Ingestion_SourcesResolved", { sources: pins }));
  await must(
    ingest("project/full", "Ingestion_BytesOk", { bytes, content_hash: contentHash, files }),
  );
  await node.close();
});

const search = (...argv: string[]) => runSwoosh(["search", ...argv, "--data", data]);

it("finds files by words and phrases, as text and as JSON", async () => {
  const told = await search("closes a class", "tid*", "--instance", "project/full");
  expect(told).toEqual({ code: 0, err: "", out: "tide.md:2  one The [tide] [closes a class].\n" });
  const json = await search("tide", "--instance", "project/full", "--json");
  expect(JSON.parse(json.out)).toMatchObject({
    path: "tide.md",
    line: 2,
    hash: expect.stringMatching(/^sha256-/),
  });
});

it("says what is missing: words, content, a project, or which of several", async () => {
  const said = async (...argv: string[]): Promise<readonly unknown[]> => {
    const { code, err } = await search(...argv);
    return [code, err];
  };
  expect(await said("nowhere", "--instance", "project/full")).toEqual([
    1,
    "swoosh: no file of project/full has nowhere\n",
  ]);
  expect(await said("tide", "--instance", "project/empty")).toEqual([
    1,
    "swoosh: project/empty has no content yet\n",
  ]);
  expect(await said("tide", "--instance", "project/gone")).toEqual([
    1,
    expect.stringContaining("there is no project/gone"),
  ]);
  expect(await said("tide")).toEqual([
    1,
    expect.stringContaining(
      "there are 2 projects; --instance names one: project/empty, project/full",
    ),
  ]);
  expect(await said("tide", "--limit", "x")).toEqual([2, expect.stringContaining("--limit")]);
});
