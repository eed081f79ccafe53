import type { JsonObject } from "@swoosh/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PrivateKey } from "../keys/private-key.ts";
import { HttpRig, type RigProposal } from "./test/http-rig.ts";
import { EVERY_ROLE } from "./test/every-role.ts";

/** Whom identities are changed for: of a tenant, known already; and a new one of the same tenant. */
const KNOWN = "identity/acme-1";
const NEW = "identity/acme-2";
/** Scopes, and which of the two they cover. */
const SCOPES: readonly (readonly [scope: string, known: boolean, fresh: boolean])[] = [
  ["*", true, true],
  ["identity/*", true, true],
  ["identity/acme*", true, true],
  ["identity/acme-1", true, false],
  ["identity/zorg*", false, false],
  ["switch/*", false, false],
];

/** What a new key signs (decision 0007). */
const ROTATION_TYPE = "application/vnd.swoosh.rotation.v1+json";

const GRANT = { role: "client", scope: "switch/acme*" };
const fresh = PrivateKey.generate();

interface Signer {
  readonly name: string;
  readonly role: string;
  readonly known: boolean;
  readonly fresh: boolean;
  readonly key: PrivateKey;
}

let rig: HttpRig;
/** The key of `KNOWN`, and of the node. */
let held: PrivateKey;
let signers: readonly Signer[];

beforeAll(async () => {
  rig = await HttpRig.open();
  held = await rig.register("acme-1", [GRANT]);
  signers = await Promise.all(
    EVERY_ROLE.flatMap((role, place) =>
      SCOPES.map(async ([scope, known, isFresh], at): Promise<Signer> => {
        const name = `of-${role}-${at}`;
        const kind = (place + at) % 2 === 0 ? "human" : "service";
        const key = await rig.register(name, [{ role, scope }], kind);
        return { name, role, known, fresh: isFresh, key };
      }),
    ),
  );
});
afterAll(() => rig.close());

/** A rotation as the holder of both keys signs it. */
function rotation(from: PrivateKey, to: PrivateKey): JsonObject {
  const payload = { new_key: to.identity, old_key: from.identity };
  return { key: to.identity, signature: to.sign(ROTATION_TYPE, payload) };
}

async function say(proposal: RigProposal, query = "?dry_run=true") {
  const response = await fetch(`${rig.server.url}/transition${query}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: rig.wire(proposal),
  });
  const body: { readonly code?: string } = JSON.parse(await response.text());
  return [response.status, body.code ?? "accepted"] as const;
}

const YES = [200, "accepted"];
const NO = [403, "forbidden"];

const CHANGES: readonly (readonly [
  name: string,
  proposal: () => Omit<RigProposal, "signer">,
  covers: (signer: Signer) => boolean,
])[] = [
  [
    "Identity_Register",
    () => ({
      instance: NEW,
      transition: "Identity_Register",
      inputs: { key: fresh.identity, kind: "service", roles: [GRANT] },
    }),
    (signer) => signer.fresh,
  ],
  [
    "Identity_Grant",
    () => ({
      instance: KNOWN,
      transition: "Identity_Grant",
      inputs: { role: "agent", scope: "switch/acme-1" },
    }),
    (signer) => signer.known,
  ],
  [
    "Identity_Ungrant",
    () => ({ instance: KNOWN, transition: "Identity_Ungrant", inputs: GRANT }),
    (signer) => signer.known,
  ],
  [
    "Identity_Revoke",
    () => ({ instance: KNOWN, transition: "Identity_Revoke", inputs: { reason: "left" } }),
    (signer) => signer.known,
  ],
];

describe("an identity is changed", () => {
  it.each(CHANGES)("by operators in whose scope it is: %s", async (_name, proposal, covers) => {
    const said = await Promise.all(signers.map(({ key }) => say({ ...proposal(), signer: key })));
    expect(signers.map(({ name }, at) => [name, said[at]])).toEqual(
      signers.map((one) => [one.name, one.role === "operator" && covers(one) ? YES : NO]),
    );
    // Not by who it is itself, whatever it holds.
    expect(await say({ ...proposal(), signer: held })).toEqual(NO);
  });

  it("in its key by itself alone: no role lets anybody rotate another, nor is one needed for oneself", async () => {
    const inputs = rotation(held, fresh);
    const of = { instance: KNOWN, transition: "Identity_Rotate", inputs };
    const said = await Promise.all(signers.map(({ key }) => say({ ...of, signer: key })));
    expect(said).toEqual(signers.map(() => NO));
    expect(await say({ ...of, signer: rig.operator })).toEqual(NO);
    const own = await Promise.all(
      signers.map(({ key, name }) =>
        say({
          instance: `identity/${name}`,
          transition: "Identity_Rotate",
          inputs: rotation(key, fresh),
          signer: key,
        }),
      ),
    );
    expect(own).toEqual(signers.map(() => YES));
    expect(await say({ ...of, signer: held })).toEqual(YES);
    // What another key signed, or the old one in the new one's place, rotates nothing.
    const stranger = rotation(PrivateKey.generate(), fresh);
    const signature = held.sign(ROTATION_TYPE, {
      new_key: fresh.identity,
      old_key: held.identity,
    });
    for (const wrong of [stranger, { ...inputs, signature }])
      expect(await say({ ...of, inputs: wrong, signer: held })).toEqual([400, "guard_failed"]);
  });

  it("by the next record under the rights that the one before left: granted, ungranted, rotated, revoked", async () => {
    const key = await rig.register("turn", []);
    const next = PrivateKey.generate();
    const role = { role: "client", scope: "switch/turn*" };
    const flip = (signer: PrivateKey) =>
      say({ instance: "switch/turn-1", transition: "Switch_Flip", signer }, "");
    const change = (transition: string, inputs: JsonObject, signer = rig.operator) =>
      say({ instance: "identity/turn", transition, inputs, signer }, "");
    const turns = [
      await flip(key),
      await change("Identity_Grant", role),
      await flip(key),
      await change("Identity_Ungrant", role),
      await flip(key),
      await change("Identity_Grant", role),
      await change("Identity_Rotate", rotation(key, next), key),
      await flip(key),
      await flip(next),
      await change("Identity_Revoke", { reason: "left" }),
      await flip(next),
      await change("Identity_Grant", { ...role, role: "agent" }),
      await change("Identity_Rotate", rotation(next, key), next),
    ];
    expect(turns.map(([, code]) => code)).toEqual([
      "forbidden",
      "accepted",
      "accepted",
      "accepted",
      "forbidden",
      "accepted",
      "accepted",
      "unknown_signer",
      "accepted",
      "accepted",
      "unknown_signer",
      "ended",
      "unknown_signer",
    ]);
  });

  it("freely by an operator of it, wider than that operator's own scope: decision 0007 says what this costs", async () => {
    const part = signers.find(({ role, name }) => role === "operator" && name.endsWith("-2"));
    expect(
      await say({
        instance: KNOWN,
        transition: "Identity_Grant",
        inputs: { role: "operator", scope: "*" },
        ...(part === undefined ? {} : { signer: part.key }),
      }),
    ).toEqual(YES);
  });
});

describe("what the node alone does", () => {
  const ACTS = ["@genesis", "@chart", "@migrate", "@timer", "@seal"];

  it("comes from nobody outside: neither from who was given the role `engine`, nor under the node's own key", async () => {
    const engine = PrivateKey.generate();
    await rig.mustPropose({
      instance: "identity/engine-2",
      transition: "Identity_Register",
      inputs: {
        key: engine.identity,
        kind: "engine",
        roles: [{ role: "engine", scope: "*" }],
      },
    });
    const { size } = rig.node.engine.status();
    for (const signer of [engine, rig.node.key, rig.operator])
      for (const transition of ACTS)
        for (const instance of ["journal/main", "chart/switch", "switch/a"])
          expect([transition, await say({ instance, transition, signer }, "")]).toEqual([
            transition,
            [400, "malformed"],
          ]);
    expect(rig.node.engine.status().size).toBe(size);
  });

  it("is no right to anything else, for whoever has it and for the node's key", async () => {
    const { size } = rig.node.engine.status();
    const name = "of-engine-0";
    const engine = signers.find((one) => one.name === name)?.key ?? rig.operator;
    for (const signer of [engine, rig.node.key]) {
      const flip = { instance: "switch/e", transition: "Switch_Flip", signer };
      expect(await say(flip, "")).toEqual(NO);
      for (const [, proposal] of CHANGES)
        expect(await say({ ...proposal(), signer }, "")).toEqual(NO);
    }
    expect(rig.node.engine.status().size).toBe(size);
  });

  it("has keys of idempotency that nobody else may use", async () => {
    const wire: JsonObject = JSON.parse(
      rig.wire({ instance: "switch/k", transition: "Switch_Flip" }),
    );
    const response = await rig.send(JSON.stringify({ ...wire, idem_key: "@:9:@timer:0" }));
    expect([response.status, JSON.parse(await response.text())]).toMatchObject([
      400,
      { code: "malformed" },
    ]);
  });
});
