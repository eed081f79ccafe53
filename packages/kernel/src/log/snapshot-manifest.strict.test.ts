import { describe, expect, it } from "vitest";
import { hashOfCanonical } from "../hash.ts";
import { canonicalize } from "../json/canonical.ts";
import type { Json } from "../json/json.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import { createManifest, decodeManifest, encodeManifest } from "./snapshot-manifest.ts";
import { takeSnapshot } from "./test/take-snapshot.ts";
import { sampleFacts, sampleHead } from "./test/sample-document.ts";

const heads = Array.from({ length: 70 }, (_, id) => sampleHead(id));
const { manifest: TEXT, decoded: MANIFEST } = takeSnapshot(
  nodeHasher,
  { facts: sampleFacts(), heads },
  null,
);

/** A manifest with fields changed and its checksum mended, in canonical form. */
function forged(change: (fields: Record<string, Json>) => void): string {
  const { checksum: _, ...fields } = JSON.parse(TEXT) as Record<string, Json>;
  change(fields);
  const checksum = hashOfCanonical(nodeHasher, canonicalize(fields));
  return canonicalize({ ...fields, checksum });
}

function problemOf(text: string): string {
  const decoded = decodeManifest(nodeHasher, text);
  return decoded.ok ? "ok" : `${decoded.place}: ${decoded.problem}`;
}

describe("manifest", () => {
  it("comes back, with all that recovery needs", () => {
    const decoded = decodeManifest(nodeHasher, TEXT);
    expect(decoded).toEqual({ ok: true, manifest: MANIFEST });
    expect(decoded.ok && encodeManifest(decoded.manifest)).toBe(TEXT);
    const { charts, ...facts } = sampleFacts();
    expect(MANIFEST).toMatchObject(facts);
    expect(MANIFEST.charts).toEqual(charts.toReversed());
    expect(forged(() => {})).toBe(TEXT);
  });

  it("is the same for the same facts, in whatever order charts and fields come", () => {
    const facts = sampleFacts();
    const { at, ...rest } = facts;
    const shuffled = {
      ...rest,
      at,
      charts: facts.charts.toReversed(),
      bounds: { behindMs: 120_000, aheadMs: 60_000 },
    };
    expect(encodeManifest(createManifest(nodeHasher, shuffled, MANIFEST.chunks))).toBe(TEXT);
  });

  it("is refused with any character changed or cut", () => {
    for (let at = 0; at < TEXT.length; at += 3) {
      const other = TEXT.charAt(at) === "7" ? "6" : "7";
      expect(problemOf(TEXT.slice(0, at) + other + TEXT.slice(at + 1))).not.toBe("ok");
      expect(problemOf(TEXT.slice(0, at))).not.toBe("ok");
    }
  });

  it("is refused where its parts do not fit together, though the checksum is right", () => {
    const [first, second] = MANIFEST.chunks;
    if (first === undefined || second === undefined) throw new Error("chunks");
    const chunk = (over: object): Json => ({ ...first, ...over });
    const cases: [string, (fields: Record<string, Json>) => void][] = [
      [
        "manifest.lastAppliedIndex: must be an integer from 0 on; it is missing",
        (f) => delete f["lastAppliedIndex"],
      ],
      ["manifest.surplus: unknown field", (f) => (f["surplus"] = 1)],
      ["manifest.format: must be 1; it is 2", (f) => (f["format"] = 2)],
      ["manifest.frontier: is none of a tree of 6 leaves", (f) => (f["lastAppliedIndex"] = 5)],
      [
        "manifest.frontier: is none of a tree of 5 leaves",
        (f) => (f["frontier"] = { hashes: ["01".repeat(32)], size: 5 }),
      ],
      ["manifest.chunks[0]: holds no document", (f) => (f["chunks"] = [chunk({ count: 0 })])],
      ["manifest.chunks[1]: is out of order", (f) => (f["chunks"] = [{ ...second }, { ...first }])],
      ["manifest.chunks[1]: is out of order", (f) => (f["chunks"] = [{ ...first }, { ...first }])],
      [
        "overlaps the chunk before it",
        (f) => (f["chunks"] = [chunk({ prefix: "a" }), chunk({ prefix: "ab" })]),
      ],
      [
        "overlaps the chunk before it",
        (f) => (f["chunks"] = [chunk({ prefix: "" }), chunk({ prefix: "a" })]),
      ],
      [
        "manifest.chunks[0].prefix: must be a prefix",
        (f) => (f["chunks"] = [chunk({ prefix: "A" })]),
      ],
      [
        "manifest.charts[1]: must come after",
        (f) => (f["charts"] = [{ ...MANIFEST.charts[1] }, { ...MANIFEST.charts[0] }] as Json),
      ],
      [
        'manifest.charts[1]: is a second current chart "item"',
        (f) => (f["charts"] = MANIFEST.charts.map((chart) => ({ ...chart, current: true }))),
      ],
      ["manifest.flags[1]: must come after 2", (f) => (f["flags"] = [2, 1])],
    ];
    for (const [problem, change] of cases) expect(problemOf(forged(change))).toContain(problem);
    expect(
      problemOf(forged((f) => (f["chunks"] = [chunk({ prefix: "ab" }), chunk({ prefix: "b" })]))),
    ).toBe("ok");
    expect(problemOf(forged((f) => (f["chunks"] = [])))).toBe("ok");
    expect(problemOf(`${TEXT}\n`)).toBe("manifest: its bytes are not canonical JSON");
    expect(problemOf("")).toContain("manifest");
    expect(problemOf("null")).toContain("must be an object");
    expect(problemOf(TEXT.replace(MANIFEST.checksum, `sha256-${"0".repeat(64)}`))).toContain(
      "manifest.checksum: is sha256-000",
    );
  });
});
