import { describe, expect, it } from "vitest";
import { attestations } from "./attestations.ts";
import { genesisInputs } from "./genesis.ts";
import { ROTATION_TYPE, rotationPayload } from "./kernel-natives.ts";
import { NO_LEAF } from "../hash.ts";
import type { JsonObject } from "../json/json.ts";
import type { Refused } from "../refusal.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import { createKernel } from "./kernel.ts";
import { reduce } from "./reduce.ts";
import { World } from "./world.ts";
import { identityChart, keyOf, mustBeRefused, ORIGIN, Rig, SIGNATURE, START } from "./test/rig.ts";
import type { Proposed } from "./test/rig.ts";

const ALL = { role: "operator", scope: "*" };
const newKey = keyOf("new");
const signature = "n".repeat(86);

function rotation(name: string, by: string): Proposed {
  return {
    instance: `identity/${name}`,
    transition: "Identity_Rotate",
    inputs: { key: newKey, signature },
    by,
    verdict: [true],
  };
}

describe("genesis", () => {
  it("is record 0, creates node and operator, installs the identity chart", () => {
    const rig = new Rig();
    const [genesis] = rig.records;
    expect(genesis?.record).toMatchObject({
      index: 0,
      pre: `sha256-${"0".repeat(64)}`,
      post: `sha256-${"0".repeat(64)}`,
      seq: 0,
      reads: [],
      configuration: [],
      proposal: {
        instance: "journal/main",
        transition: "@genesis",
        signer: keyOf("node"),
        idem_key: "@:0:@genesis:0",
        hlc: "2023-11-14T22:13:20.000+00:00#0",
      },
    });
    expect(genesis?.record.parts.map((part) => [part.instance, part.transition, part.seq])).toEqual(
      [
        ["identity/node", "Identity_Register", 1],
        ["identity/operator", "Identity_Register", 1],
      ],
    );
    expect(rig.world.origin).toBe(ORIGIN);
    expect(rig.world.bounds).toEqual({ behindMs: 120_000, aheadMs: 60_000 });
    expect(rig.world.node).toBe(keyOf("node"));
    expect(rig.world.registry.identityOf(keyOf("operator"))).toBe("operator");
    expect(rig.world.chart("identity")).toBe(identityChart());
    expect(rig.document("identity/operator").context).toEqual({
      key: keyOf("operator"),
      kind: "human",
      roles: [ALL],
    });
    expect(rig.document("identity/node").context["kind"]).toBe("engine");
  });

  const good = genesisInputs({
    origin: ORIGIN,
    node: keyOf("node"),
    operator: keyOf("operator"),
    bounds: { behindMs: 1, aheadMs: 2 },
    flags: [],
    identityChart: identityChart().hash,
  });
  const { node: _node, ...withoutNode } = good;
  const NO_BOUNDS = "is not {ahead_ms, behind_ms}, integers from 0";
  const NO_FLAGS = "is not a sorted list of integers";
  const { bounds: _bounds, flags: _flags, ...withoutLists } = good;
  it.each([
    ["origin", "is not <name>/<32 hex digits>", { ...good, origin: "test" }],
    ["origin", "is not <name>/<32 hex digits>", { ...good, origin: [ORIGIN] }],
    ["node", "is no key", withoutNode],
    ["node", "is no key", { ...good, node: "key" }],
    ["node", "is no key", { ...good, node: [keyOf("node")] }],
    ["operator", "is no key", { ...good, operator: 1 }],
    ["operator", "is no key", { ...good, operator: "key" }],
    ["operator", "is no key", { ...good, operator: [keyOf("operator")] }],
    [
      "operator",
      "is the node's key; a key belongs to one identity",
      { ...good, operator: keyOf("node") },
    ],
    ["bounds", NO_BOUNDS, { ...withoutLists, flags: [] }],
    ["bounds", NO_BOUNDS, { ...good, bounds: { behind_ms: 1 } }],
    ["bounds", NO_BOUNDS, { ...good, bounds: { behind_ms: 1, ahead_ms: -1 } }],
    ["bounds", NO_BOUNDS, { ...good, bounds: { behind_ms: "1", ahead_ms: 1 } }],
    ["bounds", NO_BOUNDS, { ...good, bounds: { behind_ms: 1, ahead_ms: 1.5 } }],
    ["bounds", NO_BOUNDS, { ...good, bounds: [] }],
    ["flags", NO_FLAGS, { ...withoutLists, bounds: good["bounds"] ?? null }],
    ["flags", NO_FLAGS, { ...good, flags: ["1"] }],
    ["flags", NO_FLAGS, { ...good, flags: [-1] }],
    ["flags", NO_FLAGS, { ...good, flags: [2, 1] }],
    ["flags", NO_FLAGS, { ...good, flags: [1, 1] }],
    ["flags", NO_FLAGS, { ...good, flags: 7 }],
    ["flags", NO_FLAGS, { ...good, flags: null }],
    ["flags", NO_FLAGS, { ...good, flags: {} }],
    ["flags", "this kernel does not know 0", { ...good, flags: [0, 99] }],
    ["flags", "this kernel does not know 99", { ...good, flags: [99] }],
    ["identity_chart", "is no hash", { ...good, identity_chart: "sha256-1" }],
    ["more", "is not known", { ...good, more: 1 }],
  ])("refuses a wrong %s: it %s", (field, problem, inputs) => {
    const refused = refusedGenesis(inputs);
    expect(refused.code).toBe("inputs_invalid");
    expect(refused.reasons).toEqual([`inputs.${field}: ${problem}`]);
  });

  it("refuses an identity chart that is not at hand, and a second genesis", () => {
    const hash = `sha256-${"1".repeat(64)}`;
    expect(refusedGenesis({ ...good, identity_chart: hash }).code).toBe("unknown_chart");
    const full = new Rig();
    expect(mustBeRefused(full.act({ act: "@genesis", inputs: good }))).toMatchObject({
      code: "not_enabled",
      reasons: ["@genesis is record 0; this would be 1"],
    });
  });
});

/** What reduce says of a first record with these inputs. */
function refusedGenesis(inputs: JsonObject): Refused {
  const chart = identityChart();
  const world = new World((hash) => (hash === chart.hash ? chart : undefined));
  const moment = { index: 0, prev: NO_LEAF, at: START, now: START };
  const act = { act: "@genesis", inputs } as const;
  const kernel = createKernel(nodeHasher);
  return mustBeRefused(
    reduce(kernel, world, { kind: "engine", moment, act, sign: () => SIGNATURE }),
  );
}

describe("identities", () => {
  it("registers, grants and ungrants", () => {
    const rig = new Rig();
    rig.register("alice", []);
    const instance = "identity/alice";
    const inputs = { role: "client", scope: "order/acme-*" };
    rig.must({ instance, transition: "Identity_Grant", inputs });
    expect(rig.document(instance).context["roles"]).toEqual([inputs]);
    expect(rig.refused({ instance, transition: "Identity_Grant", inputs })).toMatchObject({
      code: "guard_failed",
      guard: "notHeldYet",
      reasons: ["client on order/acme-* is held already"],
    });
    rig.must({ instance, transition: "Identity_Ungrant", inputs });
    expect(rig.document(instance).context["roles"]).toEqual([]);
    expect(rig.refused({ instance, transition: "Identity_Ungrant", inputs }).guard).toBe("held");
  });

  it("holds at most 12 roles", () => {
    const rig = new Rig();
    const roles = Array.from({ length: 12 }, (_, n) => ({ role: "client", scope: `order/${n}` }));
    rig.register("alice", roles);
    const refused = rig.refused({
      instance: "identity/alice",
      transition: "Identity_Grant",
      inputs: { role: "client", scope: "*" },
    });
    expect(refused).toMatchObject({ guard: "roomForRole", code: "guard_failed" });
  });

  it.each(["order/", "*/*", "order", "order/a b", "Order/*", "order/**", ""])(
    "refuses the scope %j",
    (scope) => {
      const rig = new Rig();
      const inputs = { key: newKey, kind: "service", roles: [{ role: "client", scope }] };
      const verdict = rig.ask({ instance: "identity/a", transition: "Identity_Register", inputs });
      expect(mustBeRefused(verdict).code).toBe("inputs_invalid");
    },
  );

  it("keeps a key with one identity", () => {
    const rig = new Rig();
    rig.register("alice", []);
    const again = rig.refused({
      instance: "identity/bob",
      transition: "Identity_Register",
      inputs: { key: keyOf("alice"), kind: "human", roles: [] },
    });
    expect(again).toMatchObject({
      code: "guard_failed",
      guard: "keyUnclaimed",
      reasons: ["the key belongs to alice; a key belongs to one identity"],
    });
    const mine = rig.refused({
      ...rotation("alice", "alice"),
      inputs: { key: keyOf("operator"), signature },
    });
    expect(mine.guard).toBe("keyUnclaimed");
  });

  it("notes the identities that a guard consulted among the reads", () => {
    const rig = new Rig();
    rig.register("alice", []);
    rig.register("bob", [ALL]);
    const { record } = rig.must({
      instance: "identity/bob",
      transition: "Identity_Revoke",
      inputs: { reason: "left" },
    });
    expect(record.reads.map((read) => read.instance)).toEqual([
      "identity/bob",
      "identity/operator",
    ]);
    expect(record.outcomes[0]?.reasons).toEqual(["operator remains an operator"]);
  });
});

describe("rotation", () => {
  it("asks for the new key's signature, and takes the new key from the next index on", () => {
    const rig = new Rig();
    rig.register("alice", []);
    const input = rig.input(rotation("alice", "alice"));
    const [asked, ...more] = attestations(rig.kernel, rig.world, input);
    expect(more).toEqual([]);
    expect(asked).toMatchObject({
      kind: "signature",
      key: newKey,
      type: ROTATION_TYPE,
      payload: rotationPayload({ oldKey: keyOf("alice"), newKey }),
      signature,
    });
    const { record } = rig.must(rotation("alice", "alice"));
    expect(record.verdict).toEqual([true]);
    expect(rig.refused(rotation("alice", "alice")).code).toBe("unknown_signer");
    expect(rig.world.registry.identityOf(newKey)).toBe("alice");
    expect(rig.world.registry.identityOf(keyOf("alice"))).toBeUndefined();
  });

  it.each([[[false]], [[]]])("is refused where the verdict is %j", (verdict) => {
    const rig = new Rig();
    rig.register("alice", []);
    const refused = rig.refused({ ...rotation("alice", "alice"), verdict });
    expect(refused).toMatchObject({ code: "guard_failed", guard: "keySigned" });
  });

  it("is the holder's own business", () => {
    const rig = new Rig();
    rig.register("alice", []);
    expect(rig.refused(rotation("alice", "operator"))).toMatchObject({
      code: "forbidden",
      reasons: [
        "Identity_Rotate on identity/alice needs self",
        "operator (human) holds operator on *",
      ],
    });
    rig.register("bob", []);
    expect(rig.refused(rotation("alice", "bob")).code).toBe("forbidden");
  });
});

describe("the last operator", () => {
  it("can be neither revoked nor ungranted", () => {
    const rig = new Rig();
    rig.register("half", [{ role: "operator", scope: "order/*" }]);
    const instance = "identity/operator";
    const revoke = { instance, transition: "Identity_Revoke", inputs: { reason: "x" } };
    expect(rig.refused(revoke)).toMatchObject({
      guard: "operatorRemainsRevoked",
      reasons: ["operator is the last operator of all identities; register another first"],
    });
    const ungrant = { instance, transition: "Identity_Ungrant", inputs: ALL };
    expect(rig.refused(ungrant).guard).toBe("operatorRemainsUngranted");
    rig.must({
      instance,
      transition: "Identity_Grant",
      inputs: { role: "operator", scope: "identity/*" },
    });
    rig.must(ungrant);
    const last = { role: "operator", scope: "identity/*" };
    expect(rig.refused({ ...ungrant, inputs: last }).guard).toBe("operatorRemainsUngranted");
  });

  it("may go where another stays; its key is refused from the next index on", () => {
    const rig = new Rig();
    rig.register("zoe", [{ role: "operator", scope: "identity/*" }]);
    rig.register("alice", []);
    const revoke = {
      instance: "identity/operator",
      transition: "Identity_Revoke",
      inputs: { reason: "left" },
    };
    rig.must({ ...revoke, by: "zoe" });
    expect(rig.refused({ ...revoke, by: "operator" })).toMatchObject({ code: "unknown_signer" });
    expect(rig.document("identity/operator").meta.ended).toBe(true);
    const zoe = { ...revoke, instance: "identity/zoe", by: "zoe" };
    expect(rig.refused(zoe).guard).toBe("operatorRemainsRevoked");
    expect(rig.must({ ...revoke, instance: "identity/alice", by: "zoe" }).record.outcomes).toEqual([
      { guard: "operatorRemainsRevoked", ok: true, reasons: [] },
    ]);
  });
});
