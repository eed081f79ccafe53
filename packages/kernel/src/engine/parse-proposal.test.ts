import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ABSENT_HASH, valueHash } from "../hash.ts";
import { canonicalize } from "../json/canonical.ts";
import type { Json, JsonObject } from "../json/json.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import { createTestSigner } from "../testing/test-crypto.ts";
import { parseProposal } from "./parse-proposal.ts";

const ORIGIN = "test/00112233445566778899aabbccddeeff";
const signer = createTestSigner(nodeHasher, "alice");

function wire(changes: { readonly [field: string]: Json | undefined } = {}): JsonObject {
  const inputs: Json = changes["inputs"] ?? {};
  const all: { readonly [field: string]: Json | undefined } = {
    origin: ORIGIN,
    instance: "order/1",
    current_state_hash: ABSENT_HASH,
    transition: "Order_Add",
    inputs,
    inputs_hash: valueHash(nodeHasher, inputs),
    signer: signer.key,
    idem_key: "goal:1:add:uuid",
    hlc: "2026-01-01T00:00:00.000+00:00#0",
    signature: "A".repeat(86),
    ...changes,
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function parse(request: string | JsonObject) {
  return parseProposal(request, { hasher: nodeHasher, origin: ORIGIN });
}

function codeOf(request: string | JsonObject): string {
  const parsed = parse(request);
  return parsed.ok ? "ok" : parsed.refused.code;
}

function reasonsOf(request: string | JsonObject): readonly string[] {
  const parsed = parse(request);
  return parsed.ok ? [] : parsed.refused.reasons;
}

describe("the edge of proposals", () => {
  it("takes a proposal as text and as value, in canonical order, without inputs and signature", () => {
    const value = wire({
      inputs: { b: 1, a: [null, "ü"] },
      evidence: ["ucxl://a", `sha256-${"a".repeat(64)}`],
      justification: "why",
      window_id: "backbeat:7",
    });
    const parsed = parse(JSON.stringify(value));
    expect(parsed).toEqual(parse(value));
    if (!parsed.ok) throw new Error(parsed.refused.reasons.join());
    const { signed } = parsed;
    expect(JSON.stringify(signed.proposal)).toBe(canonicalize({ ...signed.proposal }));
    expect(signed.bodyText).toBe(canonicalize({ ...signed.proposal }));
    expect(JSON.stringify(signed.inputs)).toBe('{"a":[null,"ü"],"b":1}');
    expect(Object.keys(signed.proposal)).toEqual([
      "current_state_hash",
      "evidence",
      "hlc",
      "idem_key",
      "inputs_hash",
      "instance",
      "justification",
      "origin",
      "signer",
      "transition",
      "window_id",
    ]);
    expect(signed.signature).toBe("A".repeat(86));
  });

  it("needs neither instance nor inputs", () => {
    const parsed = parse(
      wire({ instance: undefined, inputs: undefined, inputs_hash: valueHash(nodeHasher, {}) }),
    );
    expect(parsed.ok && parsed.signed.inputs).toEqual({});
    expect(parsed.ok && "instance" in parsed.signed.proposal).toBe(false);
  });

  it("refuses in the order of precedence", () => {
    const huge = { text: "x".repeat(32_760) };
    const faults: readonly (readonly [string, { readonly [field: string]: Json | undefined }])[] = [
      ["malformed", { transition: "@seal" }],
      ["too_large", { inputs: huge, inputs_hash: ABSENT_HASH }],
      ["wrong_origin", { origin: "other/1" }],
      ["inputs_mismatch", { inputs_hash: ABSENT_HASH }],
      ["unsigned", { signature: undefined }],
    ];
    for (const [at, [code, change]] of faults.entries()) {
      expect(codeOf(wire(change))).toBe(code);
      // With every later fault too, the earlier one is told.
      const all = Object.assign(
        {},
        ...faults
          .slice(at)
          .toReversed()
          .map(([, later]) => later),
      );
      expect(codeOf(wire({ ...all, ...change }))).toBe(code);
    }
    expect(codeOf(wire({ signature: "" }))).toBe("unsigned");
    expect(codeOf(wire({ signature: "AAAA" }))).toBe("bad_signature");
    expect(codeOf(wire({ signature: "A".repeat(85) + "B" }))).toBe("bad_signature");
    expect(codeOf(wire({ signature: "A".repeat(85) + "B", inputs_hash: ABSENT_HASH }))).toBe(
      "inputs_mismatch",
    );
  });

  it("bounds the body and the inputs in bytes", () => {
    const padded = (bytes: number) => {
      const empty = JSON.stringify(wire());
      return empty + " ".repeat(bytes - empty.length);
    };
    expect(codeOf(padded(65_536))).toBe("ok");
    expect(codeOf(padded(65_537))).toBe("too_large");
    // Characters of three bytes each: short enough as text, too long as bytes.
    expect(codeOf(padded(40_000).replace("goal:1", "€".repeat(20_000)))).toBe("too_large");
    const inputs = (bytes: number) => wire({ inputs: { t: "x".repeat(bytes - 8) } });
    expect(codeOf(inputs(32_768))).toBe("ok");
    expect(codeOf(inputs(32_769))).toBe("too_large");
    expect(codeOf(wire({ inputs: { t: "ü".repeat(16_380) } }))).toBe("ok");
    expect(codeOf(wire({ inputs: { t: "ü".repeat(16_381) } }))).toBe("too_large");
    expect(codeOf(wire({ inputs: { t: "x".repeat(70_000) } }))).toBe("too_large");
  });

  const WRONG: readonly (readonly [field: string, values: readonly Json[]])[] = [
    ["origin", ["", 1, null]],
    [
      "instance",
      [
        "order",
        "order/",
        "/1",
        "Order/1",
        "order/a.b",
        "order/1/2",
        `a/${"x".repeat(129)}`,
        `${"a".repeat(33)}/1`,
        1,
      ],
    ],
    [
      "current_state_hash",
      ["", "sha256-", `sha256-${"A".repeat(64)}`, `sha512-${"a".repeat(64)}`, 0],
    ],
    ["transition", ["", "@genesis", "1a", "a-b", "a".repeat(65), "ä", 1]],
    ["inputs", [[], "{}", null, 1]],
    ["inputs_hash", ["x", 1]],
    [
      "signer",
      [
        "",
        "hmmm:pubkey:",
        `hmmm:pubkey:${"A".repeat(42)}`,
        `hmmm:pubkey:${"A".repeat(44)}`,
        `hmmm:pubkey:${"A".repeat(42)}B`,
        `hmm:pubkey:${"A".repeat(43)}`,
        1,
      ],
    ],
    [
      "idem_key",
      [
        "",
        "a:b:c",
        "a:b:c:d:e",
        ":b:c:d",
        "a::c:d",
        "a:b::d",
        "a:b:c:",
        "@:1:x:0",
        `${"x".repeat(195)}:1:a:b`,
        `${"ü".repeat(98)}:1:a:b`,
        1,
      ],
    ],
    [
      "hlc",
      [
        "",
        "2026-01-01T00:00:00.000Z#0",
        "2026-01-01T00:00:00.000+00:00#2147483648",
        "2026-02-30T00:00:00.000+00:00#0",
        1,
      ],
    ],
    [
      "window_id",
      ["", "backbeat:", "a".repeat(31), "g".repeat(32), `backbeat:${"x".repeat(192)}`, 1],
    ],
    [
      "evidence",
      [
        "ucxl://x",
        [1],
        ["http://x"],
        ["https://"],
        ["sha256-x"],
        [`https://${"x".repeat(505)}`],
        Array.from({ length: 65 }, () => "ucxl://x"),
      ],
    ],
    ["justification", ["x".repeat(2_001), "😀".repeat(2_001), 1]],
    ["signature", [1, null, []]],
  ];

  it.each(WRONG)("refuses a wrong %s and names it", (field, values) => {
    for (const value of values) {
      const request = wire({ [field]: value });
      expect([value, codeOf(request)]).toEqual([value, "malformed"]);
      expect(reasonsOf(request)[0]).toMatch(new RegExp(`^${field}: `, "u"));
    }
  });

  const RIGHT: readonly (readonly [field: string, values: readonly Json[]])[] = [
    ["instance", ["a/1", `${"a".repeat(32)}/${"x".repeat(128)}`, "a_-9/A-_9"]],
    ["transition", ["A", "a".repeat(64), "A_9"]],
    ["idem_key", ["a:b:c:d", `${"x".repeat(194)}:1:a:b`, `${"ü".repeat(97)}:1:a:b`]],
    ["hlc", ["2026-01-01T00:00:00.000+00:00#0007", "2026-01-01T00:00:00.000+00:00#2147483647"]],
    ["window_id", [`backbeat:${"x".repeat(191)}`, "0123456789abcdefABCDEF0123456789"]],
    [
      "evidence",
      [
        [],
        Array.from({ length: 64 }, () => "ucxl://x"),
        [`https://${"x".repeat(504)}`, "bubble://y"],
      ],
    ],
    ["justification", ["", "x".repeat(2_000), "😀".repeat(2_000)]],
  ];

  it.each(RIGHT)("takes every %s up to its bounds", (field, values) => {
    for (const value of values) expect(reasonsOf(wire({ [field]: value }))).toEqual([]);
  });

  it("names every missing, unknown and wrong field at once", () => {
    const { origin: _, hlc: __, ...rest } = wire({ transition: 1 });
    expect(reasonsOf({ ...rest, colour: "red" })).toEqual([
      '"colour" is no field of a proposal',
      "hlc: required, but missing",
      "origin: required, but missing",
      expect.stringContaining("transition: "),
    ]);
    for (const field of Object.keys(wire())) {
      const code = codeOf(wire({ [field]: undefined }));
      expect([field, code]).toEqual([
        field,
        field === "signature"
          ? "unsigned"
          : ["instance", "inputs"].includes(field)
            ? "ok"
            : "malformed",
      ]);
    }
  });

  it("tells at most eight reasons", () => {
    const names = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`x${n}`, n]));
    expect(reasonsOf({ ...wire(), ...names })).toHaveLength(8);
  });

  it("refuses what is no strict JSON object, naming the place", () => {
    for (const text of [
      "",
      "{",
      "[]",
      "null",
      '"x"',
      "{}{}",
      '{"a":1,"a":2}',
      '{"a":1.5}',
      '{"a":-0}',
      '{"a":1e3}',
    ])
      expect([text, codeOf(text)]).toEqual([text, "malformed"]);
    const text = JSON.stringify(wire()).replace('"inputs":{}', '"inputs":{"n":1.5}');
    expect(reasonsOf(text)[0]).toMatch(/^inputs\.n: .*line 1/u);
    const value = wire({ inputs: { n: 1.5 } });
    expect(reasonsOf(value)[0]).toMatch(/^inputs\.n: /u);
  });

  it("answers whatever the text is", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.jsonValue().map((value) => JSON.stringify({ ...wire(), inputs: value })),
        ),
        (text) => {
          const parsed = parse(text);
          expect(parsed.ok || parsed.refused.reasons.length > 0).toBe(true);
        },
      ),
    );
  });
});
