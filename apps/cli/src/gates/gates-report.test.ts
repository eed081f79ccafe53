import { createPublicKey, verify } from "node:crypto";
import { preAuthenticationEncoding } from "@swoosh/kernel";
import { canonicalize, type JsonObject } from "@swoosh/kernel/values";
import { expect, it } from "vitest";
import { hasher } from "../hasher.ts";
import { repositories } from "./test/gates-repository.ts";

const repository = repositories();

function isSigned({ signature, signer, ...rest }: JsonObject, claims: JsonObject = {}): boolean {
  const x = String(signer).replace("hmmm:pubkey:", "");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  const body = canonicalize({ ...rest, ...claims });
  const type = "application/vnd.swoosh.badge.v1+json";
  const bytes = preAuthenticationEncoding(hasher, { type, body });
  return verify(null, bytes, key, Buffer.from(String(signature), "base64url"));
}

it("a badge is a picture, and a claim that anybody can verify", async () => {
  const repo = repository();
  repo.write(
    "gates/maturity.yaml",
    'ladder: l\nlevels:\n  - level: 0\n    name: "A & <B>"\n    criteria: [ { id: a, title: A, check: "true", negative: "false" } ]\n',
  );
  repo.commit("one");
  await repo.gates("report");
  expect(repo.read("docs/living/badge.svg")).toContain("no level held");
  await repo.gates("run");
  await repo.gates("report");
  const badge: JsonObject = JSON.parse(repo.read("docs/living/badge.json"));
  expect(badge).toMatchObject({ ladder: "l", level: 0 });
  expect(isSigned(badge)).toBe(true);
  expect(isSigned(badge, { level: 1 })).toBe(false);
  expect(isSigned(badge, { commit: "0000000" })).toBe(false);
  const svg = repo.read("docs/living/badge.svg");
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" [^]*<\/svg>\n$/);
  expect(svg).toContain("level 0 of 0 · A &amp; &lt;B&gt;</text>");
  expect(svg).not.toContain("<B>");
});
