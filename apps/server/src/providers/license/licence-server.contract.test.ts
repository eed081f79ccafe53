import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HttpLicenceServer } from "./http-licence-server.ts";
import type { LicenceServer } from "./licence-server.ts";
import { readToken } from "./licence-token.ts";
import { FakeKaching, FakeLicenceServer, serveKaching } from "./test/fake-kaching.ts";

const admit = async () => ({ addresses: ["127.0.0.1"], onStop: () => () => {} });
const NOW = 1_767_225_600_000;

type Make = (kaching: FakeKaching) => Promise<{ server: LicenceServer; close(): Promise<void> }>;
const IMPLEMENTATIONS: readonly (readonly [name: string, make: Make])[] = [
  [
    "in memory",
    async (kaching) => ({ server: new FakeLicenceServer(kaching), close: async () => {} }),
  ],
  [
    "over HTTP",
    async (kaching) => {
      const { close, url } = await serveKaching(kaching);
      return {
        server: new HttpLicenceServer({ admit, url, licence: "LIC-1", cluster: "c1" }),
        close,
      };
    },
  ],
];

describe.each(IMPLEMENTATIONS)("a licence server %s", (_name, make) => {
  let kaching: FakeKaching;
  let server: LicenceServer;
  let close: () => Promise<void>;
  beforeEach(async () => {
    kaching = new FakeKaching(() => NOW);
    ({ close, server } = await make(kaching));
  });
  afterEach(async () => {
    await close();
  });

  it("gives a token that holds under its key, and a new one for it", async () => {
    const first = await server.activate();
    const token = first.kind === "token" ? first.token : "";
    expect(readToken(token, kaching.key)).toEqual({
      ok: true,
      token: {
        licence: "LIC-1",
        cluster: "c1",
        issuedAt: NOW,
        validUntil: NOW + 60_000,
        version: 1,
      },
    });
    expect((await server.heartbeat(token)).kind).toBe("token");
    expect(kaching.calls).toEqual(["activate", "heartbeat"]);
    expect(await server.status()).toBe("active");
  });

  it("says no, busy and nothing as three different things", async () => {
    kaching.mood = { kind: "denies", reason: "suspended by billing" };
    expect(await server.activate()).toEqual({ kind: "denied", reason: "suspended by billing" });
    expect(await server.status()).toBe("suspended: suspended by billing");
    kaching.mood = { kind: "is busy", retryAfterS: 7 };
    expect(await server.heartbeat("x")).toEqual({
      kind: "throttled",
      reason: "busy",
      retryAfterMs: 7_000,
    });
    kaching.mood = { kind: "fails" };
    expect(await server.heartbeat("x")).toEqual({ kind: "unreachable", reason: "HTTP 500" });
    kaching.mood = { kind: "redirects" };
    expect((await server.activate()).kind).toBe("unreachable");
  });
});

it("a server that is not there is unreachable, and no error", async () => {
  const { close, url } = await serveKaching(new FakeKaching(() => NOW));
  await close();
  const server = new HttpLicenceServer({ admit, url, licence: "LIC-1", cluster: "c1" });
  expect(await server.activate()).toMatchObject({ kind: "unreachable" });
  expect(await server.status()).toContain("unreachable: ");
});

describe("a token", () => {
  const kaching = new FakeKaching(() => NOW);
  const good = kaching.token();
  const [head = "", body = "", signature = ""] = good.split(".");
  const headOf = (alg: string) => Buffer.from(JSON.stringify({ alg })).toString("base64url");
  it.each<readonly [what: string, text: string, problem: string]>([
    ["is no text of three parts", "a.b", "is no signed token"],
    [
      "says that it needs no signature",
      `${headOf("none")}.${body}.${signature}`,
      "is not signed with EdDSA",
    ],
    [
      "asks for another algorithm",
      `${headOf("HS256")}.${body}.${signature}`,
      "is not signed with EdDSA",
    ],
    ["was changed", `${head}.${body.slice(0, -3)}AAA.${signature}`, "does not hold"],
    ["was signed by another", new FakeKaching(() => NOW).token(), "does not hold"],
    ["has no licence", kaching.token({ sub: undefined }), "lacks sub or cluster"],
    ["never ends", kaching.token({ exp: undefined }), "lacks iat or exp"],
    ["ends before it begins", kaching.token({ exp: 1 }), "lacks iat or exp"],
    ["has no version", kaching.token({ ver: "1" }), "lacks its version"],
    ["is endless", `${good}${"A".repeat(9_000)}`, "is no signed token"],
  ])("that %s is refused", (_what, text, problem) => {
    const read = readToken(text, kaching.key);
    expect(read.ok ? "" : read.problem).toContain(problem);
  });
});
