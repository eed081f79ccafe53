import { createPrivateKey } from "node:crypto";
import {
  ABSENT_HASH,
  base64urlOf,
  canonicalize,
  hex,
  identityKeyOf,
  preAuthenticationEncoding,
  PROPOSAL_TYPE,
  valueHash,
  type Json,
  type JsonObject,
} from "@swoosh/kernel";
import { nodeHasher } from "@swoosh/kernel/testing";
import { SESSION_TYPE, sessionPayload } from "@swoosh/protocol";
import { publicEd25519KeyOf, signEd25519 } from "../../../kernel/src/testing/node-crypto.ts";
import { hlcAfter } from "../head-book.ts";

const ORIGIN = "swoosh/00112233445566778899aabbccddeeff";
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

const SEEDS = ["the first key", "the second key"].map((name) => nodeHasher.sha256(name));

/** Inputs that tell a careless canonical form from the right one (RFC 8785), each with the reason. */
const INPUTS: readonly (readonly [string, JsonObject])[] = [
  ["empty inputs", {}],
  ["plain inputs", { item: "tea" }],
  [
    "keys in order of UTF-16 units, not of code points",
    { "\uff5e": 2, "\u{1f600}": 1, a: 3, A: 4, "": 5 },
  ],
  [
    "strings with every kind of escape",
    {
      text: '"\\/\b\f\n\r\t\u0000\u001f\u007f\u0080\u2028\u2029\u00e9\ufeff\u{1f600}',
      back: "\\u007f \\\\u007f \\n",
    },
  ],
  ["the largest integers", { most: 9_007_199_254_740_991, least: -9_007_199_254_740_991, zero: 0 }],
  [
    "nested values",
    { list: [[], {}, [null, true, false, "x"]], map: { z: { y: { x: [1] } }, a: [] } },
  ],
];

/** Fields of a proposal beyond those that it must have. */
const OPTIONAL: readonly [readonly [string, JsonObject], readonly [string, JsonObject]] = [
  ["no optional field", {}],
  [
    "every optional field",
    {
      evidence: ["ucxl://a:b@c:d/*^/e", `sha256-${"a".repeat(64)}`, "https://example.com/\u00e9"],
      justification: "because it \u201chad\u201d to be\n\u{1f600}",
      window_id: "backbeat:bar-7",
    },
  ],
];

/** Everything that a client of another language must get right, made by the kernel and the SDK. */
export function clientVectors(): JsonObject {
  const [[bare, none], [whole, all]] = OPTIONAL;
  const proposals = [
    ...INPUTS.map(([what, inputs], at) => proposal(`${what}; ${bare}`, inputs, none, at % 2)),
    proposal(`plain inputs; ${whole}`, { item: "tea" }, all, 0),
  ];
  return {
    about:
      "What a client computes on its way to POST /transition and POST /session; see the READMEs beside this file. Made by packages/sdk (SWOOSH_UPDATE=1), never by hand. The keys are samples: allow-secrets-in-this-file.",
    keys: SEEDS.map(keyOf),
    proposals,
    sessions: SEEDS.map((_, at) => session(at)),
    clocks: clocks(),
  };
}

function keyOf(seed: Uint8Array): JsonObject {
  const publicKey = publicEd25519KeyOf(seed);
  const der = Buffer.concat([PKCS8_PREFIX, seed]);
  const pem = createPrivateKey({ key: der, format: "der", type: "pkcs8" }).export({
    format: "pem",
    type: "pkcs8",
  });
  return { identity: identityKeyOf(publicKey), pem: String(pem), public_hex: hex(publicKey) };
}

function proposal(name: string, inputs: JsonObject, fields: JsonObject, key: number): JsonObject {
  const body = {
    current_state_hash: ABSENT_HASH,
    hlc: "2026-01-01T00:00:00.000+00:00#0",
    idem_key: "vectors:0:check:00000000-0000-4000-8000-000000000000",
    inputs_hash: valueHash(nodeHasher, inputs),
    instance: "order/42",
    origin: ORIGIN,
    signer: signerOf(key),
    transition: "Order_Add",
    ...fields,
  };
  const signed = sign(key, PROPOSAL_TYPE, body);
  return {
    name,
    key,
    inputs,
    inputs_canonical: canonicalize(inputs),
    inputs_hash: body.inputs_hash,
    body,
    ...signed,
    wire: canonicalize({ ...body, inputs, signature: signed.signature }),
  };
}

function session(key: number): JsonObject {
  const challenge = base64urlOf(nodeHasher.sha256(`challenge ${key}`));
  const payload = sessionPayload({ challenge, origin: ORIGIN, signer: signerOf(key) });
  return { key, challenge, origin: ORIGIN, ...sign(key, SESSION_TYPE, payload) };
}

function sign(
  key: number,
  type: string,
  payload: Json,
): {
  readonly type: string;
  readonly canonical: string;
  readonly pae_hex: string;
  readonly signature: string;
} {
  const canonical = canonicalize(payload);
  const pae = preAuthenticationEncoding(nodeHasher, { type, body: canonical });
  const signature = base64urlOf(signEd25519(SEEDS[key] ?? new Uint8Array(32), pae));
  return { type, canonical, pae_hex: hex(pae), signature };
}

function signerOf(key: number): string {
  return identityKeyOf(publicEd25519KeyOf(SEEDS[key] ?? new Uint8Array(32)));
}

/** max(own clock, the head's with its counter one higher). */
function clocks(): readonly JsonObject[] {
  const nowMs = 1_767_225_600_123;
  const heads = [
    "",
    "2025-12-31T23:59:59.999+00:00#41",
    "2026-01-01T00:00:00.123+00:00#0",
    "2026-01-01T00:00:00.123+00:00#9",
    "2026-01-01T00:00:07.000+00:00#99",
    "2026-01-01T00:00:00.122+00:00#2147483646",
  ];
  return heads.map((head) => ({
    now: "2026-01-01T00:00:00.123+00:00",
    head,
    hlc: hlcAfter(nowMs, head),
  }));
}
