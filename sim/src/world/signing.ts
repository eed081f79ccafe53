import type { Crypto, Random } from "@swoosh/kernel";
import {
  createTestCrypto,
  createTestSigner,
  nodeHasher,
  SeededRandom,
  type Signer,
} from "@swoosh/kernel/testing";
import { rememberingHasher } from "../remembering-hasher.ts";

/** Who signs in a world, and with what: cheap signatures that bind as real ones do, or real ones. */
export interface Signing {
  /** 32 bytes: the node's public key. */
  readonly nodeId: Uint8Array;
  /** Of a life of the node. */
  crypto(): Crypto;
  /** Whoever has this name; the same name is the same key for ever. */
  signer(name: string): Signer;
  random(life: number): Random;
}

const hasher = rememberingHasher(nodeHasher);
/** One for all: it knows nothing but keys. */
const CRYPTO = createTestCrypto({ hasher });
const SIGNERS = new Map<string, Signer>();

function signerOf(name: string): Signer {
  const signer = SIGNERS.get(name) ?? createTestSigner(hasher, name);
  SIGNERS.set(name, signer);
  return signer;
}

export const TEST_SIGNING: Signing = {
  nodeId: hasher.sha256("swoosh test key node"),
  crypto: () => CRYPTO,
  signer: signerOf,
  random: (life) => new SeededRandom(life),
};

/** The same world, and another node in it. */
export function signingOfAnotherNode(signing: Signing): Signing {
  const name = "another node";
  const { node, sign } = createTestCrypto({ hasher, node: name });
  return {
    ...signing,
    nodeId: hasher.sha256(`swoosh test key ${name}`),
    crypto: () => ({ ...signing.crypto(), node, sign }),
  };
}
