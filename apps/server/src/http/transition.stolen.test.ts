import { canonicalize, PROPOSAL_TYPE, type JsonObject } from "@swoosh/kernel";
import { SESSION_TYPE, sessionPayload } from "@swoosh/protocol";
import { expect, it } from "vitest";
import { PrivateKey } from "../keys/private-key.ts";
import { withServer, type ServedFolder } from "./test/with-server.ts";

const revoked = PrivateKey.generate();
const old = PrivateKey.generate();
const young = PrivateKey.generate();

const signedBy = (served: ServedFolder, signature: string): string =>
  canonicalize({ ...served.body(), signature });
const bare = ({ inputs: _inputs, signature: _signature, ...body }: JsonObject): JsonObject => body;

/** A sound signature in the wrong place, or a key that was good once. */
const CASES: readonly (readonly [
  name: string,
  body: (served: ServedFolder) => string,
  code: string,
])[] = [
  [
    "the signature of another sound proposal of the same signer",
    (served) => signedBy(served, String(served.body({ instance: "flag/b" })["signature"])),
    "bad_signature",
  ],
  [
    "that of the same proposal at another head",
    (served) => {
      const current_state_hash = `sha256-${"1".repeat(64)}`;
      const { signature } = served.body({ change: { current_state_hash } });
      return signedBy(served, String(signature));
    },
    "bad_signature",
  ],
  [
    "that of an answer to a challenge",
    (served) => {
      const challenge = Buffer.alloc(32, 7).toString("base64url");
      const signer = served.operator.identity;
      const payload = sessionPayload({ challenge, origin: served.node.origin, signer });
      return signedBy(served, served.operator.sign(SESSION_TYPE, payload));
    },
    "bad_signature",
  ],
  [
    "one over this very body, as if it were an answer to a challenge",
    (served) => {
      const body = served.body();
      return canonicalize({ ...body, signature: served.operator.sign(SESSION_TYPE, bare(body)) });
    },
    "bad_signature",
  ],
  [
    "one over the body with its inputs",
    (served) => {
      const { signature: _signature, ...body } = served.body();
      return canonicalize({ ...body, signature: served.operator.sign(PROPOSAL_TYPE, body) });
    },
    "bad_signature",
  ],
  [
    "a signature of the operator's, under another's name",
    (served) => canonicalize({ ...served.body(), signer: young.identity }),
    "bad_signature",
  ],
  ["a signer who was revoked", (served) => served.text({ signer: revoked }), "unknown_signer"],
  ["a key that was rotated away", (served) => served.text({ signer: old }), "unknown_signer"],
];

it("a signature is good for what it was made for, and a key as long as it is somebody's", () =>
  withServer(async (served) => {
    const must = async (text: string): Promise<void> => {
      const answer = await served.post(text);
      expect([answer.status, await answer.text()]).toEqual([202, expect.any(String)]);
    };
    const change = (instance: string, transition: string, inputs: JsonObject, by?: PrivateKey) =>
      must(
        served.text({ instance, transition, inputs, ...(by === undefined ? {} : { signer: by }) }),
      );
    const roles = [{ role: "operator", scope: "*" }];
    for (const [name, key] of [
      ["revoked", revoked],
      ["rotated", old],
    ] as const) {
      const inputs = { key: key.identity, kind: "human", roles };
      await change(`identity/${name}`, "Identity_Register", inputs);
      // Both were good.
      await must(served.text({ signer: key, instance: `flag/${name}` }));
    }
    const kept = served.text({ signer: revoked, instance: "flag/kept" });
    await must(kept);
    await change("identity/revoked", "Identity_Revoke", { reason: "left" });
    const both = { new_key: young.identity, old_key: old.identity };
    const signature = young.sign("application/vnd.swoosh.rotation.v1+json", both);
    await change("identity/rotated", "Identity_Rotate", { key: young.identity, signature }, old);

    const { size } = served.node.engine.status();
    const told: unknown[] = [];
    for (const [name, made] of CASES) {
      const answer = await served.post(made(served));
      const { code }: { readonly code?: string } = JSON.parse(await answer.text());
      told.push([name, answer.status, code]);
    }
    expect(told).toEqual(CASES.map(([name, , code]) => [name, 401, code]));
    // Also what was accepted of the revoked key is not said again to whoever has it.
    const again = await served.post(kept);
    expect([again.status, JSON.parse(await again.text())]).toMatchObject([
      401,
      { code: "unknown_signer" },
    ]);
    expect(served.node.engine.status().size).toBe(size);
    await must(served.text({ signer: young }));
  }));
