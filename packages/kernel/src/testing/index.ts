// Doubles of the ports, for tests and simulations alone. They need Node, but no test runner.
export { cpuTimeMs } from "./cpu-time.ts";
export { ED25519_VECTORS } from "./ed25519-vectors.ts";
export { ManualClock } from "./manual-clock.ts";
export { MemoryDisk, type KeptSnapshot } from "./memory-disk.ts";
export { MemoryJournal, type AppendFault } from "./memory-journal.ts";
export { createNodeCrypto, createNodeSigner } from "./node-crypto.ts";
export { nodeHasher } from "./node-hasher.ts";
export { RecordingTransport, type Departure } from "./recording-transport.ts";
export { SeededRandom } from "./seeded-random.ts";
export type { Signer } from "./signer.ts";
export { createTestCrypto, createTestSigner } from "./test-crypto.ts";
