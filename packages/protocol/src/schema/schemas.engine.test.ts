import { decisionRecord, decodeRecord, leafHash } from "@swoosh/kernel";
import { nodeHasher } from "@swoosh/kernel/testing";
import { Ajv2020 } from "ajv/dist/2020.js";
import { beforeAll, describe, expect, it } from "vitest";
import { orderChart } from "../../../kernel/src/testing/test-kernel.ts";
import {
  mustAccept,
  openTestEngine,
  type TestEngine,
} from "../../../kernel/src/testing/test-engine.ts";
import { problemOf } from "../problem.ts";
import { problemsOf, validatorOf } from "../test/validator-of.ts";
import { SCHEMAS, standalone, type SchemaName } from "./schemas.ts";

describe("the schemas of the wire", () => {
  let test: TestEngine;
  beforeAll(async () => {
    test = await openTestEngine();
    mustAccept(await test.engine.act.installChart(orderChart()));
    await test.register("shop", "client", "agent", "provider", "operator");
    await test.mustPropose({
      instance: "order/zero",
      transition: "Order_Add",
      inputs: { item: "a" },
    });
  });

  it("compile, each by itself and all in one, with every reference", () => {
    for (const name of namesOf(SCHEMAS)) {
      validatorOf(name);
      const ajv = new Ajv2020({ strict: false, validateFormats: false });
      expect(() => ajv.compile(standalone(name))).not.toThrow();
    }
  });

  it("fit what the engine takes and what it answers", async () => {
    const wire = test.wire({
      instance: "order/one",
      transition: "Order_Add",
      inputs: { item: "a" },
    });
    expect(problemsOf("Proposal", wire)).toEqual([]);
    const answer = await test.engine.propose(wire);
    expect(answer.kind).toBe("accepted");
    if (answer.kind !== "accepted") return;
    const body: unknown = JSON.parse(answer.text);
    expect(problemsOf("Accepted", body)).toEqual([]);
    expect(problemsOf("TransitionsLine", { ...Object(body), status: 202 })).toEqual([]);
    expect(problemsOf("TransitionsLine", body)).not.toEqual([]);
    const head = test.engine.state.head("order/one");
    expect(problemsOf("Document", head?.document)).toEqual([]);
    expect(
      problemsOf("State", {
        configuration: head?.document.configuration,
        hash: head?.hash,
        hlc: head?.document.hlc_last,
        index: answer.index,
        instance: "order/one",
        state: head?.document,
      }),
    ).toEqual([]);
  });

  it("fit the refusals of the engine, with head and outcomes", async () => {
    const refusals = [
      await test.engine.propose("{"),
      await test.propose({
        instance: "order/one",
        transition: "Order_Submit",
        head: `sha256-${"0".repeat(64)}`,
      }),
      await test.propose({ instance: "order/one", transition: "Nothing_Like_It" }),
      await test.propose({ instance: "order/one", transition: "Order_Add", inputs: { item: 1 } }),
      await test.propose({ instance: "nothing/one", transition: "Order_Add" }),
    ];
    const codes = refusals.map((answer) => {
      if (answer.kind !== "refused") throw new Error("was accepted");
      const problem = problemOf(answer.refused);
      expect(problemsOf("Problem", problem)).toEqual([]);
      return problem.code;
    });
    expect(codes).toEqual([
      "malformed",
      "stale_state",
      "unknown_transition",
      "inputs_invalid",
      "unknown_chart",
    ]);
  });

  it("fit every record of the log and its decision record", async () => {
    const texts = await test.engine.records(0, 1_000);
    expect(texts.length).toBeGreaterThanOrEqual(4);
    for (const text of texts) {
      expect(problemsOf("Record", JSON.parse(text))).toEqual([]);
      const decoded = decodeRecord(text);
      if (!decoded.ok) throw new Error(decoded.problem);
      const { record } = decoded;
      const leaf = leafHash(nodeHasher, text);
      const decision = decisionRecord(record, leaf, { role: "engine", derivedFrom: [leaf] });
      expect(problemsOf("DecisionRecord", decision)).toEqual([]);
    }
  });

  it("refuse what the contract refuses", () => {
    const wire = test.wire({
      instance: "order/two",
      transition: "Order_Add",
      inputs: { item: "a" },
    });
    const broken: readonly (readonly [string, object])[] = [
      ["an unknown field", { ...wire, more: 1 }],
      ["an engine's key", { ...wire, idem_key: "@:1:a:0" }],
      ["a key of three parts", { ...wire, idem_key: "a:b:c" }],
      ["a transition of the engine", { ...wire, transition: "@timer" }],
      ["a short hash", { ...wire, inputs_hash: "sha256-00" }],
      ["inputs that are no object", { ...wire, inputs: [] }],
      ["a path for an id", { ...wire, instance: "order/../x" }],
      ["a file as evidence", { ...wire, evidence: ["file:///etc/passwd"] }],
      ["a clock with another zone", { ...wire, hlc: "2026-01-01T00:00:00.000+01:00#0" }],
    ];
    for (const [what, value] of broken) expect(problemsOf("Proposal", value), what).not.toEqual([]);
  });
});

function namesOf(schemas: Readonly<Record<SchemaName, unknown>>): readonly SchemaName[] {
  return Object.keys(schemas).filter((name): name is SchemaName => Object.hasOwn(SCHEMAS, name));
}
