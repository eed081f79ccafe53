import { request } from "node:http";
import { base64urlOf, bytesOfBase64url } from "@swoosh/kernel";
import { CHALLENGE_MS, SESSION_MS, wireProblem } from "@swoosh/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PrivateKey } from "../keys/private-key.ts";
import { FROM_AFAR, HttpRig } from "./test/http-rig.ts";

let rig: HttpRig;
let names = 0;
beforeAll(async () => {
  rig = await HttpRig.open();
});
afterAll(() => rig.close());

const READER = [{ role: "client", scope: "switch/*" }];

async function newReader(): Promise<{ readonly key: PrivateKey; readonly name: string }> {
  names += 1;
  const name = `reader-${names}`;
  return { key: await rig.register(name, READER), name };
}

async function codeOf(response: Promise<Response> | Response): Promise<string> {
  const { code }: { readonly code?: string } = JSON.parse(await (await response).text());
  return `${(await response).status} ${code ?? "ok"}`;
}

const reads = (headers: Readonly<Record<string, string>>): Promise<string> =>
  codeOf(rig.get("/instances", headers));

describe("a session", () => {
  it("opens for the key that answers its challenge, and lets it read from afar for 15 minutes", async () => {
    const { key } = await newReader();
    expect(await reads(FROM_AFAR)).toBe("401 unauthenticated");
    const asked = await rig.json(`/session?signer=${key.identity}`, FROM_AFAR);
    expect(wireProblem("SessionChallenge", asked)).toBeUndefined();
    expect(asked["expires_at"]).toBe(rig.clock.now() + CHALLENGE_MS);
    const response = await rig.answer(key, String(asked["challenge"]));
    const session = JSON.parse(await response.text());
    expect(wireProblem("Session", session)).toBeUndefined();
    expect(session.expires_at).toBe(rig.clock.now() + SESSION_MS);
    const headers = { ...FROM_AFAR, authorization: `Bearer ${session.token}` };
    expect(await reads(headers)).toBe("200 ok");
    rig.clock.advance(SESSION_MS - 1);
    expect(await reads(headers)).toBe("200 ok");
    rig.clock.advance(1);
    expect(await reads(headers)).toBe("401 unauthenticated");
  });

  it("opens once for a challenge, whether the answer was right or wrong", async () => {
    const { key } = await newReader();
    const challenge = await rig.challenge(key);
    expect(await codeOf(rig.answer(key, challenge))).toBe("200 ok");
    expect(await codeOf(rig.answer(key, challenge))).toBe("401 unauthenticated");
    const second = await rig.challenge(key);
    expect(second).not.toBe(challenge);
    expect(await codeOf(rig.answer(key, second, { origin: "other/log" }))).toBe(
      "401 bad_signature",
    );
    expect(await codeOf(rig.answer(key, second))).toBe("401 unauthenticated");
    const [one, other] = await Promise.all([1, 2].map(async () => rig.challenge(key)));
    const racing = await Promise.all(
      [one, one, one, other].map((each) => codeOf(rig.answer(key, each ?? ""))),
    );
    expect(racing.toSorted()).toEqual([
      "200 ok",
      "200 ok",
      "401 unauthenticated",
      "401 unauthenticated",
    ]);
  });

  it("needs a challenge of this server, for this signer, not older than a minute, as it was given", async () => {
    const { key } = await newReader();
    const { key: other } = await newReader();
    const challenge = await rig.challenge(key);
    expect(await codeOf(rig.answer(other, challenge))).toBe("401 unauthenticated");
    const bytes = bytesOfBase64url(challenge, 32) ?? new Uint8Array();
    for (const place of [0, 5, 6, 15, 16, 31]) {
      const bent = Uint8Array.from(bytes);
      bent[place] = (bent[place] ?? 0) ^ 1;
      expect(await codeOf(rig.answer(key, base64urlOf(bent)))).toBe("401 unauthenticated");
    }
    rig.clock.advance(CHALLENGE_MS - 1);
    expect(await codeOf(rig.answer(key, challenge))).toBe("200 ok");
    const late = await rig.challenge(key);
    rig.clock.advance(CHALLENGE_MS);
    expect(await codeOf(rig.answer(key, late))).toBe("401 unauthenticated");
  });

  it("does not open for a wrong key, nor for one that nobody holds", async () => {
    const { key } = await newReader();
    const stranger = PrivateKey.generate();
    const challenge = await rig.challenge(key);
    const forged = {
      challenge,
      signature: stranger.sign("application/vnd.swoosh.session.v1+json", {
        challenge,
        origin: rig.node.origin,
        signer: key.identity,
      }),
      signer: key.identity,
    };
    expect(await codeOf(rig.post("/session", forged))).toBe("401 bad_signature");
    expect(await codeOf(rig.answer(stranger, await rig.challenge(stranger)))).toBe(
      "401 unknown_signer",
    );
  });

  it("ends when its key is rotated or revoked", async () => {
    const { key, name } = await newReader();
    const headers = await rig.session(key);
    expect(await reads(headers)).toBe("200 ok");
    const next = PrivateKey.generate();
    await rig.mustPropose({
      instance: `identity/${name}`,
      transition: "Identity_Rotate",
      signer: key,
      inputs: {
        key: next.identity,
        signature: next.sign("application/vnd.swoosh.rotation.v1+json", {
          new_key: next.identity,
          old_key: key.identity,
        }),
      },
    });
    expect(await reads(headers)).toBe("401 unauthenticated");
    expect(await codeOf(rig.answer(key, await rig.challenge(key)))).toBe("401 unknown_signer");
    const renewed = await rig.session(next);
    expect(await reads(renewed)).toBe("200 ok");
    await rig.mustPropose({
      instance: `identity/${name}`,
      transition: "Identity_Revoke",
      inputs: { reason: "left" },
    });
    expect(await reads(renewed)).toBe("401 unauthenticated");
  });

  it("keeps at most 16 of one identity: the oldest gives way", async () => {
    const { key } = await newReader();
    const first = await rig.session(key);
    let last = first;
    for (let more = 0; more < 16; more += 1) last = await rig.session(key);
    expect(await reads(first)).toBe("401 unauthenticated");
    expect(await reads(last)).toBe("200 ok");
  });

  it.each([
    ["an empty body", "", "400 malformed"],
    ["no JSON", "{", "400 malformed"],
    ["a number", "7", "400 malformed"],
    ["a missing field", '{"challenge":"x","signer":"y"}', "400 malformed"],
    ["a duplicate key", '{"signer":"a","signer":"b"}', "400 malformed"],
  ])("refuses %s", async (_what, body, expected) => {
    const response = fetch(`${rig.server.url}/session`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    expect(await codeOf(response)).toBe(expected);
  });

  it("refuses a signer that is no key, and a token that is none, here as from afar", async () => {
    expect(await codeOf(rig.get("/session?signer=me"))).toBe("400 bad_query");
    for (const authorization of ["Bearer x", "Bearer", "Basic abc", "Bearer a b"])
      expect(await reads({ authorization }), authorization).toBe("401 unauthenticated");
    expect(await reads({})).toBe("200 ok");
    const response = await rig.get("/instances", FROM_AFAR);
    expect(response.headers.get("www-authenticate")).toBe('Bearer realm="swoosh"');
  });

  it("is needed where a page elsewhere reads this machine by a name of its own", async () => {
    // `fetch` sets Host itself: a raw request says another.
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const asked = request(`${rig.server.url}/instances`, { headers: { host: "evil.example" } });
      asked.on("response", (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      asked.on("error", reject);
      asked.end();
    });
    expect(status).toBe(401);
  });
});
