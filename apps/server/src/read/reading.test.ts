import { decodeRecord, leafHash, PastWorld, valueHash } from "@swoosh/kernel";
import { parseUcxl, type SchemaName } from "@swoosh/protocol";
import { describe, expect, it } from "vitest";
import { nodeHasher } from "@swoosh/kernel/testing";
import { settle } from "../../../../packages/kernel/src/testing/test-engine.ts";
import { mustLoadChartText } from "../../../../packages/kernel/src/testing/test-kernel.ts";
import { validatorOf } from "../../../../packages/protocol/src/test/validator-of.ts";
import { canonicalText } from "./canonical-text.ts";
import { explainInstance } from "./explain-instance.ts";
import { listCharts, readChart } from "./list-charts.ts";
import { listDecisions, readDecision } from "./list-decisions.ts";
import { listInstances } from "./list-instances.ts";
import { project } from "./project.ts";
import { readState } from "./read-state.ts";
import type { Reading } from "./reading.ts";
import { openReadRig, type ReadRig } from "./test/read-rig.ts";
import { EVERYTHING, viewerOf } from "./viewer.ts";

function must<Value>(reading: Reading<Value>): Value {
  if (!reading.ok) throw new Error(reading.problem.detail);
  return reading.value;
}

function detailOf(reading: Reading<unknown>): string {
  return reading.ok ? "no problem" : `${reading.problem.code}: ${reading.problem.detail}`;
}

const valid = (name: SchemaName, value: unknown): void => {
  const { validate, errors } = check(name, value);
  expect(validate, errors).toBe(true);
};

function check(
  name: SchemaName,
  value: unknown,
): { readonly validate: boolean; readonly errors: string } {
  const validate = validatorOf(name);
  const ok = validate(JSON.parse(JSON.stringify(value)));
  return { validate: ok === true, errors: JSON.stringify(validate.errors) };
}

const ALL = { chart: undefined, in: undefined, after: undefined, limit: 100 };
const NO_FILTER = {
  instance: undefined,
  transition: undefined,
  signer: undefined,
  since: undefined,
  after: undefined,
  limit: 100,
};

describe("the state of an instance", () => {
  it("is the document whose hash it has, or projections in their short and long forms", async () => {
    const { source, add, kernel } = await openReadRig();
    const index = await add("order/1");
    const head = source.head("order/1");
    const chart = source.state.chart("order");
    if (head === undefined || chart === undefined) throw new Error("both are there");
    const whole = must(readState(head, chart, []));
    expect(whole.index).toBe(index);
    expect(kernel.valueHash(JSON.parse(JSON.stringify(whole.state)))).toBe(whole.hash);
    expect(JSON.stringify(whole)).toBe(canonicalText(whole));
    valid("State", whole);
    const projected = must(readState(head, chart, ["Flow", "Control"]));
    expect(projected.projection).toEqual({
      Flow: { items: ["pen"], paid: false, retries: 0, phase: "DRAFT", epoch: 1 },
      Control: { phase: "RUNNING", epoch: 1 },
    });
    valid("State", projected);
    expect(detailOf(readState(head, chart, ["Flow", "Elsewhere"]))).toBe(
      'bad_query: projection is "Elsewhere", which chart order does not have; one of Flow, Control',
    );
  });

  it("projects several regions and several leaves as objects and sorted lists, and the whole context by default", async () => {
    const chart = mustLoadChartText(`
chart: duo
version: 1
context: { type: object, required: [a, b], properties: { a: { type: integer }, b: { type: integer } } }
initialContext: { a: 1, b: 2 }
type: parallel
regions: [Left, Right]
states:
  Left:
    type: parallel
    states:
      X: { initial: X1, states: { X1: {} } }
      W: { initial: W1, states: { W1: {} } }
  Right: { initial: R1, states: { R1: { on: { Duo_Go: {} } } } }
transitions: { Duo_Go: { by: [operator] } }
projections: { Both: { regions: [Left, Right], keys: [b] }, Left: { regions: [Left] } }
`);
    const { test, source } = await openReadRig();
    await test.engine.act.installChart(chart);
    await test.mustPropose({ transition: "Duo_Go", instance: "duo/1" });
    const head = source.head("duo/1");
    if (head === undefined) throw new Error("it is there");
    expect(project(chart, head.document, "Both")).toEqual({
      b: 2,
      phase: { Left: ["W.W1", "X.X1"], Right: "R1" },
      epoch: { Left: 1, Right: 1 },
    });
    expect(project(chart, head.document, "Left")).toEqual({
      a: 1,
      b: 2,
      phase: ["W.W1", "X.X1"],
      epoch: 1,
    });
  });
});

describe("states of the past", () => {
  it("are rebuilt for any index, one at a time, and kept", async () => {
    const { add, past, source } = await openReadRig();
    const first = await add("order/1");
    const then = source.head("order/1");
    await add("order/1", "ink");
    await add("order/2");
    const found = must(await past.headAt("order/1", first));
    expect(found?.head).toEqual(then);
    expect(must(await past.headAt("order/2", first))).toBeUndefined();
    expect(must(await past.headAt("order/1", source.size - 1))?.head).toEqual(
      source.head("order/1"),
    );
    expect(detailOf(await past.headAt("order/1", 99))).toBe(
      "bad_query: at is 99; an index from 0 to 4, the last record",
    );
    past.close();
  });

  it("are refused with 429 where one is being rebuilt and one waits, but for those that are kept", async () => {
    const { add, past } = await openReadRig();
    const first = await add("order/1");
    await add("order/1");
    await past.headAt("order/1", first);
    const answers = await Promise.all(
      [0, 1, 3, first].map((index) => past.headAt("order/1", index)),
    );
    expect(answers.map(({ ok }) => ok)).toEqual([true, true, false, true]);
    for (const answer of answers)
      if (!answer.ok) expect(detailOf(answer)).toMatch(/^rate_limited: another state/);
    expect(must(await past.headAt("order/1", 1))).toBeUndefined();
    past.close();
  });
});

describe("lists of instances", () => {
  async function filled(): Promise<ReadRig> {
    const rig = await openReadRig();
    for (const name of ["b", "a", "c", "Z"]) await rig.add(`order/${name}`);
    await rig.take("order/b", "Order_Hold");
    return rig;
  }

  it("come by name, page by page, and take in what is created meanwhile", async () => {
    const { source, names, add } = await filled();
    const seen: string[] = [];
    let after: string | undefined;
    for (let pages = 0; pages < 10; pages += 1) {
      const query = { ...ALL, after, limit: 2 };
      const page = must(listInstances(source, names, { query, viewer: EVERYTHING }));
      valid("InstancesPage", page);
      seen.push(...page.items.map(({ instance }) => instance));
      if (pages === 0) await add("order/d");
      if (page.next === null) break;
      after = page.next;
    }
    expect(seen).toEqual([
      "identity/node",
      "identity/operator",
      "order/Z",
      "order/a",
      "order/b",
      "order/c",
      "order/d",
    ]);
  });

  it("are filtered by chart, by active state and by what the viewer sees", async () => {
    const { source, names } = await filled();
    const namesOf = (query: Partial<typeof ALL> & object, viewer = EVERYTHING): string[] =>
      must(listInstances(source, names, { query: { ...ALL, ...query }, viewer })).items.map(
        ({ instance }) => instance,
      );
    const only = (values: object): string[] => namesOf({ ...values });
    expect(only({ chart: "identity" })).toEqual(["identity/node", "identity/operator"]);
    expect(only({ chart: "order", in: "Control.HELD" })).toEqual(["order/b"]);
    expect(only({ in: "Flow" })).toHaveLength(4);
    expect(only({ in: "Flo" })).toEqual([]);
    expect(only({ chart: "pool" })).toEqual([]);
    const viewer = viewerOf("eve", { roles: [{ role: "client", scope: "order/a*" }] });
    expect(namesOf({}, viewer)).toEqual(["order/a"]);
    const member = viewerOf("eve", { roles: [{ role: "agent", scope: "project/a" }] });
    const seen = ["beat/main", "council/a", "council/b", "license/main", "policy/a", "project/b"];
    expect(seen.filter((name) => member.sees(name))).toEqual([
      "beat/main",
      "council/a",
      "policy/a",
    ]);
    expect(
      detailOf(listInstances(source, names, { query: { ...ALL, after: "!" }, viewer: EVERYTHING })),
    ).toMatch(/^bad_query: after is "!"/);
  });
});

describe("decision records", () => {
  it("are what replaying the log with the state before each record gives", async () => {
    const rig = await openReadRig();
    const { log, source, test, add, take, kernel } = rig;
    const seller = await test.register("seller", "client");
    await add("order/1");
    await test.mustPropose({
      transition: "Order_Add",
      instance: "order/1",
      inputs: { item: "ink" },
      signer: seller,
    });
    await take("order/1", "Order_Submit");
    await log.caughtUp();
    const page = must(await listDecisions(log, { query: NO_FILTER, viewer: EVERYTHING }));
    valid("DecisionsPage", page);
    expect(page.items).toHaveLength(source.size);
    for (const { ucxl } of page.items)
      expect(parseUcxl(String(ucxl))).toMatchObject({ ok: true, address: { raw: ucxl } });
    expect(page.next).toBeNull();
    const past = await PastWorld.before(kernel, test.journal, 0);
    const leaves: string[] = [];
    const lastOf = new Map<string, string>();
    for (const [index, text] of (await source.records(0, 100)).entries()) {
      const decoded = decodeRecord(text);
      if (!decoded.ok) throw new Error(decoded.problem);
      const { record } = decoded;
      const leaf = leafHash(nodeHasher, text);
      leaves.push(leaf);
      const instance = record.proposal.instance ?? "";
      const item = page.items[index];
      const before = lastOf.get(instance);
      expect(item).toMatchObject({
        index,
        id: `bubble://dr/sha256-${leaf}`,
        derived_from: before === undefined || instance.startsWith("chart/") ? [] : [before],
      });
      for (const { instance: part } of record.parts) lastOf.set(part, leaf);
      lastOf.set(instance, leaf);
      await past.advanceTo(index + 1, async () => {});
    }
    expect(page.items.map((item) => String(item["ucxl"]).split(":")[2]?.split("@")[0])).toEqual([
      "engine",
      "engine",
      "operator",
      "operator",
      "client",
      "operator",
    ]);
    const hash = `sha256-${leaves[4]}`;
    expect(must(await readDecision(log, { hash, viewer: EVERYTHING }))).toEqual(page.items[4]);
    const nobody = viewerOf("eve", { roles: [] });
    expect(detailOf(await readDecision(log, { hash, viewer: nobody }))).toMatch(/^not_found/);
    expect(
      detailOf(await readDecision(log, { hash: `sha256-${"0".repeat(64)}`, viewer: EVERYTHING })),
    ).toMatch(/^not_found/);
  });

  it("are of no record that the index does not have", async () => {
    const { add, log } = await openReadRig();
    await log.caughtUp();
    const { size } = log.columns;
    await add("order/1");
    await expect(log.decisionOf(await log.at(size))).rejects.toThrow(`has no record ${size} yet`);
    await log.caughtUp();
    await expect(log.decisionOf(await log.at(size))).resolves.toMatchObject({ index: size });
  });

  it("are filtered and paged, and follow the log", async () => {
    const { log, add, take, test } = await openReadRig();
    for (let order = 1; order < 5; order += 1) await add(`order/${order}`);
    await take("order/2", "Order_Hold");
    await log.caughtUp();
    await take("order/2", "Order_Release");
    await log.caughtUp();
    const indexes = async (query: object, viewer = EVERYTHING): Promise<unknown[]> => {
      const all = { ...NO_FILTER, ...query };
      return must(await listDecisions(log, { query: all, viewer })).items.map(({ index }) => index);
    };
    expect(await indexes({ instance: "order/2" })).toEqual([3, 6, 7]);
    expect(await indexes({ transition: "Order_Add" })).toEqual([2, 3, 4, 5]);
    expect(await indexes({ transition: "Order_Add", since: 4 })).toEqual([4, 5]);
    expect(await indexes({ signer: test.engine.state.node })).toEqual([0, 1]);
    expect(await indexes({ signer: "hmmm:pubkey:nobody" })).toEqual([]);
    expect(await indexes({ instance: "identity/operator" })).toEqual([0]);
    expect(
      await indexes({}, viewerOf("x", { roles: [{ role: "client", scope: "order/3" }] })),
    ).toEqual([1, 4]);
    const first = must(
      await listDecisions(log, { query: { ...NO_FILTER, limit: 3 }, viewer: EVERYTHING }),
    );
    expect(first.next).toBe("2");
    expect(await indexes({ after: first.next, limit: 5 })).toEqual([3, 4, 5, 6, 7]);
    expect(
      detailOf(
        await listDecisions(log, { query: { ...NO_FILTER, after: "x" }, viewer: EVERYTHING }),
      ),
    ).toMatch(/^bad_query: after is "x"/);
  });
});

describe("charts", () => {
  it("are listed by name and read by name or hash, with the form whose hash they have", async () => {
    const { source } = await openReadRig();
    const page = must(listCharts(source, { after: undefined, limit: 1 }));
    expect(page).toMatchObject({ items: [{ chart: "identity" }], next: "identity" });
    const rest = must(listCharts(source, { after: "identity", limit: 10 }));
    expect(rest).toMatchObject({ items: [{ chart: "order", version: 1 }], next: null });
    const chart = must(readChart(source, "order"));
    valid("Chart", chart);
    expect(valueHash(nodeHasher, chart.normal)).toBe(chart.hash);
    expect(chart.mermaid).toContain("stateDiagram");
    expect(must(readChart(source, chart.hash))).toEqual(chart);
    expect(detailOf(readChart(source, "boat"))).toBe("not_found: no chart boat is installed here");
  });
});

/** A store that holds nothing. */
const blobs = { read: () => undefined };

describe("explaining and why", () => {
  it("tells the way that led here, from effects, deadlines and facts, latest first", async () => {
    const rig = await openReadRig();
    const { test, add, take, log } = rig;
    const added = await add("order/1");
    const submitted = await take("order/1", "Order_Submit");
    test.clock.advance(60_000);
    await settle();
    await log.caughtUp();
    const explained = must(
      await explainInstance({ ...rig, blobs }, { instance: "order/1", viewer: EVERYTHING }),
    );
    valid("Explain", explained);
    const [late, submit, first] = explained.because;
    expect(late).toMatchObject({ transition: "@timer", by: "node", role: "engine" });
    expect(late?.what).toContain("time went by: order/1 is in");
    expect(late?.because).toEqual(
      expect.arrayContaining([
        { index: null, text: "Payment_TimedOut followed by itself" },
        {
          index: submitted,
          text: `the effect order/1#2.0 ended here, opened by record ${submitted}`,
        },
      ]),
    );
    expect(submit).toMatchObject({ index: submitted, by: "operator", role: "operator" });
    expect(submit?.because).toContainEqual({ index: null, text: "stock/main did not exist" });
    expect(first).toMatchObject({ index: added });
    expect(first?.because.at(-1)).toEqual({ index: null, text: "it created order/1" });
    const absent = must(
      await explainInstance({ ...rig, blobs }, { instance: "order/9", viewer: EVERYTHING }),
    );
    expect(absent).toMatchObject({ index: -1, because: [] });
    valid("Explain", absent);
    const nobody = viewerOf("eve", { roles: [] });
    expect(
      detailOf(await explainInstance({ ...rig, blobs }, { instance: "order/1", viewer: nobody })),
    ).toBe("not_found: there is no order/1 here");
  });
});
