import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createServerKernel } from "../node/create-server-kernel.ts";
import { readCharts } from "../charts/read-charts.ts";
import { SHIPPED_CHARTS } from "../charts/shipped-charts.ts";
import { fillIn, inputsOf, type WhooshCall } from "./fill-in.ts";
import { idemKeyOf, readHlcHeader } from "./header-forms.ts";
import { SHIPPED_WHOOSH_TABLE } from "./open-whoosh.ts";
import { readWhooshCallers } from "./read-whoosh-callers.ts";
import { readWhooshTable } from "./read-whoosh-table.ts";

const shipped = readWhooshTable(readFileSync(SHIPPED_WHOOSH_TABLE, "utf8"), "whoosh.yaml");

describe("the forms of headers", () => {
  it.each([
    ["2025-10-19T08:00:00.000+00:00#1234", { wallMs: 1_760_860_800_000, counter: 1234 }],
    ["2025-10-19T10:00:00.000+02:00#0", { wallMs: 1_760_860_800_000, counter: 0 }],
    ["2025-10-19T08:00:00Z#7", { wallMs: 1_760_860_800_000, counter: 7 }],
    ["1760860800000-3-0000000000000001", { wallMs: 1_760_860_800_000, counter: 3 }],
    ["1760860800000000001-3-00000000000000ff", { wallMs: 1_760_860_800_000, counter: 3 }],
    ["199fb7b8400:1f:node-a", { wallMs: 1_760_860_800_000, counter: 31 }],
    ["0a1b:0000:00ff", null],
    ["2025-13-19T08:00:00Z#7", undefined],
    ["1760860800000-9999999999-0000000000000001", undefined],
    ["yesterday", undefined],
    ["", undefined],
  ])("X-HLC %s", (text, clock) => expect(readHlcHeader(text)).toEqual(clock));

  it("Idempotency-Key: the contract's own form as it is, else one of its caller, its row and itself", () => {
    const about = { row: "council-claim", caller: "a", same: "x" };
    expect(idemKeyOf("goal:7:claim:u-1", about)).toBe("goal:7:claim:u-1");
    const made = ["one", "two", undefined, "@a:b:c:d", "a:b:c", `${"g".repeat(200)}:1:c:u`].map(
      (key) => idemKeyOf(key, about),
    );
    for (const key of made) expect(key).toMatch(/^whoosh:0:council-claim:[0-9a-f]{32}$/u);
    expect(new Set(made).size).toBe(made.length);
    expect(idemKeyOf("one", about)).toBe(made[0]);
    expect(idemKeyOf("one", { ...about, same: "y" })).toBe(made[0]);
    expect(idemKeyOf("one", { ...about, caller: "b" })).not.toBe(made[0]);
    expect(idemKeyOf(undefined, { ...about, same: "y" })).not.toBe(made[2]);
  });
});

describe("the shipped table", () => {
  it("names transitions that are there, with a role that may propose them and inputs that they know", () => {
    const charts = readCharts(createServerKernel(), [SHIPPED_CHARTS], () => undefined);
    for (const { does, name } of shipped.rows) {
      if (does.kind !== "propose") continue;
      const { inputs, role, scope, transition } = does.rule;
      const chart = charts.find((one) => `${one.name}/*` === scope);
      const declared = chart?.normal.transitions[transition];
      expect(declared?.by, name).toContain(role);
      const { properties = {} } = Object(declared?.inputs);
      expect(Object.keys(properties), name).toEqual(expect.arrayContaining(Object.keys(inputs)));
    }
  });
});

describe("a call that is filled in", () => {
  const call: WhooshCall = {
    path: { id: "acme" },
    query: {},
    header: (name) => (name === "x-agent-id" ? "a7" : undefined),
    text: '{"role":"lead"}',
    body: { load: "12", role: "lead", deep: { list: ["a", "b"], number: 1.5 }, "": 1 },
  };

  it("makes names, and no others than ids", () => {
    expect(fillIn("project/{path.id}", call, "id")).toBe("project/acme");
    expect(fillIn("/state?instance={header.x-agent-id}", call, "uri")).toBe("/state?instance=a7");
    const urls = ["https://g/a/b-c", "https://g/a-b/c"];
    const slugs = urls.map((role) => fillIn("{slug:body.role}", { ...call, body: { role } }, "id"));
    expect(slugs[0]).toMatch(/^https-g-a-b-c-[0-9a-f]{8}$/u);
    expect(new Set(slugs).size).toBe(2);
    const bad = { ...call, path: { id: "a/b" } };
    expect(() => fillIn("project/{path.id}", bad, "id")).toThrow("letters, digits");
    expect(() => fillIn("project/{body.none}", call, "id")).toThrow("body.none is missing");
  });

  it("finds inputs at the first place that has them, and refuses another type", async () => {
    const kept: string[] = [];
    const keep = async (bytes: Uint8Array) => `kept ${kept.push(Buffer.from(bytes).toString())}`;
    const from = (places: readonly string[], type: "text" | "integer" | "texts") =>
      ({ kind: "from", from: places, type, otherwise: undefined }) as const;
    const rules = {
      load: from(["body.none", "body.load"], "integer"),
      names: from(["body.deep.list"], "texts"),
      role: from(["body.role"], "text"),
      spec: { kind: "storeBody" },
      config: { kind: "storeMap", map: { b: "{path.id}", a: "x" } },
      weight: { ...from(["body.none"], "integer"), otherwise: 3 },
    } as const;
    expect(await inputsOf(rules, call, keep)).toEqual({
      load: 12,
      names: ["a", "b"],
      role: "lead",
      spec: "kept 1",
      config: "kept 2",
      weight: 3,
    });
    expect(kept).toEqual(['{"role":"lead"}', '{"a":"x","b":"acme"}']);
    for (const [rule, problem] of [
      [from(["body.deep.number"], "integer"), "1.5 is no integer"],
      [from(["body.role"], "texts"), '"lead" is no texts'],
      [from(["body.none", "query.x"], "text"), "it is looked for at body.none, query.x"],
      [from(["body.__proto__.x", "body.role.length"], "text"), "is missing"],
    ] as const)
      await expect(inputsOf({ x: rule }, call, keep)).rejects.toThrow(problem);
  });
});

describe("files that are wrong", () => {
  it("a table: everything is told at once, with its place", () => {
    const text = [
      "version: 2",
      "prefixes: [api]",
      "rows:",
      "  - { name: a, method: GET, path: /health, read: { x: { get: /nowhere } } }",
      "  - { name: b, method: PATCH, path: /api/x }",
      "  - name: c",
      "    method: POST",
      "    path: /api/c",
      "    propose: { instance: '{body.x}', transition: T, inputs: { y: { from: [somewhere] } } }",
      "  - { name: d, method: POST, path: /api/d, read: {} }",
      "  - { name: e, method: POST, path: /api/d, read: {} }",
    ].join("\n");
    const told = (): unknown => readWhooshTable(text, "t.yaml");
    for (const problem of [
      "t.yaml:1:10 ",
      "api is no /word",
      "one of the server's own",
      "/nowhere is no read of this server",
      "PATCH",
      "role is missing",
      "scope is missing",
      "somewhere is no place",
      "e: this name or this call is there before",
    ])
      expect(told).toThrow(problem);
  });

  it("callers: tokens are hashes, rows are known, names are one each", () => {
    const hash = `sha256-${"a".repeat(64)}`;
    const text = [
      "callers:",
      `  - { name: a, token: "${hash}" }`,
      "  - { name: a, token: secret, rows: [nothing] }",
    ].join("\n");
    const told = (): unknown => readWhooshCallers(text, "c.yaml", shipped);
    for (const problem of ["c.yaml:3:", "not the token", "nothing is no row", "there before"])
      expect(told).toThrow(problem);
    const [one] = readWhooshCallers(text.split("\n").slice(0, 2).join("\n"), "c.yaml", shipped);
    expect(one?.rows.size).toBe(shipped.rows.length);
  });
});
