import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { nodeHasher } from "../testing/node-hasher.ts";
import { loadChartText } from "./load-chart-text.ts";
import type { NativeGuard } from "./native-guard.ts";
import { createNativeRegistry } from "./native-registry.ts";
import type { ChartProblem } from "./normal-chart.ts";

const ORDER = readFileSync(
  new URL("../../../../examples/order/example-chart.yaml", import.meta.url),
  "utf8",
);

const quorum: NativeGuard = {
  name: "quorum",
  version: 3,
  arguments: {
    type: "object",
    required: ["votes"],
    properties: { votes: { type: "integer" }, of: { type: "integer" } },
  },
  check: () => ({ ok: true, reasons: [] }),
};
const natives = createNativeRegistry([quorum]);

function problemsOf(text: string): readonly ChartProblem[] {
  const { problems, chart, normal } = loadChartText(text, { hasher: nodeHasher, natives });
  const isBroken = problems.some(({ severity }) => severity === "error");
  expect(chart === undefined, "a chart exactly where there is no error").toBe(isBroken);
  expect(normal === undefined).toBe(isBroken);
  return problems.filter(({ severity }) => severity === "error");
}

/** The order example with one place changed; `to` marks with ¶ where the problem is to point. */
interface Edit {
  readonly code: string;
  readonly from: string;
  readonly to: string;
  readonly says: string;
}

function edited(text: string, from: string, to: string): string {
  expect(text.split(from).length, `"${from}" stands once`).toBe(2);
  return text.replace(from, () => to);
}

function positionOf(text: string, mark: string): { line: number; column: number } {
  const before = text.slice(0, text.indexOf(mark)).split("\n");
  return { line: before.length, column: (before.at(-1) ?? "").length + 1 };
}

const EDITS: readonly Edit[] = [
  { code: "yaml", from: "config: {", to: "config: ¶&x {", says: "anchor" },
  {
    code: "bad_name",
    from: "chart: order",
    to: "chart: ¶Order",
    says: `"Order" cannot be the name of a chart`,
  },
  {
    code: "wrong_type",
    from: "chart: order",
    to: "chart: ¶5",
    says: "the name of the chart must be a text, not 5",
  },
  {
    code: "wrong_type",
    from: "version: 1",
    to: "version: ¶0",
    says: "version must be a positive integer, not 0",
  },
  {
    code: "wrong_type",
    from: "version: 1",
    to: 'version: ¶"1"',
    says: `version must be a positive integer, not "1"`,
  },
  {
    code: "unknown_key",
    from: "title: An",
    to: "¶titel: An",
    says: `a chart has no key "titel"; did you mean "title"?`,
  },
  {
    code: "wrong_type",
    from: "title: An order with stock, payment and shipping",
    to: "title: ¶7",
    says: "title must be a text, not 7",
  },
  {
    code: "wrong_type",
    from: "config: { paymentDeadlineMs: 60000, limit: 10, warehouse: main }",
    to: "config: ¶[]",
    says: "config must be a map of keys, not an array of 0",
  },
  { code: "schema", from: "paid: { type: boolean }", to: "paid: { type: ¶bool }", says: "bool" },
  {
    code: "schema",
    from: "  Order_Submit: { by: [client, operator],",
    to: "  Order_Submit: { inputs: ¶{ type: string }, by: [client, operator],",
    says: 'inputs must be a schema of "type: object"',
  },
  {
    code: "initial_context",
    from: "{ items: [], paid: false,",
    to: "{ items: [], paid: ¶maybe,",
    says: `initialContext.paid: "maybe" is a string; a boolean is expected`,
  },
  {
    code: "initial_context",
    from: "{ items: [], paid: false,",
    to: "{ items: [pen, ¶7], paid: false,",
    says: "initialContext.items[1]: 7 is a number; a string is expected",
  },
  {
    code: "initial_context",
    from: "initialContext: { items: [], ",
    to: "initialContext: ¶{ ",
    says: "initialContext.items: required, but missing",
  },
  {
    code: "read_prefix",
    from: `"'stock/' + config.warehouse"      `,
    to: `¶"config.warehouse + '/main'"`,
    says: "must begin with the literal chart",
  },
  {
    code: "expression_type",
    from: `"'stock/' + config.warehouse"      `,
    to: `¶"size('stock/main')"`,
    says: "read stock must give string or list of string",
  },
  {
    code: "unknown_transition",
    from: "creates: [Order_Add]",
    to: "creates: [¶Order_Ad]",
    says: `there is no transition "Order_Ad"; did you mean "Order_Add"?`,
  },
  {
    code: "duplicate",
    from: "creates: [Order_Add]",
    to: "creates: [Order_Add, ¶Order_Add]",
    says: `"Order_Add" stands twice in creates`,
  },
  {
    code: "wrong_type",
    from: "creates: [Order_Add]",
    to: "creates: ¶Order_Add",
    says: `creates must be a list, not "Order_Add"`,
  },
  {
    code: "unknown_region",
    from: "regions: [Flow, Control]",
    to: "regions: [Flow, ¶Flor, Control]",
    says: `region "Flor": there is no such state; did you mean "Flow"?`,
  },
  {
    code: "unknown_region",
    from: "regions: [Flow, Control]",
    to: "regions: [Flow, ¶DONE, Control]",
    says: `region "DONE" could be Flow.CHECKING.Payment.DONE, Flow.CHECKING.Stock.DONE; write the path`,
  },
  {
    code: "duplicate",
    from: "regions: [Flow, Control]",
    to: "regions: [Flow, Control, ¶Control]",
    says: `"Control" stands twice in regions`,
  },
  {
    code: "unknown_state",
    from: "initial: DRAFT",
    to: "initial: ¶DRAF",
    says: `"DRAF": Flow has no state "DRAF"; did you mean "DRAFT"?`,
  },
  {
    code: "illegal_initial",
    from: "initial: DRAFT",
    to: `initial: ¶"#order.Control.HELD"`,
    says: "initial of Flow must be below it; Control.HELD is not",
  },
  {
    code: "illegal_targets",
    from: "initial: DRAFT",
    to: "initial: ¶[DRAFT, CHECKING]",
    says: "Flow.DRAFT and Flow.CHECKING can never be active together",
  },
  {
    code: "unknown_state",
    from: "target: CHECKING,",
    to: "target: ¶CHEKING,",
    says: `did you mean "CHECKING"?`,
  },
  {
    code: "unknown_state",
    from: "target: CHECKING,",
    to: "target: ¶HELD,",
    says: `Flow has no state "HELD"; did you mean "#order.Control.HELD"?`,
  },
  {
    code: "unknown_state",
    from: "target: CHECKING,",
    to: `target: ¶"#oder.Flow.CHECKING",`,
    says: "an absolute target begins with #order.",
  },
  {
    code: "wrong_type",
    from: "target: CHECKING,",
    to: "target: ¶[],",
    says: "a list of targets names at least one state",
  },
  {
    code: "wrong_type",
    from: "target: CHECKING,",
    to: "target: ¶true,",
    says: "a target must be a text, not true",
  },
  {
    code: "duplicate",
    from: "target: CHECKING,",
    to: "target: [CHECKING, ¶CHECKING],",
    says: `"Flow.CHECKING" stands twice in targets`,
  },
  {
    code: "illegal_targets",
    from: "target: CHECKING,",
    to: "target: ¶[CHECKING, SHIPPED],",
    says: "can never be active together",
  },
  {
    code: "unknown_guard",
    from: "guards: [notEmpty, stockOpen]",
    to: "guards: [¶notEmtpy, stockOpen]",
    says: `there is no guard "notEmtpy"; did you mean "notEmpty"?`,
  },
  {
    code: "duplicate",
    from: "guards: [notEmpty, stockOpen]",
    to: "guards: [notEmpty, stockOpen, ¶notEmpty]",
    says: `"notEmpty" stands twice in guards`,
  },
  {
    code: "unknown_transition",
    from: "          Order_Submit: { target",
    to: "          ¶Order_Submitt: { target",
    says: `there is no transition "Order_Submitt"; did you mean "Order_Submit"?`,
  },
  {
    code: "bad_name",
    from: "          Order_Submit: { target",
    to: "          ¶Order-Submit: { target",
    says: `"Order-Submit" cannot be a name in on`,
  },
  {
    code: "cross_region",
    from: "target: .CANCELLED, internal: true",
    to: "target: ¶.CANCELLED",
    says: `this leaves the root as a whole, which is more than its region Flow: say "internal: true"`,
  },
  {
    code: "cross_region",
    from: "- { target: GIVEN_UP }",
    to: `- { target: ¶"#order.Control.CLOSED" }`,
    says: "Control.CLOSED is outside of region Flow",
  },
  {
    code: "internal_without_effect",
    from: "target: CHECKING,",
    to: "target: CHECKING, ¶internal: true,",
    says: "it needs a compound source (Flow.DRAFT is atomic)",
  },
  {
    code: "wrong_type",
    from: "internal: true",
    to: "internal: ¶1",
    says: "internal must be true or false, not 1",
  },
  {
    code: "sticky_left",
    from: "on: { Order_Release: { target: RUNNING } }",
    to: "on: { Order_Release: { target: RUNNING }, Order_Hold: ¶{ target: CLOSED } }",
    says: "Order_Hold would leave the sticky state Control.HELD, which only Order_Release may leave",
  },
  {
    code: "sticky_left",
    from: "  Control:\n    initial: RUNNING",
    to: "  Control:\n    always: ¶{ target: .RUNNING, internal: true, guards: notHeld }\n    initial: RUNNING",
    says: "a transition without event would leave the sticky state Control.HELD",
  },
  {
    code: "sticky_left",
    from: "  Control:\n    initial: RUNNING",
    to: "  Control:\n    onFailure: ¶RUNNING\n    initial: RUNNING",
    says: "onFailure would leave the sticky state Control.HELD",
  },
  {
    code: "missing_key",
    from: "sticky: { leaveBy: [Order_Release] }",
    to: "sticky: ¶{ }",
    says: `sticky needs "leaveBy"`,
  },
  {
    code: "not_allowed",
    from: "    initial: DRAFT",
    to: "    onDone: {}\n    initial: DRAFT\n    exit: []\n    sticky: { leaveBy: [] }\n    ¶target: DRAFT",
    says: `Flow (compound) cannot have "target": only history states have it`,
  },
  {
    code: "not_allowed",
    from: "  DRAFT:\n        on:",
    to: '  DRAFT:\n        ¶onFailure: "#order.Flow.SHIPPED"\n        on:',
    says: `Flow.DRAFT is not a region, so it cannot have "onFailure"`,
  },
  {
    code: "cross_region",
    from: "    initial: DRAFT",
    to: `    initial: DRAFT\n    onFailure: ¶"#order.Control.CLOSED"`,
    says: "onFailure leads inside its own region; Control.CLOSED is not below Flow",
  },
  {
    code: "wrong_type",
    from: "    initial: DRAFT",
    to: "    initial: DRAFT\n    onFailure: ¶[DRAFT, SHIPPED]",
    says: "onFailure is one state, not several",
  },
  {
    code: "not_allowed",
    from: "SHIPPED: { type: final }",
    to: "SHIPPED: { type: final, ¶on: {} }",
    says: `Flow.SHIPPED (final) cannot have "on": nothing happens in a final state`,
  },
  {
    code: "unknown_type",
    from: "      SHIPPED: { type: final }",
    to: "      SHIPPED: { type: ¶finale }",
    says: `there is no type "finale" of states; did you mean "final"?`,
  },
  {
    code: "not_allowed",
    from: "  Flow:\n    initial",
    to: "  Flow:\n    type: ¶atomic\n    initial",
    says: 'Flow is atomic, but has states; leave "type" out, or say compound',
  },
  {
    code: "not_allowed",
    from: "type: parallel\nregions",
    to: "¶exit: []\ntype: parallel\nregions",
    says: `the root cannot have "exit": the root is never left`,
  },
  {
    code: "not_allowed",
    from: "type: parallel\nregions",
    to: "¶onDone: []\ntype: parallel\nregions",
    says: "the instance has ended",
  },
  {
    code: "not_allowed",
    from: "type: parallel\nregions",
    to: "¶initial: Flow\ntype: parallel\nregions",
    says: `the root (parallel) cannot have "initial": all its states are entered together`,
  },
  {
    code: "not_allowed",
    from: "type: parallel\nregions",
    to: "type: ¶history\nregions",
    says: "the root cannot be a history state",
  },
  {
    code: "no_states",
    from: "SHIPPED: { type: final }",
    to: "SHIPPED: ¶{ type: compound }",
    says: `Flow.SHIPPED (compound) needs at least one state under "states"`,
  },
  {
    code: "wrong_type",
    from: "SHIPPED: { type: final }",
    to: "SHIPPED: ¶final",
    says: `state Flow.SHIPPED must be a map of keys, not "final"`,
  },
  {
    code: "bad_name",
    from: "      SHIPPED: { type: final }",
    to: "      ¶SHIP-PED: { type: final }\n      SHIPPED: { type: final }",
    says: `"SHIP-PED" cannot be a name in states`,
  },
  {
    code: "not_allowed",
    from: "  Control:\n    initial",
    to: "  END: { type: ¶final }\n  Control:\n    initial",
    says: "END is final, but its parent is parallel",
  },
  {
    code: "illegal_history",
    from: "SHIPPED: { type: final }",
    to: `SHIPPED: { type: final }\n      H: { type: history, target: ¶"#order.Control.HELD" }`,
    says: "the default of a history of Flow must be below it; Control.HELD is not",
  },
  {
    code: "illegal_history",
    from: "SHIPPED: { type: final }",
    to: "SHIPPED: { type: final }\n      H: { type: history }\n      I: { type: history, target: ¶H }",
    says: "the default of a history is a state, not the history Flow.H",
  },
  {
    code: "wrong_type",
    from: "SHIPPED: { type: final }",
    to: "SHIPPED: { type: final }\n      H: { type: history, history: ¶flat }",
    says: `history must be shallow or deep, not "flat"`,
  },
  {
    code: "not_allowed",
    from: "SHIPPED: { type: final }",
    to: "SHIPPED: { type: final }\n      H: { type: history, ¶entry: [] }",
    says: "a history state only remembers",
  },
  {
    code: "unknown_action",
    from: "raise: Order_GiveUp",
    to: "¶raze: Order_GiveUp",
    says: `there is no action "raze"; did you mean "raise"?`,
  },
  {
    code: "bad_action",
    from: "{ raise: Order_GiveUp }",
    to: "¶{ raise: Order_GiveUp, cancel: nag }",
    says: "this one has raise and cancel",
  },
  { code: "bad_action", from: "{ raise: Order_GiveUp }", to: "¶{ }", says: "this one has nothing" },
  {
    code: "wrong_type",
    from: "[ { raise: Order_GiveUp } ]",
    to: "[ ¶raise ]",
    says: "an action must be a map with one of assign",
  },
  {
    code: "unknown_transition",
    from: "raise: Order_GiveUp",
    to: "raise: ¶Order_GiveUpp",
    says: `did you mean "Order_GiveUp"?`,
  },
  {
    code: "unknown_context_key",
    from: `paid: "true"`,
    to: `¶paidd: "true"`,
    says: `the context has no "paidd"; did you mean "paid"?`,
  },
  {
    code: "unknown_context_key",
    from: `paid: "true"`,
    to: `¶paid.so: "true"`,
    says: `the context has no "paid.so"`,
  },
  {
    code: "expression_type",
    from: `paid: "true"`,
    to: `paid: ¶"'yes'"`,
    says: `context.paid must give bool; "'yes'" gives string`,
  },
  { code: "wrong_type", from: `paid: "true"`, to: "paid: ¶true", says: `write "true" in quotes` },
  {
    code: "wrong_type",
    from: `{ assign: { paid: "true" } }`,
    to: "{ assign: ¶paid }",
    says: "assign must be a map from context paths to CEL expressions",
  },
  { code: "missing_key", from: "owner: \"'payments'\", ", to: "", says: `emit needs "owner"` },
  {
    code: "missing_key",
    from: "onDeadline: Payment_TimedOut, ",
    to: "",
    says: `emit needs "onDeadline"`,
  },
  {
    code: "missing_key",
    from: ", answer: [Payment_Ok, Payment_Failed]",
    to: "",
    says: `emit needs "answer"`,
  },
  {
    code: "no_answer",
    from: "answer: [Payment_Ok, Payment_Failed]",
    to: "answer: ¶[]",
    says: "answer of an emit is empty",
  },
  {
    code: "answer_not_proposable",
    from: "answer: [Payment_Ok, Payment_Failed]",
    to: "answer: ¶[Payment_TimedOut]",
    says: "nobody may propose it",
  },
  {
    code: "unknown_transition",
    from: "onDeadline: Payment_TimedOut",
    to: "onDeadline: ¶Payment_TimeOut",
    says: `did you mean "Payment_TimedOut"?`,
  },
  {
    code: "one_unit",
    from: `deadlineMs: "config.paymentDeadlineMs", `,
    to: "",
    says: "it has neither",
  },
  {
    code: "one_unit",
    from: `deadlineMs: "config.paymentDeadlineMs"`,
    to: `deadlineMs: "1", deadlineBeats: "4"`,
    says: "it has both",
  },
  {
    code: "expression_type",
    from: `owner: "'payments'"`,
    to: `owner: ¶"5"`,
    says: `owner of emit pay must give string; "5" gives int`,
  },
  {
    code: "expression_type",
    from: `deadlineMs: "config.paymentDeadlineMs"`,
    to: `deadlineMs: ¶"'soon'"`,
    says: "must give int",
  },
  {
    code: "wrong_type",
    from: "effect: RequestPayment",
    to: `effect: ¶""`,
    says: "the effect of an emit must be a text that is not empty",
  },
  {
    code: "wrong_type",
    from: "effect: RequestPayment",
    to: "effect: RequestPayment, keep: ¶1",
    says: "keep of an emit must be true or false",
  },
  {
    code: "unknown_key",
    from: "effect: RequestPayment",
    to: "effect: RequestPayment, ¶efect: x",
    says: `did you mean "effect"?`,
  },
  {
    code: "bad_name",
    from: "emit: { id: pay",
    to: "emit: { id: ¶1pay",
    says: `"1pay" cannot be a name in the id of an emit`,
  },
  {
    code: "unknown_id",
    from: "cancel: nag",
    to: "cancel: ¶nagg",
    says: `no emit and no timer has the id "nagg"; did you mean "nag"?`,
  },
  {
    code: "duplicate_id",
    from: "after: [ { id: nag",
    to: `after: [ { id: ¶pay, beats: "4", raise: Stock_Nag }, { id: nag`,
    says: `the id "pay" is taken`,
  },
  { code: "wrong_type", from: `beats: "4"`, to: "beats: ¶4", says: `write "4" in quotes` },
  {
    code: "one_unit",
    from: `beats: "4", `,
    to: "",
    says: "after needs exactly one of ms and beats; it has neither",
  },
  {
    code: "missing_key",
    from: `{ id: nag, beats: "4", raise: Stock_Nag }`,
    to: `¶{ id: nag, beats: "4" }`,
    says: `after needs "raise"`,
  },
  {
    code: "expression",
    from: `when: "context.items.size() > 0"`,
    to: `when: "context.¶item.size() > 0"`,
    says: "`context` has no field `item`",
  },
  {
    code: "expression",
    from: `"{context.retries} of 3`,
    to: `"{context.¶retrie} of 3`,
    says: "`context` has no field `retrie`",
  },
  {
    code: "expression",
    from: `"!In('Control.HELD')"`,
    to: `"!In(¶'Control.HOLD')"`,
    says: `no state has the path "Control.HOLD"`,
  },
  {
    code: "expression_type",
    from: `when: "context.items.size() > 0"`,
    to: `when: ¶"context.items.size()"`,
    says: "when of guard notEmpty must give bool",
  },
  {
    code: "missing_key",
    from: `, reason: "the order has no items"`,
    to: "",
    says: `guard notEmpty needs "reason"`,
  },
  {
    code: "not_allowed",
    from: `reason: "the order has no items"`,
    to: `reason: "the order has no items", ¶with: {}`,
    says: "it names no native",
  },
  {
    code: "unused_guard",
    from: "guards:\n",
    to: `guards:\n  ¶spare: { when: "true", reason: never }\n`,
    says: "spare is declared under guards, but no transition and no candidate names it",
  },
  {
    code: "unused_transition",
    from: "  Order_GiveUp: { by: [] }\n",
    to: "  Order_GiveUp: { by: [] }\n  ¶Order_Burn: { by: [] }\n",
    says: "no state handles it",
  },
  {
    code: "unused_read",
    from: "reads:\n",
    to: `reads:\n  ¶other: "'stock/other'"\n`,
    says: "no expression names it",
  },
  {
    code: "missing_key",
    from: "  Order_GiveUp: { by: [] }\n",
    to: "  Order_GiveUp: ¶{}\n",
    says: `transition Order_GiveUp needs "by"`,
  },
  {
    code: "bad_value",
    from: `Order_Hold: { by: ["operator:human"] }`,
    to: `Order_Hold: { by: [¶"operator:robot"] }`,
    says: "must be a role like operator or operator:human",
  },
  {
    code: "bad_value",
    from: "Stock_Reserved: { by: [provider] }",
    to: "Stock_Reserved: { by: [provider], joinedBy: [¶Order_Submit] }",
    says: "must be a transition of another chart, like order.Order_Submit",
  },
  {
    code: "bad_value",
    from: "Stock_Reserved: { by: [provider] }",
    to: "Stock_Reserved: { by: [provider], class: ¶Re-View }",
    says: "must be a word like review",
  },
  {
    code: "unknown_transition",
    from: "compensatedBy: Order_Cancel",
    to: "compensatedBy: ¶Order_Cansel",
    says: `did you mean "Order_Cancel"?`,
  },
  {
    code: "unknown_context_key",
    from: "keys: []",
    to: "keys: [¶itms]",
    says: `there is no context key "itms"; did you mean "items"?`,
  },
  {
    code: "unknown_region",
    from: "{ regions: [Control], keys: [] }",
    to: "{ regions: [¶HELD], keys: [] }",
    says: `there is no region "HELD"`,
  },
  {
    code: "bad_value",
    from: "regions: [Flow, Control]",
    to: "regions: ¶[]",
    says: "regions is empty; leave it out for the default",
  },
  {
    code: "unknown_native",
    from: "guards:\n",
    to: "guards:\n  q: { native: ¶quorom, with: { votes: '1' } }\n",
    says: `there is no native guard "quorom"; did you mean "quorum"?`,
  },
  {
    code: "unknown_argument",
    from: "guards:\n",
    to: "guards:\n  q: { native: quorum, with: { votes: '1', ¶vots: '1' } }\n",
    says: `quorum takes no argument "vots"; did you mean "votes"?`,
  },
  {
    code: "missing_argument",
    from: "guards:\n",
    to: "guards:\n  q: ¶{ native: quorum }\n",
    says: `quorum needs the argument "votes" under "with"`,
  },
  {
    code: "expression_type",
    from: "guards:\n",
    to: "guards:\n  q: { native: quorum, with: { votes: ¶\"'x'\" } }\n",
    says: "the argument votes of guard q must give int",
  },
];

describe("a chart that is broken in one place", () => {
  it.each(EDITS)("$code: $to", ({ code, from, to, says }) => {
    const marked = edited(ORDER, from, to);
    const text = marked.replace("¶", "");
    const found = problemsOf(text).filter((problem) => problem.code === code);
    const [first] = found.filter(({ message }) => message.includes(says));
    expect(first?.message, JSON.stringify(problemsOf(text))).toBeDefined();
    if (!marked.includes("¶")) return;
    expect({ line: first?.line, column: first?.column }).toEqual(positionOf(marked, "¶"));
  });

  it("has one problem where one thing is wrong, but for what is made unused by it", () => {
    const noisy = EDITS.filter(({ code }) => !code.startsWith("unused"));
    const counts = noisy.map(({ from, to, code }) => {
      const problems = problemsOf(edited(ORDER, from, to).replace("¶", ""));
      const others = problems.filter((problem) => problem.code !== code);
      return others.filter((problem) => !problem.code.startsWith("unused")).length;
    });
    const alone = counts.filter((count) => count === 0).length;
    expect(alone / counts.length).toBeGreaterThan(0.85);
  });
});

describe("a chart that is broken in ten places", () => {
  const BREAKS: readonly (readonly [from: string, to: string])[] = [
    ["version: 1", "version: ¶-1"],
    ["initialContext: { items: [], paid: false,", "initialContext: { items: [], paid: ¶7,"],
    ["creates: [Order_Add]", "creates: [¶Order_Ad]"],
    ["target: CHECKING,", "target: ¶CHEKING,"],
    ["[notEmpty, stockOpen]", "[¶notEmtpy, stockOpen]"],
    [`paid: "true"`, `¶paidd: "true"`],
    ["cancel: nag", "cancel: ¶nagg"],
    ["target: .CANCELLED, internal: true", "target: ¶.CANCELLED"],
    [`Order_Hold: { by: ["operator:human"] }`, `Order_Hold: { by: [¶"Operator"] }`],
    [`"context.items.size() < config.limit"`, `"context.items.size() < config.¶limt"`],
  ];

  it("is told all ten at once, in the order of the file", () => {
    let marked = ORDER;
    for (const [from, to] of BREAKS) marked = edited(marked, from, to);
    const expected: { line: number; column: number }[] = [];
    let text = marked;
    while (text.includes("¶")) {
      expected.push(positionOf(text, "¶"));
      text = text.replace("¶", "");
    }
    const found = problemsOf(text).map(({ line, column }) => ({ line, column }));
    expect(found).toEqual(expected);
    expect(found).toHaveLength(10);
  });
});

describe("values that are no chart", () => {
  it.each([
    ["a list", "[]", "a chart must be a map of keys, not an array of 0"],
    ["nothing", "{}", 'a chart needs "chart", its name'],
    [
      "no version",
      "chart: x",
      'a chart needs "version": a positive integer that grows with each change',
    ],
    ["no states", "chart: x", 'the root (atomic) needs at least one state under "states"'],
    [
      "a final root",
      "chart: x\ntype: final",
      'the root (final) needs at least one state under "states"',
    ],
  ])("%s", (_, text, says) => {
    expect(problemsOf(text).map(({ message }) => message)).toContain(says);
  });
});
