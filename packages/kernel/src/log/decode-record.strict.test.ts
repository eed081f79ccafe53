import { describe, expect, it } from "vitest";
import { canonicalize } from "../json/canonical.ts";
import type { Json } from "../json/json.ts";
import { RECORD_BYTES_MAX } from "../limits.ts";
import { decodeRecord } from "./decode-record.ts";
import { encodeRecord } from "./encode-record.ts";
import type { LogRecord } from "./record.ts";
import { sampleRecord } from "./test/sample-record.ts";

type Path = readonly (string | number)[];

function problemOf(text: string): string {
  const decoded = decodeRecord(text);
  return decoded.ok ? "ok" : `${decoded.place}: ${decoded.problem}`;
}

/** The sample's plain value. */
function plain(): Json {
  return JSON.parse(encodeRecord(sampleRecord())) as Json;
}

/** A copy with the member at `path` replaced, or deleted where `value` is undefined. */
function withAt(root: Json, path: Path, value: Json | undefined): Json {
  const copy = structuredClone(root);
  let holder = copy as { [key: string]: Json };
  for (const key of path.slice(0, -1)) holder = holder[key] as { [key: string]: Json };
  const last = String(path.at(-1));
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return copy;
}

/** Every member of every object of a value, by path, but not below `inputs` and `with`: those are free JSON. */
function membersOf(value: Json, path: Path = []): Path[] {
  if (Array.isArray(value))
    return value.flatMap((item, at) => membersOf(item as Json, [...path, at]));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    const here = [...path, key];
    return key === "inputs" || key === "with" ? [here] : [here, ...membersOf(member, here)];
  });
}

function textOf(path: Path): string {
  return path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : `${text}.${key}`),
    "record",
  );
}

const OPTIONAL = new Set([
  "record.now",
  "record.inputs_ref",
  "record.proposal.evidence",
  "record.proposal.instance",
  "record.proposal.justification",
  "record.proposal.window_id",
  "record.raised[1].failed",
]);

describe("decodeRecord", () => {
  it("gives back what was encoded, which is canonical JSON", () => {
    const { now: _now, ...atOnce } = sampleRecord();
    const { inputs: _inputs, ...bare } = atOnce;
    const genesis = { ...atOnce, index: 0, prev: "0".repeat(64) };
    for (const record of [sampleRecord(), atOnce, genesis]) {
      const text = encodeRecord(record);
      expect(text).toBe(canonicalize(JSON.parse(text) as Json));
      expect(decodeRecord(text)).toEqual({ ok: true, record });
    }
    const redacted = { ...bare, inputs_ref: sampleRecord().post };
    const text = canonicalize(redacted as unknown as Json);
    expect(decodeRecord(text)).toEqual({ ok: true, record: redacted });
  });

  it("misses every field that is not there, and names it", () => {
    const paths = membersOf(plain());
    expect(paths.length).toBe(75);
    for (const path of paths) {
      const text = canonicalize(withAt(plain(), path, undefined));
      expect(problemOf(text)).toContain(problemWithout(textOf(path)));
    }
  });

  function problemWithout(place: string): string {
    if (OPTIONAL.has(place)) return "ok";
    if (place === "record.inputs") return "record.inputs: exactly one of";
    if (place.endsWith(".due.beat")) return `${place.replace("beat", "at")}: must be `;
    return `${place}: must be `;
  }

  it("refuses a value of another type in every field, and names it", () => {
    for (const path of membersOf(plain())) {
      const place = textOf(path);
      const isFree = path.at(-1) === "with";
      for (const wrong of [null, 0.5, -1, "~", {}, [[]], true, 7]) {
        const value = withAt(plain(), path, wrong);
        const problem = problemOf(canonicalize(value));
        const fits = (isFree && wrong !== 0.5) || isOfShape(path, wrong);
        expect(problem.startsWith(fits ? "ok" : place) ? place : problem).toBe(place);
      }
    }
  });

  /** What the loop above puts where it fits by chance. */
  function isOfShape(path: Path, wrong: Json): boolean {
    const name = String(path.at(-1));
    const counts = ["at", "beat", "fence", "index", "now", "seq"];
    const texts = [
      "effect",
      "event",
      "failed",
      "guard",
      "id",
      "idem_key",
      "justification",
      "name",
      "origin",
      "owner",
      "state",
      "window_id",
    ];
    if (wrong === 7) return counts.includes(name);
    if (wrong === "~") return texts.includes(name);
    if (wrong === true) return ["ok", "taken"].includes(name);
    return name === "inputs" && JSON.stringify(wrong) === "{}";
  }

  it("refuses unknown fields anywhere but in free JSON", () => {
    const objects = [
      [],
      ["effects"],
      ["effects", "opened", 0],
      ["effects", "opened", 0, "due"],
      ["outcomes", 0],
    ];
    const more = [
      ["parts", 0],
      ["parts", 0, "effects", "opened", 0, "due"],
      ["proposal"],
      ["raised", 0],
      ["reads", 1],
    ];
    for (const path of [...objects, ...more] as Path[]) {
      const text = canonicalize(withAt(plain(), [...path, "zz"], 1));
      expect(problemOf(text)).toBe(`${textOf(path)}.zz: unknown field`);
    }
    expect(problemOf(canonicalize(withAt(plain(), ["inputs", "zz"], 1)))).toBe("ok");
    const both = withAt(plain(), ["effects", "opened", 0, "due"], { at: 1, beat: 2 });
    expect(problemOf(canonicalize(both))).toBe("record.effects.opened[0].due.at: unknown field");
  });

  it("refuses every wrong form of a name, hash, clock or signature", () => {
    const hash = "ab".repeat(32);
    const cases: [Path, readonly string[]][] = [
      [
        ["post"],
        [
          hash,
          `sha256-${hash}0`,
          `sha256-${hash.toUpperCase()}`,
          `sha256-${hash.slice(1)}`,
          `sha1-${hash}`,
          `sha256-${hash}\n`,
        ],
      ],
      [["prev"], [`${hash}0`, hash.toUpperCase(), hash.slice(1), "", `sha256-${hash}`]],
      [
        ["parts", 0, "instance"],
        [
          "Agent/a7",
          "agent",
          "agent/",
          "/a7",
          "agent/a b",
          "agent/a/b",
          `${"a".repeat(33)}/b`,
          `a/${"b".repeat(129)}`,
          "1a/b",
        ],
      ],
      [
        ["proposal", "instance"],
        ["", "project/é"],
      ],
      [
        ["proposal", "transition"],
        ["", "1Start", "Work Start", "@@x", "a".repeat(65), "Wörk"],
      ],
      [
        ["proposal", "signer"],
        [
          `hmmm:pubkey:${"A".repeat(42)}`,
          `hmmm:pubkey:${"A".repeat(44)}`,
          "A".repeat(43),
          `hmmm:pubkey:${"=".repeat(43)}`,
        ],
      ],
      [
        ["proposal", "hlc"],
        [
          "2026-01-02T03:04:05.006Z#7",
          "2026-01-02T03:04:05.006+00:00",
          "2026-01-02T03:04:05.006+00:00#",
          "2026-01-02T03:04:05.006+00:00#-1",
          "2026-01-02T03:04:05.06+00:00#1",
          `2026-01-02T03:04:05.006+00:00#${"0".repeat(33)}`,
          "x2026-01-02T03:04:05.006+00:00#1",
        ],
      ],
      [["signature"], ["B".repeat(85), "B".repeat(87), `${"B".repeat(85)}=`, `${"B".repeat(85)}+`]],
    ];
    for (const [path, wrongs] of cases) {
      for (const wrong of wrongs) {
        const problem = problemOf(canonicalize(withAt(plain(), path, wrong)));
        expect(problem).toContain(`${textOf(path)}: must be `);
      }
    }
    const longest: [Path, string][] = [
      [["parts", 0, "instance"], `${"a".repeat(32)}/${"B".repeat(128)}`],
      [["proposal", "transition"], "a".repeat(64)],
      [["proposal", "transition"], `@${"a".repeat(64)}`],
      [["proposal", "hlc"], `2026-01-02T03:04:05.006+00:00#${"0".repeat(32)}`],
    ];
    for (const [path, right] of longest)
      expect(problemOf(canonicalize(withAt(plain(), path, right)))).toBe("ok");
  });

  it("refuses lists that are out of order or hold a thing twice", () => {
    const read = { hash: sampleRecord().post, instance: "beat/main" };
    const cases: [Path, Json, string][] = [
      [["configuration"], ["B", "A"], 'record.configuration[1]: must come after "B", each once'],
      [
        ["configuration"],
        ["A", "B", "B"],
        'record.configuration[2]: must come after "B", each once',
      ],
      [["flags"], [4, 1], "record.flags[1]: must come after 4, each once"],
      [["flags"], [1, 1], "record.flags[1]: must come after 1, each once"],
      [["flags"], [-1], "record.flags[0]: must be an integer from 0 on; it is -1"],
      [["reads"], [read, read], 'record.reads[1]: must come after "beat/main", each once'],
      [
        ["reads"],
        [{ ...read, instance: "identity/a" }, read],
        'record.reads[1]: must come after "identity/a", each once',
      ],
      [
        ["parts", 0, "configuration"],
        ["B", "A"],
        'record.parts[0].configuration[1]: must come after "B", each once',
      ],
    ];
    for (const [path, value, problem] of cases) {
      expect(problemOf(canonicalize(withAt(plain(), path, value)))).toBe(problem);
    }
    // By value and by UTF-16 units: 9 before 10, U+1F600 before U+FF5E.
    expect(problemOf(canonicalize(withAt(plain(), ["flags"], [0, 9, 10])))).toBe("ok");
    expect(problemOf(canonicalize(withAt(plain(), ["configuration"], ["😀", "～"])))).toBe("ok");
    for (const path of [["configuration"], ["flags"], ["reads"], ["parts"], ["verdict"]]) {
      expect(problemOf(canonicalize(withAt(plain(), path, [])))).toBe("ok");
    }
  });

  it("asks for inputs or their reference, and for `now` only where it differs", () => {
    const both = withAt(plain(), ["inputs_ref"], sampleRecord().post);
    expect(problemOf(canonicalize(both))).toBe(
      "record.inputs: exactly one of `inputs` and `inputs_ref` must be there",
    );
    expect(problemOf(canonicalize(withAt(plain(), ["now"], sampleRecord().at)))).toBe(
      "record.now: is written only where it differs from `at`",
    );
    expect(problemOf(canonicalize(withAt(plain(), ["v"], 2)))).toBe("record.v: must be 1; it is 2");
  });

  it("takes canonical bytes alone", () => {
    const text = encodeRecord(sampleRecord());
    const canonical = "record: its bytes are not the canonical JSON of its value";
    expect(problemOf(`${text}\n`)).toBe(canonical);
    expect(problemOf(text.replace(",", ", "))).toBe(canonical);
    expect(problemOf(text.replace("é", "\\u00e9"))).toBe(canonical);
    expect(problemOf(text.replace("\\u0001", "\\u0001").replace('"/', '"\\/'))).toBe("ok");
    expect(problemOf(text.replace("acme/", "acme\\/"))).toBe(canonical);
    const { at, ...rest } = sampleRecord();
    expect(problemOf(JSON.stringify({ ...rest, at }))).toBe(canonical);
    for (const wrong of ["", "null", "[]", "{}", "1", '"x"', "{", `${text}{}`, `\ufeff${text}`]) {
      expect(problemOf(wrong).startsWith("record")).toBe(true);
    }
    const hostile: [string, string][] = [
      ['"who":"m', '"who":1.5,"x":"m'],
      ['"who":"m', '"__proto__":1,"who":"m'],
      ['"who":"m', '"7":1,"who":"m'],
      ['"who":"m', '"list":1,"who":"m'],
      ['"who":"m', '"who":"\\ud800m'],
      ["[1,-2,", "[1,-0,"],
      ["[1,-2,", "[1,9007199254740992,"],
    ];
    for (const [from, to] of hostile) {
      expect(text).toContain(from);
      const problem = problemOf(text.replace(from, to));
      expect(problem).toMatch(/^record\.inputs/);
    }
  });

  it("takes at most 65,535 bytes, counted in UTF-8", () => {
    const sized = (filler: string): LogRecord => sampleRecord({ inputs: { filler } });
    const bare = Buffer.byteLength(encodeRecord(sized("")));
    const room = RECORD_BYTES_MAX - bare;
    expect(problemOf(encodeRecord(sized("x".repeat(room))))).toBe("ok");
    expect(problemOf(encodeRecord(sized("x".repeat(room + 1))))).toContain(
      "65536 bytes; at most 65535",
    );
    const wide = "é".repeat(Math.floor(room / 2));
    expect(problemOf(encodeRecord(sized(wide)))).toBe("ok");
    expect(problemOf(encodeRecord(sized(`${wide}é`)))).toContain("at most 65535");
  });

  it("takes free JSON as deep as the kernel lets it be, wherever it stands", () => {
    const nested = (depth: number): Json => (depth === 0 ? 1 : [nested(depth - 1)]);
    const deepest: Path = ["parts", 0, "effects", "opened", 0, "with"];
    expect(problemOf(canonicalize(withAt(plain(), deepest, nested(32))))).toBe("ok");
    expect(problemOf(canonicalize(withAt(plain(), deepest, nested(33))))).toContain("deep");
    expect(problemOf("[".repeat(60_000))).toContain("record");
  });
});
