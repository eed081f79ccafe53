import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ProviderRig } from "../test/provider-rig.ts";
import { KachingProvider } from "./kaching.ts";
import { LICENSE_FACT } from "./license-fact.ts";
import { FakeKaching, FakeLicenceServer } from "./test/fake-kaching.ts";

let rig: ProviderRig;
let kaching: FakeKaching;
let provider: KachingProvider;
let random: number;

const cachePath = () => join(rig.folder, "kaching", "token");
function make(): KachingProvider {
  const { clock, keep, notify, propose } = rig;
  return new KachingProvider({
    clock,
    keep,
    notify,
    propose,
    server: new FakeLicenceServer(kaching),
    key: kaching.key,
    licence: "LIC-1",
    cluster: "c1",
    graceMs: 30_000,
    cachePath: cachePath(),
    random: () => random,
  });
}
beforeEach(() => {
  rig = new ProviderRig();
  kaching = new FakeKaching(() => rig.clock.now());
  random = 0;
  provider = make();
});
afterEach(async () => {
  await provider.stop();
  rig.end();
});

describe("KACHING", () => {
  it("activates, then renews at half to four fifths of a token's life", async () => {
    const start = rig.clock.now();
    await provider.start();
    expect(rig.read(LICENSE_FACT)).toMatchObject({
      source: "kaching",
      subject: "LIC-1",
      valid_until: start + 60_000,
      stop_at: start + 90_000,
      reach: "ok",
    });
    await rig.advance(29_999);
    expect(kaching.calls).toEqual(["activate"]);
    random = 0.999;
    await rig.advance(1);
    expect(kaching.calls).toEqual(["activate", "heartbeat"]);
    await rig.advance(47_900, 100);
    expect(kaching.calls).toHaveLength(2);
    await rig.advance(200);
    expect(kaching.calls).toHaveLength(3);
    expect(rig.transitions()).toEqual(Array.from({ length: 3 }, () => "License_Granted"));
  });

  it("takes a busy server for no denial: told once, asked again when it said, licence untouched", async () => {
    await provider.start();
    const before = rig.read(LICENSE_FACT);
    kaching.mood = { kind: "is busy", retryAfterS: 5 };
    await rig.advance(30_000);
    await rig.advance(20_000, 1_000);
    expect(kaching.calls).toEqual(["activate", ...Array.from({ length: 5 }, () => "heartbeat")]);
    expect(rig.transitions()).toEqual(["License_Granted", "License_Throttled"]);
    expect(rig.configuration(LICENSE_FACT)).toEqual(["STATUS.GRANTED"]);
    expect(rig.read(LICENSE_FACT)).toMatchObject({
      valid_until: before?.["valid_until"],
      stop_at: before?.["stop_at"],
      reach: "throttled",
    });
    kaching.mood = { kind: "grants" };
    await rig.advance(5_000);
    expect(rig.read(LICENSE_FACT)).toMatchObject({ reach: "ok" });
  });

  it("waits longer and longer for a server that is away, and the licence ends by time alone", async () => {
    await provider.start();
    kaching.mood = { kind: "fails" };
    await rig.advance(30_000);
    const calls = kaching.calls.length;
    const times: number[] = [];
    for (let second = 1; second <= 120; second += 1) {
      const before = kaching.calls.length;
      await rig.advance(1_000);
      if (kaching.calls.length > before) times.push(second);
    }
    expect(calls).toBe(2);
    expect(times).toEqual([1, 3, 7, 15, 31, 63]);
    expect(rig.transitions()).toEqual(["License_Granted", "License_Unreachable"]);
    expect(Number(rig.read(LICENSE_FACT)?.["stop_at"])).toBeLessThan(rig.clock.now());
  });

  it("asks at other times where chance says so", async () => {
    random = 0.999;
    kaching.mood = { kind: "fails" };
    await provider.start();
    await rig.advance(1_100);
    expect(kaching.calls).toHaveLength(1);
    await rig.advance(200);
    expect(kaching.calls).toHaveLength(2);
  });

  it("takes a no for a no, after one more attempt to activate, and a yes afterwards", async () => {
    await provider.start();
    kaching.mood = { kind: "denies", reason: "suspended" };
    await rig.advance(30_000);
    expect(kaching.calls).toEqual(["activate", "heartbeat", "activate"]);
    expect(rig.configuration(LICENSE_FACT)).toEqual(["STATUS.DENIED"]);
    expect(rig.read(LICENSE_FACT)).toMatchObject({ stop_at: rig.clock.now(), reason: "suspended" });
    expect(existsSync(cachePath())).toBe(false);
    kaching.mood = { kind: "grants" };
    await rig.advance(60_000);
    expect(rig.configuration(LICENSE_FACT)).toEqual(["STATUS.GRANTED"]);
  });

  it("keeps its token over a restart: granted at once though the server is away", async () => {
    await provider.start();
    await provider.stop();
    expect(statSync(cachePath()).mode & 0o777).toBe(0o600);
    kaching.mood = { kind: "fails" };
    await rig.advance(10_000);
    const before = rig.proposed.length;
    provider = make();
    await provider.start();
    expect(rig.transitions().slice(before)).toEqual(["License_Granted", "License_Unreachable"]);
    expect(rig.configuration(LICENSE_FACT)).toEqual(["STATUS.GRANTED"]);
    await provider.stop();
    await rig.advance(60_000);
    provider = make();
    await provider.start();
    expect(existsSync(cachePath())).toBe(false);
  });

  it("without a token and without a server there is no licence", async () => {
    kaching.mood = { kind: "fails" };
    await provider.start();
    expect(rig.configuration(LICENSE_FACT)).toEqual(["STATUS.UNKNOWN"]);
    expect(rig.read(LICENSE_FACT)).toMatchObject({ stop_at: 0, valid_until: 0 });
  });

  it.each<readonly [what: string, change: object, why: string]>([
    ["another installation", { cluster: "c2" }, "for LIC-1 in c2"],
    ["another licence", { sub: "LIC-2" }, "for LIC-2 in c1"],
    ["a time that is over", { iat: 1, exp: 2 }, "has ended already"],
  ])("believes no token for %s", async (_what, change, why) => {
    const token = kaching.token(change);
    kaching.token = () => token;
    await provider.start();
    expect(rig.transitions()).toEqual(["License_Unreachable"]);
    expect(rig.read(LICENSE_FACT)?.["reason"]).toContain(why);
  });

  it("believes no token older than the one that it has, nor a kept one that somebody else wrote", async () => {
    kaching.version = 2;
    await provider.start();
    kaching.version = 1;
    await rig.advance(30_000);
    expect(rig.read(LICENSE_FACT)?.["reason"]).toContain("has version 1, older than 2");
    await provider.stop();
    writeFileSync(cachePath(), new FakeKaching(() => rig.clock.now()).token());
    kaching.mood = { kind: "fails" };
    const before = rig.proposed.length;
    provider = make();
    await provider.start();
    expect(rig.transitions().slice(before)).toEqual(["License_Unreachable"]);
  });
});
