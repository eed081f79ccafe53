import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatUcxl, parseUcxl, type UcxlTemporal } from "./ucxl.ts";

describe("UCXL addresses", () => {
  const times: readonly (readonly [string, UcxlTemporal])[] = [
    ["*^", { type: "latest" }],
    ["*~", { type: "any" }],
    ["*~0", { type: "specific", count: 0 }],
    ["*~17", { type: "specific", count: 17 }],
    ["~~3", { type: "relative", count: 3, direction: "backward" }],
    ["^^2", { type: "relative", count: 2, direction: "forward" }],
  ];

  it.each(times)("know the time %s", (text, temporal) => {
    const raw = `ucxl://swoosh:operator@acme:project/${text}/records/41`;
    const parsed = parseUcxl(raw);
    expect(parsed).toEqual({
      ok: true,
      address: {
        agent: "swoosh",
        role: "operator",
        project: "acme",
        task: "project",
        path: "records/41",
        raw,
        temporal,
      },
    });
    if (parsed.ok) expect(formatUcxl(parsed.address)).toBe(raw);
  });

  it("are read where they are used in the wild", () => {
    for (const raw of [
      "ucxl://chorus-agent:arbiter@backbeat:tempo-calibration/*^/decisions/tempo-1bpm",
      "ucxl://any:any@any:any/*^/",
      "ucxl://a_b:c-d@E:f/~~1/docs/a.b/2025-09-06-x.md",
    ])
      expect(parseUcxl(raw).ok, raw).toBe(true);
  });

  const refused: readonly (readonly [string, string])[] = [
    ["", "address"],
    ["http://a:b@c:d/*^/", "address"],
    ["UCXL://a:b@c:d/*^/", "address"],
    // The seed's own example has no task.
    ["ucxl://chorus:spec@council/*^/x", "task"],
    ["ucxl://a@c:d/*^/", "role"],
    ["ucxl://a:b:c@c:d/*^/", "role"],
    ["ucxl://a:b@c:d@e:f/*^/", "address"],
    ["ucxl://:b@c:d/*^/", "agent"],
    ["ucxl://a:@c:d/*^/", "role"],
    ["ucxl://a:b@:d/*^/", "project"],
    ["ucxl://a:b@c:/*^/", "task"],
    ["ucxl://a:*@c:d/*^/", "role"],
    ["ucxl://a:b@c:d", "temporal"],
    ["ucxl://a:b@c:d/*^", "temporal"],
    ["ucxl://a:b@c:d/#/x", "temporal"],
    ["ucxl://a:b@c:d/~~/x", "temporal"],
    ["ucxl://a:b@c:d/^^-1/x", "temporal"],
    ["ucxl://a:b@c:d/*~99999999999999999999/x", "temporal"],
    ["ucxl://a:b@c:d/2025-01-01T00:00:00Z/x", "temporal"],
    ["ucxl://a:b@c:d/*^/x y", "path"],
    ["ucxl://a:b@c:d/*^/x?q=1", "path"],
    ["ucxl://a:b@c:d/*^/x#f", "path"],
    ["ucxl://ä:b@c:d/*^/x", "agent"],
    [`ucxl://a:b@c:d/*^/${"x".repeat(512)}`, "address"],
  ];

  it.each(refused)("are refused: %s, because of %s", (raw, field) => {
    expect(parseUcxl(raw)).toMatchObject({ ok: false, field, raw });
  });

  it("never throw, and go round", () => {
    expect.hasAssertions();
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((end) => `ucxl://a:b@c:d/*^/${end}`),
        ),
        (raw) => {
          const parsed = parseUcxl(raw);
          if (parsed.ok) expect(parseUcxl(formatUcxl(parsed.address))).toEqual(parsed);
        },
      ),
      { seed: 7 },
    );
  });
});
