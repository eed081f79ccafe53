import { describe, expect, it } from "vitest";
import type { TransitionDeclaration } from "../chart/compiled-chart.ts";
import type { JsonObject } from "../json/json.ts";
import { forbiddenReasons, isOperatorOfIdentities, roleFor, scopeCovers } from "./authority.ts";
import { FLAGS, hasFlag, unknownFlags } from "./flags.ts";
import { operationHash } from "./operation.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import { valueHash } from "../hash.ts";

describe("a scope covers", () => {
  it.each([
    ["*", "order/a", true],
    ["order/*", "order/a", true],
    ["order/*", "orders/a", false],
    ["order/acme-*", "order/acme-1", true],
    ["order/acme-*", "order/acme-", true],
    ["order/acme-*", "order/acme", false],
    ["order/a", "order/a", true],
    ["order/a", "order/ab", false],
    ["order/a", "order/", false],
    ["order*", "order/a", false],
    ["order*", "orders/a", false],
    ["o*", "order/a", false],
    ["", "order/a", false],
    ["order/", "order/a", false],
    ["**", "order/a", false],
  ])("%j, %s: %s", (scope, instance, covers) => {
    expect(scopeCovers(scope, instance)).toBe(covers);
  });
});

function declaring(...by: readonly string[]): TransitionDeclaration {
  return {
    name: "T",
    by: by.map((one) => {
      const [role = "", human] = one.split(":");
      return { role, human: human === "human" };
    }),
    joinedBy: [],
    class: null,
    validateInputs: () => [],
    guards: [],
    compensatedBy: null,
    creates: true,
    answers: [],
    reads: [],
  };
}

const holding = (kind: string, ...roles: readonly (readonly [string, string])[]): JsonObject => ({
  key: "k",
  kind,
  roles: roles.map(([role, scope]) => ({ role, scope })),
});

describe("the role that lets a signer propose", () => {
  const service = {
    name: "bot",
    context: holding("service", ["client", "order/*"], ["operator", "*"]),
  };

  it("is the first of `by` that it holds here", () => {
    expect(roleFor(declaring("agent", "operator", "client"), service, "order/a")).toBe("operator");
    expect(roleFor(declaring("client", "operator"), service, "order/a")).toBe("client");
    expect(roleFor(declaring("client", "operator"), service, "desk/a")).toBe("operator");
    expect(roleFor(declaring("client"), service, "desk/a")).toBeUndefined();
    expect(roleFor(declaring(), service, "order/a")).toBeUndefined();
  });

  it("wants a person where `:human` says so", () => {
    expect(roleFor(declaring("operator:human"), service, "order/a")).toBeUndefined();
    const person = { ...service, context: { ...service.context, kind: "human" } };
    expect(roleFor(declaring("operator:human"), person, "order/a")).toBe("operator");
  });

  it("is `self` over the own identity alone", () => {
    expect(roleFor(declaring("self"), service, "identity/bot")).toBe("self");
    expect(roleFor(declaring("self"), service, "identity/other")).toBeUndefined();
  });

  it("is none for a document of another shape", () => {
    for (const roles of [
      null,
      7,
      {},
      [1],
      [null],
      [{ role: 1, scope: "*" }],
      [{ role: "client", scope: 1 }],
    ]) {
      const signer = { name: "x", context: { roles } as JsonObject };
      expect(roleFor(declaring("client"), signer, "order/a")).toBeUndefined();
    }
    expect(roleFor(declaring("client"), { name: "x", context: {} }, "order/a")).toBeUndefined();
    const roles = [null, "client", { role: "client" }, { role: "client", scope: "order/*" }];
    const signer = { name: "x", context: { roles } };
    expect(roleFor(declaring("client"), signer, "order/a"), "what can be read counts").toBe(
      "client",
    );
  });

  it("is told, with what the signer holds, where it is missing", () => {
    expect(forbiddenReasons(declaring("agent", "operator:human"), service, "order/a")).toEqual([
      "T on order/a needs agent or operator:human",
      "bot (service) holds client on order/*, operator on *",
    ]);
    expect(forbiddenReasons(declaring("agent"), { name: "x", context: {} }, "order/a")[1]).toBe(
      "x (unknown) holds no role",
    );
  });
});

describe("an operator of all identities", () => {
  it.each([
    [true, [["operator", "*"]]],
    [true, [["operator", "identity/*"]]],
    [false, [["operator", "identity/acme-*"]]],
    [false, [["controller", "*"]]],
    [false, []],
  ] as const)("%s: %j", (expected, roles) => {
    expect(isOperatorOfIdentities(holding("human", ...roles))).toBe(expected);
  });
});

describe("flags", () => {
  it("are numbered from 1 without gaps, each with why and since", () => {
    expect(FLAGS.map((flag) => flag.number)).toEqual(FLAGS.map((_, place) => place + 1));
    for (const flag of FLAGS) expect(flag.why.length * flag.since.length).toBeGreaterThan(0);
  });

  it("are asked by number; those of a newer kernel are found", () => {
    expect(hasFlag([1, 3], 3)).toBe(true);
    expect(hasFlag([1, 3], 2)).toBe(false);
    const known = [{ number: 1, why: "w", since: "0.1.0" }];
    expect(unknownFlags([1, 2, 5], known)).toEqual([2, 5]);
  });
});

describe("an operation", () => {
  it("is the value hash of its four parts", () => {
    const operation = { instance: "a/b", transition: "T", inputsHash: "sha256-1", signer: "s" };
    expect(operationHash(nodeHasher, operation)).toBe(
      valueHash(nodeHasher, {
        transition: "T",
        signer: "s",
        instance: "a/b",
        inputs_hash: "sha256-1",
      }),
    );
  });
});
