import type { Crypto, Random } from "@swoosh/kernel";
import {
  createTestCrypto,
  createTestSigner,
  nodeHasher,
  SeededRandom,
  type Signer,
} from "@swoosh/kernel/testing";

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

export const TEST_SIGNING: Signing = {
  nodeId: nodeHasher.sha256("swoosh test key node"),
  crypto: () => createTestCrypto({ hasher: nodeHasher }),
  signer: (name) => createTestSigner(nodeHasher, name),
  random: (life) => new SeededRandom(life),
};
