import { readdirSync } from "node:fs";
import { join } from "node:path";
import { BODY_BYTES_MAX, wireProblem } from "@swoosh/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PLANTED } from "../ingest/test/ingest-rig.ts";
import { SHIPPED_RULES } from "../providers/shhh/shipped-rules.ts";
import { FROM_AFAR, HttpRig } from "./test/http-rig.ts";

type Headers = Readonly<Record<string, string>>;

/** Two tenants with two instances each, and people of every kind. */
const PEOPLE = {
  acme: [{ role: "client", scope: "switch/acme*" }],
  zorg: [{ role: "operator", scope: "switch/zorg*" }],
  both: [
    { role: "auditor", scope: "switch/acme*" },
    { role: "agent", scope: "switch/zorg-1" },
  ],
  auditor: [{ role: "auditor", scope: "*" }],
  everywhere: [{ role: "ci", scope: "*" }],
  nobody: [],
} as const;
type Person = keyof typeof PEOPLE;

const OWNERS = ["switch/acme-1", "switch/zorg-1", "switch/zorg-2", "switch/none", "beat/main", ""];
/** What each is told by owner: when they remember, and when they recall. */
const TOLD: Readonly<
  Record<Person, readonly [remember: readonly number[], recall: readonly number[]]>
> = {
  acme: [
    [201, 403, 403, 403, 403, 403],
    [200, 404, 404, 404, 403, 403],
  ],
  zorg: [
    [403, 201, 201, 403, 403, 403],
    [404, 200, 200, 404, 403, 403],
  ],
  // An auditor anywhere sees everything, and writes only where another role lets them.
  both: [
    [403, 201, 403, 403, 403, 403],
    [200, 200, 200, 404, 403, 200],
  ],
  auditor: [
    [403, 403, 403, 403, 403, 403],
    [200, 200, 200, 404, 403, 200],
  ],
  everywhere: [
    [201, 201, 201, 404, 403, 201],
    [200, 200, 200, 404, 403, 200],
  ],
  nobody: [
    [403, 403, 403, 403, 403, 403],
    [404, 404, 404, 404, 403, 403],
  ],
};

let rig: HttpRig;
const as = new Map<string, Headers>();
beforeAll(async () => {
  rig = await HttpRig.open({ rules: SHIPPED_RULES });
  for (const id of ["acme-1", "zorg-1", "zorg-2"]) await rig.flip(id);
  for (const [name, roles] of Object.entries(PEOPLE))
    as.set(name, await rig.session(await rig.register(name, roles)));
});
afterAll(() => rig.close());

const forOf = (owner: string, begin: string): string =>
  owner === "" ? "" : `${begin}for=${owner}`;

async function post(body: string, owner: string, headers: Headers, type = "application/json") {
  const response = await fetch(`${rig.server.url}/memories${forOf(owner, "?")}`, {
    method: "POST",
    headers: { "content-type": type, ...headers },
    body,
  });
  const answer: Readonly<Record<string, unknown>> = JSON.parse(await response.text());
  return { status: response.status, answer };
}

const remember = (text: string, owner: string, headers: Headers) =>
  post(JSON.stringify({ text }), owner, headers);

async function recall(query: string, owner: string, headers: Headers) {
  const response = await rig.get(
    `/memories?query=${encodeURIComponent(query)}${forOf(owner, "&")}`,
    headers,
  );
  const answer = JSON.parse(await response.text());
  const items: readonly { readonly text: string }[] = answer.items ?? [];
  return { status: response.status, answer, texts: items.map(({ text }) => text) };
}

const everywhere = (): Headers => as.get("everywhere") ?? {};

describe("memories", () => {
  it("are kept passage by passage, and found by their words, the most like first", async () => {
    const long = ["alpha ", "beta ", "gamma "].map((word) => word.repeat(150)).join("\n\n");
    const kept = await post(
      JSON.stringify({ text: long, source: "notes.txt" }),
      "switch/zorg-2",
      everywhere(),
    );
    expect(kept.status).toBe(201);
    expect(wireProblem("MemoriesKept", kept.answer)).toBeUndefined();
    expect(kept.answer["items"]).toHaveLength(3);
    const { answer, texts } = await recall("gamma", "switch/zorg-2", everywhere());
    expect(wireProblem("MemoriesFound", answer)).toBeUndefined();
    expect(answer).toMatchObject({ likeness_of: "words", next: null });
    expect(texts).toHaveLength(3);
    expect(texts[0]).toContain("gamma");
    expect(answer.items[0]).toMatchObject({ source: "notes.txt" });
    const few = await rig.json("/memories?query=gamma&limit=1&for=switch/zorg-2");
    expect(few["items"]).toHaveLength(1);
    // The same words again are the same memory.
    const again = await post(
      JSON.stringify({ text: long, source: "notes.txt" }),
      "switch/zorg-2",
      everywhere(),
    );
    const hashes = ({ answer: { items } }: typeof kept): unknown =>
      Array.isArray(items) ? items.map(({ hash }) => hash) : items;
    expect(hashes(again)).toEqual(hashes(kept));
    const metrics = await (await rig.get("/metrics")).text();
    expect(metrics).toMatch(/swoosh_memory_total\{operation="remember",result="ok"\} [2-9]/);
  });

  it("lie in the format of swoosh mesh, each instance's in a folder of its own", () => {
    const own = join(rig.node.folder, "mesh", "of", "switch", "zorg-2");
    expect(readdirSync(own).toSorted()).toEqual(["cells.json", "objects"]);
  });
});

describe.each(Object.keys(PEOPLE) as readonly Person[])("from afar %s", (person) => {
  it("remembers where another role than auditor lets them, and recalls what is in sight", async () => {
    const headers = as.get(person) ?? {};
    const [mayRemember, mayRecall] = TOLD[person];
    for (const [at, owner] of OWNERS.entries()) {
      const kept = await remember(`${person} was here, in ${owner}`, owner, headers);
      expect([owner, kept.status]).toEqual([owner, mayRemember[at]]);
      const found = await recall("who was here", owner, headers);
      expect([owner, found.status]).toEqual([owner, mayRecall[at]]);
    }
  });
});

describe("a tenant", () => {
  it("never finds what belongs to another, whatever they ask", async () => {
    await remember("the safe opens with walnut", "switch/acme-1", as.get("acme") ?? {});
    await remember("the node itself remembers walnut", "", everywhere());
    for (const person of ["zorg", "nobody"] as const)
      for (const owner of [...OWNERS, "switch/ACME-1", "switch/acme-1%2f..%2facme-1"]) {
        const { texts } = await recall("the safe opens with walnut", owner, as.get(person) ?? {});
        expect(texts.filter((text) => text.includes("walnut"))).toEqual([]);
      }
    expect((await recall("walnut", "switch/acme-1", as.get("acme") ?? {})).texts[0]).toContain(
      "walnut",
    );
    // Names that differ in capitals alone are two instances, also on a disk that takes them for one.
    await rig.flip("ACME-1");
    expect((await recall("walnut", "switch/ACME-1", everywhere())).texts).toEqual([]);
  });

  it("needs a token to remember wherever they are, and one to recall from afar", async () => {
    expect((await remember("words", "", {})).answer["code"]).toBe("unauthenticated");
    expect((await recall("words", "", FROM_AFAR)).answer.code).toBe("unauthenticated");
    expect((await recall("words", "", {})).status).toBe(200);
  });
});

describe("what cannot be remembered", () => {
  const text = (value: unknown): string => JSON.stringify({ text: value });
  it.each<[string, string, number, string]>([
    ["nothing", "", 400, "malformed"],
    ["no JSON", "words", 400, "malformed"],
    ["a list", "[]", 400, "malformed"],
    ["no text", "{}", 400, "malformed"],
    ["an empty text", text(""), 400, "malformed"],
    ["blanks", text(" \n\t "), 400, "malformed"],
    ["signs alone", text("!? … --"), 400, "malformed"],
    ["a number", text(5), 400, "malformed"],
    ["null", text(null), 400, "malformed"],
    ["an unknown field", '{"text":"a","size":1}', 400, "malformed"],
    ["a field twice", '{"text":"a","text":"b"}', 400, "malformed"],
    ["half a character", '{"text":"\\ud800"}', 400, "malformed"],
    ["a source of another type", '{"text":"a","source":[]}', 400, "malformed"],
    ["a long source", JSON.stringify({ text: "a", source: "x".repeat(513) }), 400, "malformed"],
    ["a text that is too long", text("x ".repeat(BODY_BYTES_MAX / 2)), 413, "too_large"],
    ["a secret", text(`the key is ${PLANTED}`), 422, "secret_found"],
    ["a secret as source", JSON.stringify({ text: "a", source: PLANTED }), 422, "secret_found"],
  ])("%s is refused, and nothing of it is kept", async (_, body, status, code) => {
    const objects = join(rig.node.folder, "mesh", "of", "switch", "acme-1", "objects");
    const before = readdirSync(objects, { recursive: true }).length;
    const refused = await post(body, "switch/acme-1", as.get("acme") ?? {});
    expect([refused.status, refused.answer["code"]]).toEqual([status, code]);
    expect(String(refused.answer["detail"]).length).toBeGreaterThan(10);
    expect(readdirSync(objects, { recursive: true })).toHaveLength(before);
  });

  it("another type than JSON, and a query of another form", async () => {
    const typed = await post(text("a"), "switch/acme-1", as.get("acme") ?? {}, "text/plain");
    expect(typed.answer["code"]).toBe("unsupported_media_type");
    for (const query of [
      "",
      "?query=",
      "?query=%20%0a",
      "?query=a&query=b",
      "?query=a&limit=0",
      "?query=a&limit=101",
      "?query=a&limit=NaN",
      "?query=a&tier=2",
      "?query=a&for=switch",
      "?query=a&for=switch/../x",
      "?query=!!",
      `?query=${"x".repeat(2_001)}`,
    ]) {
      const body = await rig.json(`/memories${query}`, everywhere());
      expect([query.slice(0, 40), body["code"]]).toEqual([query.slice(0, 40), "bad_query"]);
    }
    expect((await recall("x".repeat(2_000), "", everywhere())).status).toBe(200);
  });
});
