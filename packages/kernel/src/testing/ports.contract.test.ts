import { describe, expect, it } from "vitest";
import type { Attestation } from "../chart/native-guard.ts";
import { base64urlOf } from "../engine/base64url.ts";
import { preAuthenticationEncoding } from "../engine/dsse.ts";
import { hashOfCanonical, type ValueHash } from "../hash.ts";
import { canonicalize } from "../json/canonical.ts";
import type { Json } from "../json/json.ts";
import type { Crypto } from "../engine/ports.ts";
import { describeClockContract } from "./clock.contract.ts";
import { describeCryptoContract } from "./crypto.contract.ts";
import { describeJournalContract } from "./journal.contract.ts";
import { describeKeyIndexContract } from "./key-index.contract.ts";
import { ManualClock } from "./manual-clock.ts";
import { MemoryDisk } from "./memory-disk.ts";
import { MemoryJournal } from "./memory-journal.ts";
import { createNodeCrypto, createNodeSigner } from "./node-crypto.ts";
import { nodeHasher } from "./node-hasher.ts";
import { describeRandomContract } from "./random.contract.ts";
import { RecordingTransport } from "./recording-transport.ts";
import { SeededRandom } from "./seeded-random.ts";
import { createTestCrypto, createTestSigner } from "./test-crypto.ts";
import { describeTransportContract, nameOfPublish } from "./transport.contract.ts";

const STORED: ValueHash = `sha256-${"e".repeat(64)}`;

describeClockContract("ManualClock", async () => {
  const clock = new ManualClock();
  return { clock, pass: async (ms) => clock.advance(ms), close: async () => {} };
});

describeJournalContract("MemoryJournal", async () => {
  const disk = new MemoryDisk();
  return {
    open: async () => disk.open(),
    crash: async (journal) => {
      if (journal instanceof MemoryJournal) journal.crash();
    },
    setFull: async (full) => {
      disk.full = full;
    },
    failNextAppend: async (journal) => {
      if (journal instanceof MemoryJournal) journal.plan("failed-kept");
    },
    close: async () => {},
  };
});

/** The index of a memory journal that keeps all keys but the last few, as one on disk does between two writes of it. */
describeKeyIndexContract("IdempotencyIndex", async () => {
  const disk = new MemoryDisk();
  let writer = disk.open();
  return {
    open: async () => {
      disk.keysKept = Math.max(0, disk.durable - 5);
      writer = disk.open();
      return writer.keys();
    },
    append: async (keys) =>
      writer.append({
        firstIndex: writer.size,
        records: keys.map((key) =>
          JSON.stringify({ proposal: { idem_key: key ?? "@:0:@timer:0" } }),
        ),
        term: writer.term,
      }),
    close: async () => {},
  };
});

describeRandomContract("SeededRandom", () => new SeededRandom(1));

describeTransportContract("RecordingTransport", async () => {
  const transport = new RecordingTransport();
  return {
    transport,
    arrived: async () =>
      transport.departures.map((departure) => {
        if (departure.kind === "publish")
          return nameOfPublish(departure.index, departure.text, departure.leaf);
        if (departure.kind === "dispatch") return `dispatch ${departure.effect.id}`;
        return `withdraw ${departure.effectId}`;
      }),
    obstruct: undefined,
    close: async () => {},
  };
});

const evidence = new Set<string>([STORED]);
const nodeSeed = new Uint8Array(32).fill(7);

function attestationOf(
  signer: { readonly key: string; sign(type: string, payload: Json): string },
  type: string,
  payload: Json,
): Extract<Attestation, { kind: "signature" }> {
  return {
    kind: "signature",
    key: signer.key,
    type,
    payload,
    payload_hash: hashOfCanonical(nodeHasher, canonicalize(payload)),
    signature: signer.sign(type, payload),
  };
}

function nodeSigner(crypto: Crypto) {
  return {
    key: crypto.node,
    sign: (type: string, payload: Json) =>
      base64urlOf(
        crypto.sign(preAuthenticationEncoding(nodeHasher, { type, body: canonicalize(payload) })),
      ),
  };
}

describeCryptoContract("the test crypto", async () => {
  const crypto = createTestCrypto({ hasher: nodeHasher, evidence });
  return {
    crypto,
    attest: (client, type, payload) =>
      attestationOf(createTestSigner(nodeHasher, `client ${client}`), type, payload),
    attestNode: (type, payload) => attestationOf(nodeSigner(crypto), type, payload),
    storedEvidence: STORED,
    close: async () => {},
  };
});

describeCryptoContract("the node crypto", async () => {
  const crypto = createNodeCrypto({ hasher: nodeHasher, seed: nodeSeed, evidence });
  return {
    crypto,
    attest: (client, type, payload) =>
      attestationOf(
        createNodeSigner(nodeHasher, new Uint8Array(32).fill(100 + client)),
        type,
        payload,
      ),
    attestNode: (type, payload) => attestationOf(nodeSigner(crypto), type, payload),
    storedEvidence: STORED,
    close: async () => {},
  };
});

describe("MemoryJournal's faults", () => {
  const batch = (journal: MemoryJournal, ...records: readonly string[]) => ({
    firstIndex: journal.size,
    records,
    term: journal.term,
  });

  it("loses what was written but not synced, keeps what was synced", async () => {
    for (const [fault, size] of [
      ["crash-before-sync", 1],
      ["crash-after-sync", 3],
      ["failed-lost", 1],
      ["torn", 1],
      ["failed-kept", 3],
    ] as const) {
      const disk = new MemoryDisk();
      const journal = disk.open();
      await journal.append(batch(journal, "zero"));
      journal.plan(fault);
      let settled = "no";
      void journal.append(batch(journal, "one", "two")).then(
        () => (settled = "resolved"),
        () => (settled = "rejected"),
      );
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
      expect([fault, settled]).toEqual([fault, fault.startsWith("crash") ? "no" : "rejected"]);
      expect([fault, disk.open().size]).toEqual([fault, size]);
    }
  });

  it("holds a slow append until it is released, and a successor fences it meanwhile", async () => {
    const disk = new MemoryDisk();
    const journal = disk.open();
    journal.plan("slow", "slow");
    const first = journal.append(batch(journal, "zero"));
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    expect(disk.durable).toBe(0);
    journal.release();
    await first;
    const second = journal.append(batch(journal, "one"));
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    const successor = disk.open();
    await successor.append(batch(successor, "other"));
    journal.release();
    await expect(second).rejects.toMatchObject({ code: "term" });
    expect(disk.records).toEqual(["zero", "other"]);
  });
});
