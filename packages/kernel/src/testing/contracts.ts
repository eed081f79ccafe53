// The suites that every implementation of a port must pass. They run under vitest alone.
export { describeClockContract, type ClockUnderTest } from "./clock.contract.ts";
export { describeCryptoContract, type CryptoUnderTest } from "./crypto.contract.ts";
export {
  describeJournalContract,
  type JournalUnderTest,
  type WhenFull,
} from "./journal.contract.ts";
export { describeKeyIndexContract, type KeyIndexUnderTest } from "./key-index.contract.ts";
export { describeRandomContract } from "./random.contract.ts";
export {
  describeTransportContract,
  nameOfPublish,
  type TransportUnderTest,
} from "./transport.contract.ts";
