import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PrivateKey } from "../../keys/private-key.ts";
import { ProviderRig } from "../test/provider-rig.ts";
import { licenceText, readLicence } from "./licence-file.ts";
import { LocalLicenceProvider } from "./local-licence.ts";
import { LICENSE_FACT } from "./license-fact.ts";

const operator = PrivateKey.generate();
const stranger = PrivateKey.generate();

let rig: ProviderRig;
let provider: LocalLicenceProvider;
let path: string;

beforeEach(() => {
  rig = new ProviderRig();
  path = join(rig.folder, "licence.json");
  const { clock, keep, notify, propose } = rig;
  const isOperator = (key: string): boolean => key === operator.identity;
  provider = new LocalLicenceProvider({ clock, keep, notify, propose, path, isOperator });
});
afterEach(async () => {
  await provider.stop();
  rig.end();
});

const licence = (days: number) => ({
  subject: "swoosh",
  issuedAt: rig.clock.now(),
  validUntil: rig.clock.now() + days * 86_400_000,
  graceMs: 3_600_000,
});

describe("a local licence", () => {
  it("is granted by an operator's signature, with the file as evidence; told once", async () => {
    const text = licenceText(licence(1), operator);
    writeFileSync(path, text);
    await provider.start();
    await rig.advance(20_000, 5_000);
    expect(rig.transitions()).toEqual(["License_Granted"]);
    expect(rig.configuration(LICENSE_FACT)).toEqual(["STATUS.GRANTED"]);
    const fact = rig.read(LICENSE_FACT);
    expect(fact).toMatchObject({
      source: "local",
      subject: "swoosh",
      valid_until: licence(1).validUntil - 20_000,
      reach: "ok",
    });
    expect(fact?.["stop_at"]).toBe(Number(fact?.["valid_until"]) + 3_600_000);
    const token = String(rig.proposed[0]?.inputs["token"]);
    expect(Buffer.from(rig.blobs.read(token) ?? []).toString()).toBe(text);
  });

  it("follows the file: gone is denied, a new one is granted", async () => {
    writeFileSync(path, licenceText(licence(1), operator));
    await provider.start();
    rmSync(path);
    await rig.advance(5_000);
    expect(rig.configuration(LICENSE_FACT)).toEqual(["STATUS.DENIED"]);
    expect(rig.read(LICENSE_FACT)).toMatchObject({
      reason: expect.stringContaining("licence.json"),
    });
    writeFileSync(path, licenceText(licence(9), operator));
    await rig.advance(5_000);
    expect(rig.transitions()).toEqual(["License_Granted", "License_Denied", "License_Granted"]);
  });

  it("is tried again where the engine was away", async () => {
    writeFileSync(path, licenceText(licence(1), operator));
    rig.isUp = false;
    await provider.start();
    expect(rig.notes).toEqual([expect.stringContaining("the engine is away")]);
    rig.isUp = true;
    await rig.advance(5_000);
    expect(rig.transitions()).toEqual(["License_Granted"]);
  });

  it.each<readonly [what: string, text: (good: string) => string, reason: string]>([
    ["signed by a stranger", () => licenceText(licence(1), stranger), "no operator here"],
    [
      "changed after it was signed",
      (good) => good.replace('"swoosh"', '"others"'),
      "signature does not hold",
    ],
    [
      "with a longer grace than was signed",
      (good) => good.replace("3600000", "3600001"),
      "signature does not hold",
    ],
    ["no JSON", () => "{", "is no JSON"],
    [
      "without a signature",
      (good) => good.replace('"signature"', '"other"'),
      "lacks payload, signature or signer",
    ],
    ["with a name that is none", (good) => good.replace('"swoosh"', '"a b"'), "is no name"],
    [
      "with a time that is none",
      (good) => good.replace(/"valid_until":\d+/, '"valid_until":-1'),
      "no times in ms",
    ],
    [
      "with a grace that never ends",
      (good) => good.replace("3600000", "99999999999999"),
      "grace_ms",
    ],
  ])("is denied where it is %s", async (_what, change, reason) => {
    writeFileSync(path, change(licenceText(licence(1), operator)));
    await provider.start();
    expect(rig.configuration(LICENSE_FACT)).toEqual(["STATUS.DENIED"]);
    expect(rig.read(LICENSE_FACT)?.["reason"]).toContain(reason);
  });

  it("reads as it was written", () => {
    const granted = licence(2);
    expect(readLicence(licenceText(granted, operator))).toEqual({
      ok: true,
      licence: granted,
      signer: operator.identity,
    });
  });
});
