import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EVENTS, randomChart } from "../interpret/test/random-chart.ts";
import { scxmlToChart } from "../interpret/test/scxml-to-chart.ts";
import { parseXml, type XmlElement } from "../interpret/test/xml.ts";
import type { Json, JsonObject } from "../json/json.ts";
import { isJsonArray, isJsonObject } from "../json/json.ts";
import { toScxml } from "./scxml.ts";
import { stateIds } from "./state-ids.ts";
import { stateRows } from "./state-rows.ts";
import { ourWalk } from "./test/export-machine.ts";
import { chartOf, orderExample, yamlChart } from "./test/load-export-chart.ts";

const RUNS = 200 * Number(process.env["SWOOSH_SOAK"] ?? 1);

function find(element: XmlElement, id: string): XmlElement {
  const found = all(element).find((one) => one.attributes.get("id") === id);
  if (found === undefined) throw new Error(`no ${id}`);
  return found;
}

function all(element: XmlElement): readonly XmlElement[] {
  return [element, ...element.children.flatMap(all)];
}

/** Every state, with what it is and which transitions it has, in document order. */
function outline(element: XmlElement): readonly string[] {
  return all(element)
    .filter(({ name }) => ["state", "parallel", "final", "history", "transition"].includes(name))
    .map(({ name, attributes }) =>
      [name, ...[...attributes].map(([key, value]) => `${key}=${value}`)].join(" "),
    );
}

/** A random chart without guards: structure is all there is. */
function withoutGuards(value: Json): Json {
  if (isJsonArray(value)) return value.map(withoutGuards);
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(([key]) => key !== "guards");
  return Object.fromEntries(kept.map(([key, member]) => [key, withoutGuards(member)]));
}

describe("SCXML", () => {
  it("has the order example's structure", () => {
    expect(outline(parseXml(toScxml(orderExample().normal)))).toEqual([
      "state id=order initial=swoosh_regions",
      "transition cond=(In('Flow_SHIPPED') || In('Flow_CANCELLED')) && (In('Control_CLOSED')) target=swoosh_end",
      "parallel id=swoosh_regions",
      "state id=Flow initial=Flow_DRAFT",
      "transition event=Order_GiveUp target=Flow_CANCELLED type=internal",
      "state id=Flow_DRAFT",
      "transition event=Order_Add",
      "transition event=Order_Submit cond=guards.notEmpty && guards.stockOpen target=Flow_CHECKING",
      "transition event=Order_Cancel target=Flow_CANCELLED",
      "parallel id=Flow_CHECKING",
      "transition event=Order_Cancel target=Flow_CANCELLED",
      "transition event=done.state.Flow_CHECKING target=Flow_SHIPPED",
      "state id=Flow_CHECKING_Payment initial=Flow_CHECKING_Payment_WAITING",
      "state id=Flow_CHECKING_Payment_WAITING",
      "transition event=Payment_Ok target=Flow_CHECKING_Payment_DONE",
      "transition event=Payment_Failed target=Flow_CHECKING_Payment_RETRY",
      "transition event=Payment_TimedOut target=Flow_CHECKING_Payment_RETRY",
      "state id=Flow_CHECKING_Payment_RETRY",
      "transition cond=guards.retriesLeft target=Flow_CHECKING_Payment_WAITING",
      "transition target=Flow_CHECKING_Payment_GIVEN_UP",
      "state id=Flow_CHECKING_Payment_GIVEN_UP",
      "final id=Flow_CHECKING_Payment_DONE",
      "state id=Flow_CHECKING_Stock initial=Flow_CHECKING_Stock_RESERVING",
      "state id=Flow_CHECKING_Stock_RESERVING",
      "transition event=Stock_Reserved target=Flow_CHECKING_Stock_DONE",
      "transition event=Stock_Nag",
      "final id=Flow_CHECKING_Stock_DONE",
      "final id=Flow_SHIPPED",
      "final id=Flow_CANCELLED",
      "state id=Control initial=Control_RUNNING",
      "state id=Control_RUNNING",
      "transition event=Order_Hold target=Control_HELD",
      "transition cond=(In('Flow_SHIPPED') || In('Flow_CANCELLED')) target=Control_CLOSED",
      "state id=Control_HELD",
      "transition event=Order_Release target=Control_RUNNING",
      "final id=Control_CLOSED",
      "final id=swoosh_end",
    ]);
  });

  it("declares its guards and delays, and keeps what only charts have in elements of its own", () => {
    const text = toScxml(orderExample().normal);
    expect(text).toContain(`<?xml version="1.0" encoding="UTF-8"?>
<scxml xmlns="http://www.w3.org/2005/07/scxml" xmlns:swoosh="urn:swoosh:chart" version="1.0" datamodel="ecmascript" name="order" initial="order">`);
    const xml = parseXml(text);
    expect(JSON.parse(find(xml, "guards").attributes.get("expr") ?? "")).toEqual({
      notEmpty: true,
      stockOpen: true,
      belowLimit: true,
      retriesLeft: true,
    });
    expect(JSON.parse(find(xml, "delays").attributes.get("expr") ?? "")).toEqual({ nag: "0ms" });
    const reserving = find(xml, "Flow_CHECKING_Stock_RESERVING");
    const names = all(reserving).map(({ name, attributes }) =>
      `${name} ${[...attributes.values()].join(" ")}`.trim(),
    );
    expect(names).toEqual([
      "state Flow_CHECKING_Stock_RESERVING",
      "onentry",
      "send nag Stock_Nag delays.nag 4",
      "onexit",
      "cancel nag",
      "transition Stock_Reserved Flow_CHECKING_Stock_DONE",
      "cancel nag",
      "transition Stock_Nag",
      "assign",
      "set note 'stock is late'",
    ]);
    expect(text).toContain(
      `<swoosh:emit id="pay" effect="RequestPayment" owner="'payments'" with="{'count': context.items.size()}" onDeadline="Payment_TimedOut" deadlineMs="config.paymentDeadlineMs" answer="Payment_Ok Payment_Failed" keep="false"/>`,
    );
  });

  it("runs as the chart does, where structure is all there is", () => {
    let compared = 0;
    const shape = { statesMax: 14, regionsMax: 3, regioned: true, raises: true, history: true };
    fc.assert(
      fc.property(
        randomChart(shape),
        fc.array(fc.constantFrom(...EVENTS), { maxLength: 10 }),
        (value, events) => {
          const plain: JsonObject = JSON.parse(JSON.stringify(withoutGuards(value)));
          const chart = chartOf(plain);
          const truth = (): boolean => true;
          const ours = ourWalk(chart, { events, truth });
          if (ours === undefined) return;
          const xml = parseXml(toScxml(chart.normal));
          const { value: converted, names } = scxmlToChart(
            xml,
            ["A", "B", "C", "R0", "R1"],
            () => "",
          );
          const sent = events.map((event) => names.eventName(event));
          const theirs = ourWalk(chartOf(converted), { events: sent, truth });
          if (theirs === undefined) return;
          compared += 1;
          const ids = stateIds(stateRows(chart.normal), { isTaken: () => false });
          const there = (path: string): string => names.path(ids.get(path) ?? "");
          const end = names.path("swoosh_end");
          const expected = ours.map((leaves) => leaves.split(" ").map(there).sort().join(" "));
          // The end of the root is a state of its own there.
          expect(theirs).toEqual(
            expected.map((leaves, step) => (theirs[step] === end ? end : leaves)),
          );
        },
      ),
      { numRuns: RUNS },
    );
    // Measured: 26 % of these charts come to rest without their guards; the floor is five deviations below.
    expect(compared).toBeGreaterThan(RUNS / 10);
  });

  const odd = yamlChart(`
chart: odd-one
version: 1
regions: [root]
context: { type: object, properties: { s: { type: string } } }
on: { Top: .A }
entry: [ { raise: Top } ]
states:
  A: { initial: B, states: { B: { on: { Go: "#odd-one.A_B", Own: B } } }, on: { Deep: { target: .B, internal: true } } }
  A_B:
    on: { Go: { target: A, guards: [here, free, either], actions: [ { assign: { s: "'<a> & \\"b\\"\\t'" } }, { join: { instance: "'x/1'", transition: T, inputs: "{}" } } ] } }
    after: [ { id: soon, ms: "1500", raise: Own }, { id: later, ms: "at", raise: Own } ]
    exit: [ { emit: { id: ask, effect: E, owner: "'o'", with: "1", deadlineBeats: "2", onDeadline: Own, answer: [Deep] } }, { cancel: ask }, { cancel: soon } ]
  H: { type: history, history: deep, target: A }
transitions: { Go: { by: [client] }, Top: { by: [client] }, Own: { by: [] }, Deep: { by: [client] } }
guards:
  here: { when: "!In('A.B')", reason: no }
  free: { when: "at > 1 && In('A')", reason: no }
  either: { when: 'In("A") || In("A_B")', reason: no }
`);
  const text = toScxml(odd.normal);

  it("keeps ids apart and rewrites `In`", () => {
    expect(text).toContain('<state id="A_B_2">');
    expect(text).toContain(
      `cond="!In('A_B') &amp;&amp; guards.free &amp;&amp; (In('A') || In('A_B_2'))"`,
    );
    expect(text).toContain('<data id="guards" expr="{ &quot;free&quot;: true }"/>');
  });

  it("escapes attributes", () => {
    expect(text).toContain(`<swoosh:set path="s" value="'&lt;a&gt; &amp; &quot;b&quot;`);
    expect(text).not.toMatch(/="[^"]*[<\t][^"]*"/);
  });

  it("tells timers from effects", () => {
    expect(text).toContain('<send id="soon" event="Own" delay="1500ms"/>');
    expect(text).toContain(
      '<send id="later" event="Own" delayexpr="delays.later" swoosh:ms="at"/>',
    );
    expect(text).toContain('<swoosh:cancel id="ask"/>');
    expect(text).toContain('<cancel sendid="soon"/>');
    expect(text).toContain('deadlineBeats="2"');
    expect(text).toContain(`<swoosh:join instance="'x/1'" transition="T" inputs="{}"/>`);
  });

  it("has the root's transitions internal, histories with their default, and an end", () => {
    expect(text).toContain('<transition event="Top" target="A" type="internal"/>');
    expect(text).toContain('<transition event="Deep" target="A_B" type="internal"/>');
    expect(text).toContain('<history id="H" type="deep">\n      <transition target="A"/>');
    expect(text).not.toContain('target="swoosh_end"');
    expect(text).toContain('<final id="swoosh_end"/>');
    expect(text).toContain('<raise event="Top"/>');
  });
});
