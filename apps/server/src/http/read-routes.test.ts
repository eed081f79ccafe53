import { canonicalize, leafHash, valueHash, type Json } from "@swoosh/kernel";
import { ROUTES, wireProblem, type SchemaName } from "@swoosh/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasher } from "../hasher.ts";
import { HttpRig } from "./test/http-rig.ts";

let rig: HttpRig;
let flips: readonly number[];
beforeAll(async () => {
  rig = await HttpRig.open();
  flips = [await rig.flip("a"), await rig.flip("a"), await rig.flip("b")];
});
afterAll(() => rig.close());

/** Canonical JSON of the schema, or the test fails. */
async function good(path: string, schema?: SchemaName): Promise<Json> {
  const response = await rig.get(path);
  const text = await response.text();
  expect(response.status, `${path}: ${text}`).toBe(200);
  expect(response.headers.get("content-type")).toContain("application/json");
  const value: Json = JSON.parse(text);
  expect(canonicalize(value)).toBe(text);
  if (schema !== undefined) expect(wireProblem(schema, value), path).toBeUndefined();
  return value;
}

async function problem(path: string, headers: Record<string, string> = {}): Promise<string> {
  const response = await rig.get(path, headers);
  const text = await response.text();
  expect(response.headers.get("content-type"), path).toContain("application/problem+json");
  const body: { readonly status: number; readonly code: string; readonly detail: string } =
    JSON.parse(text);
  expect(body.status).toBe(response.status);
  return `${response.status} ${body.code}: ${body.detail}`;
}

describe("GET /state", () => {
  it("gives the document whose hash is the ETag, and 304 to who has it", async () => {
    const response = await rig.get("/state?instance=switch/a");
    const body: { readonly hash: string; readonly state: Json; readonly index: number } =
      JSON.parse(await response.text());
    expect(wireProblem("State", body)).toBeUndefined();
    expect(valueHash(hasher, body.state)).toBe(body.hash);
    expect(body.index).toBe(flips[1]);
    const etag = `"${body.hash}"`;
    expect(response.headers.get("etag")).toBe(etag);
    for (const tag of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
      const again = await rig.get("/state?instance=switch/a", { "if-none-match": tag });
      expect(again.status, tag).toBe(304);
      expect(await again.text()).toBe("");
      expect(again.headers.get("etag")).toBe(etag);
    }
    const other = await rig.get("/state?instance=switch/a", { "if-none-match": '"sha256-0"' });
    expect(other.status).toBe(200);
    const head = await fetch(`${rig.server.url}/state?instance=switch/a`, { method: "HEAD" });
    expect([head.status, head.headers.get("etag")]).toEqual([200, etag]);
  });

  it("shows what was acknowledged before it was asked, always", async () => {
    for (let round = 0; round < 20; round += 1) {
      const index = await rig.flip("linear");
      const body = await rig.json("/state?instance=switch/linear");
      expect(body["index"]).toBe(index);
    }
  });

  it("projects, and rebuilds any past index", async () => {
    expect(await good("/state?instance=switch/a&projection=root", "State")).toMatchObject({
      projection: { root: { flips: 2, phase: "OFF", epoch: 2 } },
    });
    const past = await good(`/state?instance=switch/a&at=${flips[0]}`, "State");
    expect(past).toMatchObject({ index: flips[0], configuration: ["ON"] });
    expect(await problem(`/state?instance=switch/a&at=${(flips[0] ?? 0) - 1}`)).toMatch(
      /^404 not_found/,
    );
  });

  it("carries index and age where the caller takes what is old", async () => {
    const response = await rig.get("/state?instance=switch/a&stale=ok");
    expect(response.headers.get("age")).toBe("0");
    expect(response.headers.get("x-swoosh-index")).toBe(String(rig.node.engine.status().size - 1));
    const plain = await rig.get("/state?instance=switch/a");
    expect(plain.headers.get("age")).toBeNull();
  });

  it.each([
    ["/state", "400 bad_query: instance is missing"],
    ["/state?instance=nothing", '400 bad_query: instance is "nothing"'],
    ["/state?instance=switch/zz", "404 not_found: there is no switch/zz here"],
    ["/state?instance=switch/a&instance=switch/b", "400 bad_query: instance is there twice"],
    ["/state?instance=switch/a&at=-1", '400 bad_query: at is "-1"; an integer from 0 to'],
    ["/state?instance=switch/a&at=1e3", '400 bad_query: at is "1e3"'],
    ["/state?instance=switch/a&at=999999", "400 bad_query: at is 999999; an index from 0 to"],
    ["/state?instance=switch/a&stale=yes", '400 bad_query: stale is "yes"; one of ok'],
    ["/state?instance=switch/a&projection=Council", '400 bad_query: projection is "Council"'],
    ["/state?instance=switch/a&colour=red", '400 bad_query: "colour" is no parameter of /state'],
    ["/state/switch/a", "404 not_found"],
  ])("%s is answered %s", async (path, expected) => {
    expect(await problem(path)).toContain(expected);
  });
});

describe("lists", () => {
  it("of instances are pages with a cursor, filtered by chart and state", async () => {
    expect(await good("/instances?chart=switch&in=ON&limit=10", "InstancesPage")).toMatchObject({
      items: [{ instance: "switch/b" }],
      next: null,
    });
    const seen: string[] = [];
    let after = "";
    do {
      const page: { items: { instance: string }[]; next: string | null } = JSON.parse(
        JSON.stringify(await good(`/instances?limit=2${after}`, "InstancesPage")),
      );
      seen.push(...page.items.map(({ instance }) => instance));
      after = page.next === null ? "" : `&after=${encodeURIComponent(page.next)}`;
    } while (after !== "");
    expect(seen).toEqual([
      "identity/node",
      "identity/operator",
      "switch/a",
      "switch/b",
      "switch/linear",
    ]);
  });

  it.each([
    ["/instances?limit=0", '400 bad_query: limit is "0"; an integer from 1 to 1000'],
    ["/instances?limit=1001", '400 bad_query: limit is "1001"; an integer from 1 to 1000'],
    ["/instances?chart=No", '400 bad_query: chart is "No"'],
    ["/instances?after=nonsense", '400 bad_query: after is "nonsense"'],
    ["/instances?in=a%20b", '400 bad_query: in is "a b"'],
    ["/decisions?limit=x", '400 bad_query: limit is "x"'],
    ["/decisions?since=-3", '400 bad_query: since is "-3"'],
    ["/decisions?signer=me", '400 bad_query: signer is "me"'],
    ["/decisions?transition=no%20way", '400 bad_query: transition is "no way"'],
    ["/decisions?after=first", '400 bad_query: after is "first"'],
    ["/decisions/sha256-12", "404 not_found"],
    [`/decisions/sha256-${"0".repeat(64)}`, "404 not_found: no record has the leaf hash"],
    ["/charts/UP", "404 not_found"],
    ["/charts/boat", "404 not_found: no chart boat"],
    ["/charts?limit=5000", '400 bad_query: limit is "5000"'],
    ["/explain", "400 bad_query: instance is missing"],
    ["/explain?instance=boat/1", "404 not_found: there is no boat/1"],
    ["/health?x=1", '400 bad_query: "x" is no parameter of /health; it takes none'],
    ["/nowhere", "404 not_found: there is nothing at GET /nowhere"],
  ])("%s is answered %s", async (path, expected) => {
    expect(await problem(path)).toContain(expected);
  });

  it("of decisions are found by instance, transition, signer and since, and one by its hash", async () => {
    const { operator } = rig;
    const page = await good(
      `/decisions?instance=switch/a&transition=Switch_Flip&signer=${operator.identity}&since=${flips[1]}`,
      "DecisionsPage",
    );
    expect(page).toMatchObject({ items: [{ index: flips[1], transition: "Switch_Flip" }] });
    const [text = ""] = await rig.node.engine.records(flips[0] ?? 0, 1);
    const leaf = leafHash(hasher, text);
    expect(await good(`/decisions/sha256-${leaf}`, "DecisionRecord")).toMatchObject({
      id: `bubble://dr/sha256-${leaf}`,
      ucxl: `ucxl://swoosh:operator@a:switch/*~1/records/${flips[0]}`,
    });
  });

  it("of charts name hash, normal form and diagram", async () => {
    expect(await good("/charts", "ChartsPage")).toMatchObject({ next: null });
    const chart: { hash: string; normal: Json; mermaid: string } = JSON.parse(
      JSON.stringify(await good("/charts/switch", "Chart")),
    );
    expect(valueHash(hasher, chart.normal)).toBe(chart.hash);
    expect(chart.mermaid).toContain("BURNT");
    expect(await good(`/charts/${chart.hash}`, "Chart")).toEqual(chart);
  });
});

describe("GET /explain", () => {
  it("says what a transition needs and how the instance came here", async () => {
    const explained = await good("/explain?instance=switch/b", "Explain");
    expect(explained).toMatchObject({
      waits_for: [
        "Switch_Burn is refused now: 1 flips are too few",
        "client or operator may Switch_Flip",
      ],
      transitions: [
        {
          transition: "Switch_Burn",
          outlook: "closed",
          who: ["operator"],
          guard_outcomes: [{ guard: "worn", ok: false, reasons: ["1 flips are too few"] }],
          helps: [
            "worn passes when context.flips > 2",
            "worn sees context.flips = 1",
            "context.flips is changed by Switch_Flip",
          ],
        },
        { transition: "Switch_Flip", outlook: "open" },
      ],
      because: [
        {
          what: "operator as operator proposed Switch_Flip: switch/b is in ON",
          because: [{ index: null, text: "it created switch/b" }],
        },
      ],
    });
  });
});

describe("health", () => {
  it("names the log, its size and root, and what to pin", async () => {
    const [first = ""] = await rig.node.engine.records(0, 1);
    const health = await good("/health", "Health");
    expect(health).toMatchObject({
      status: "ok",
      origin: rig.node.origin,
      consensus: { mode: "single", role: "leader", leader: null },
      genesisHash: leafHash(hasher, first),
      treeSize: rig.node.engine.status().size,
      rootHash: rig.node.engine.checkpoint().root,
    });
    expect(Object(health)["verifierKey"]).toMatch(/^swoosh\/[0-9a-f]{32}\+[0-9a-f]{8}\+/);
    expect(await good("/healthz")).toEqual({ ok: true });
    expect(await good("/readyz", "Ready")).toMatchObject({ ok: true });
  });
});

describe("GET /journal", () => {
  it("gives exact bytes line by line, and an empty page behind the end", async () => {
    const response = await rig.get("/journal?from=1&limit=2");
    expect(response.headers.get("content-type")).toContain("application/x-ndjson");
    const texts = await rig.node.engine.records(1, 2);
    expect(await response.text()).toBe(texts.map((text) => `${text}\n`).join(""));
    const whole = await (await rig.get("/journal?limit=1000")).text();
    expect(whole.split("\n").length - 1).toBe(rig.node.engine.status().size);
    const behind = await rig.get("/journal?from=99999");
    expect([behind.status, await behind.text()]).toEqual([200, ""]);
    expect(await problem("/journal?from=x")).toContain('400 bad_query: from is "x"');
  });
});

describe("every route of the protocol", () => {
  it("that reads without a parameter answers a plain request as its description says", async () => {
    for (const route of ROUTES) {
      if (route.method !== "GET" || route.path.includes("{")) continue;
      if (route.query.some(({ required }) => required)) continue;
      const response = await rig.get(route.path);
      const media = response.headers.get("content-type")?.split(";")[0] ?? "";
      const answer = route.answers.find(({ status }) => status === response.status);
      expect(answer, `${route.path}: ${response.status}`).toBeDefined();
      expect(answer?.content.map((one) => one.media.split(";")[0])).toContain(media);
      const text = await response.text();
      if (media === "application/json") expect(canonicalize(JSON.parse(text))).toBe(text);
    }
  });
});
