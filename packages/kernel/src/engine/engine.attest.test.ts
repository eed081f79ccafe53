import { describe, expect, it } from "vitest";
import { decodeRecord } from "../log/decode-record.ts";
import { ROTATION_TYPE, rotationPayload } from "../reduce/kernel-natives.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import {
  codeOf,
  mustAccept,
  openTestEngine,
  settle,
  type TestEngine,
} from "../testing/test-engine.ts";
import { createTestCrypto, createTestSigner } from "../testing/test-crypto.ts";
import { orderChart, testKernel } from "../testing/test-kernel.ts";
import type { Signer } from "../testing/signer.ts";
import type { EngineKernel } from "./engine-kernel.ts";
import type { Crypto } from "./ports.ts";

const newKey = createTestSigner(nodeHasher, "alice's second key");

function rotation(alice: Signer, signedBy: Signer = newKey) {
  const payload = rotationPayload({ oldKey: alice.key, newKey: newKey.key });
  return {
    transition: "Identity_Rotate",
    instance: "identity/alice",
    inputs: { key: newKey.key, signature: signedBy.sign(ROTATION_TYPE, payload) },
    signer: alice,
  };
}

function lastVerdict(test: TestEngine): readonly boolean[] | undefined {
  const decoded = decodeRecord(test.disk.records.at(-1) ?? "");
  return decoded.ok ? decoded.record.verdict : undefined;
}

/** A crypto that counts its calls, and holds those of more than the proposal's own signature while asked to. */
function watchedCrypto() {
  const inner = createTestCrypto({ hasher: nodeHasher });
  const control = {
    rotations: 0,
    isHeld: false,
    release: () => held.splice(0).forEach((go) => go()),
  };
  const held: (() => void)[] = [];
  const crypto: Crypto = {
    ...inner,
    verify: async (attestations) => {
      if (attestations.some((one) => one.kind === "signature" && one.type === ROTATION_TYPE)) {
        control.rotations += 1;
        if (control.isHeld) await new Promise<void>((resolve) => held.push(resolve));
      }
      return inner.verify(attestations);
    },
  };
  return { crypto, control };
}

describe("attestations", () => {
  it("are checked outside, recorded, and replayed without being checked again", async () => {
    const { crypto, control } = watchedCrypto();
    const test = await openTestEngine({ crypto });
    const alice = await test.register("alice", "client");
    expect(codeOf(await test.propose(rotation(alice, alice)))).toBe("guard_failed");
    await test.mustPropose(rotation(alice));
    expect(control.rotations).toBe(2);
    expect(lastVerdict(test)).toEqual([true]);
    const again = await test.reopen({ crypto });
    expect(control.rotations).toBe(2);
    expect(again.engine.state.registry.identityOf(newKey.key)).toBe("alice");
    expect(codeOf(await again.propose({ ...rotation(alice), key: "a:1:b:c" }))).toBe(
      "unknown_signer",
    );
  });

  it("are not asked again while the questions stay the same, whatever else moved", async () => {
    const { crypto, control } = watchedCrypto();
    const test = await openTestEngine({ crypto });
    const alice = await test.register("alice", "client");
    control.isHeld = true;
    const waiting = test.propose(rotation(alice));
    await settle();
    mustAccept(await test.engine.act.installChart(orderChart()));
    control.release();
    expect(codeOf(await waiting)).toBe("accepted");
    expect(control.rotations).toBe(1);
  });

  it("are asked again where the state moved under the questions", async () => {
    const { crypto, control } = watchedCrypto();
    let version = 0;
    // A guard whose question depends on how long the log is.
    const kernel: EngineKernel = {
      ...testKernel,
      attestations: (state, input) =>
        testKernel
          .attestations(state, input)
          .map((one) =>
            one.kind === "signature"
              ? { ...one, payload_hash: `${one.payload_hash}${version}` }
              : one,
          ),
    };
    const test = await openTestEngine({ crypto, kernel });
    const alice = await test.register("alice", "client");
    control.isHeld = true;
    const waiting = test.propose(rotation(alice));
    await settle();
    expect(control.rotations).toBe(1);
    version = 1;
    control.release();
    await settle();
    expect(control.rotations).toBe(2);
    control.isHeld = false;
    control.release();
    // The doctored hash makes the answer a no, but an answer to the question that was asked last.
    expect(codeOf(await waiting)).toBe("guard_failed");
  });

  it("that never come to rest are refused as overload, not asked for ever", async () => {
    const { crypto, control } = watchedCrypto();
    let version = 0;
    const kernel: EngineKernel = {
      ...testKernel,
      attestations: (state, input) => {
        version += 1;
        return testKernel
          .attestations(state, input)
          .map((one) => (one.kind === "signature" ? { ...one, signature: `${version}` } : one));
      },
    };
    const test = await openTestEngine({ crypto, kernel });
    const alice = await test.register("alice", "client");
    const answer = await test.propose(rotation(alice));
    expect(answer).toMatchObject({ kind: "refused", refused: { code: "overloaded" } });
    expect(answer.kind === "refused" && answer.retryAfterMs).toBeGreaterThan(0);
    expect(control.rotations).toBe(9);
    expect(test.engine.status().depths.proposals).toBe(0);
  });

  it("of a dry run are checked too", async () => {
    const { crypto, control } = watchedCrypto();
    const test = await openTestEngine({ crypto });
    const alice = await test.register("alice", "client");
    const size = test.disk.durable;
    expect(await test.propose(rotation(alice), { dryRun: true })).toMatchObject({ dryRun: true });
    expect(codeOf(await test.propose(rotation(alice, alice), { dryRun: true }))).toBe(
      "guard_failed",
    );
    expect(control.rotations).toBe(2);
    expect(test.disk.durable).toBe(size);
  });
});

describe("a dry run", () => {
  it("needs no fresh key, and leaves none behind", async () => {
    const test = await openTestEngine();
    mustAccept(await test.engine.act.installChart(orderChart()));
    const add = {
      transition: "Order_Add",
      instance: "order/1",
      inputs: { item: "pen" },
      key: "a:1:b:c",
    };
    const dry = await test.propose(add, { dryRun: true });
    const real = await test.propose(add);
    expect(dry).toMatchObject({ kind: "accepted", dryRun: true, replayed: false });
    expect(real).toMatchObject({ kind: "accepted", dryRun: false, replayed: false });
    // The key has a record now; a dry run of the next step does not mind.
    const next = { ...add, transition: "Order_Submit", inputs: {} };
    expect(await test.propose(next, { dryRun: true })).toMatchObject({
      kind: "accepted",
      dryRun: true,
    });
    expect(codeOf(await test.propose(next))).toBe("idem_conflict");
    expect(test.transport.published).toEqual([0, 1, 2]);
  });

  it("gives the same body as the real one would", async () => {
    const test = await openTestEngine();
    mustAccept(await test.engine.act.installChart(orderChart()));
    const wire = test.wire({
      transition: "Order_Add",
      instance: "order/1",
      inputs: { item: "pen" },
    });
    const dry = await test.engine.propose(wire, { dryRun: true });
    const real = await test.engine.propose(wire);
    expect(dry).toEqual({ ...real, dryRun: true });
  });
});

describe("acts of the engine", () => {
  it("move an instance to another version, and seal what has ended", async () => {
    const test = await openTestEngine();
    mustAccept(await test.engine.act.installChart(orderChart()));
    await test.mustPropose({
      transition: "Order_Add",
      instance: "order/1",
      inputs: { item: "pen" },
    });
    expect(codeOf(await test.engine.act.seal("order/1"))).toBe("not_enabled");
    await test.mustPropose({ transition: "Order_Cancel", instance: "order/1" });
    mustAccept(await test.engine.act.seal("order/1"));
    expect(codeOf(await test.engine.act.seal("order/none"))).toBe("unknown_instance");
    expect(codeOf(await test.engine.act.migrate("order/1", orderChart(), {}))).toBe("ended");
    const again = await test.reopen();
    expect(again.engine.checkpoint()).toEqual(test.engine.checkpoint());
  });
});
