import { afterEach, expect, it, vi } from "vitest";
import { PrivateKey } from "../keys/private-key.ts";
import { withServer, type ServedFolder } from "./test/with-server.ts";

const LIMITS = { limits: { perSecond: 1, strangersPerSecond: 1 } };
const MANY = 12;

afterEach(() => {
  vi.restoreAllMocks();
});

/** Registers an operator of flags in this scope; gives its key. */
async function operatorOf(served: ServedFolder, name: string, scope: string): Promise<PrivateKey> {
  const key = PrivateKey.generate();
  const roles = [{ role: "operator", scope }];
  const inputs = { key: key.identity, kind: "human", roles };
  const wish = { instance: `identity/${name}`, transition: "Identity_Register", inputs };
  expect((await served.post(served.text(wish))).status).toBe(202);
  return key;
}

it("a tenant has its own share: it is refused beyond that before its signatures are checked, and nobody else is", () =>
  withServer(async (served) => {
    const ann = await operatorOf(served, "ann", "flag/a*");
    const al = await operatorOf(served, "al", "flag/a*");
    const bea = await operatorOf(served, "bea", "flag/b*");
    await served.restart(LIMITS);
    const checks = vi.spyOn(served.node.crypto, "holds");
    // Two signers of one tenant, good and forged signatures.
    const forged = (text: string): string =>
      text.replace(/"signature":"[^"]+"/, `"signature":"${"A".repeat(86)}"`);
    const texts = Array.from({ length: MANY }, (_, at) => {
      const text = served.text({ instance: `flag/a${at}`, signer: at % 2 === 0 ? ann : al });
      return at % 3 === 2 ? forged(text) : text;
    });
    const others = [
      served.text({ instance: "flag/b0", signer: bea }),
      served.text({ instance: "flag/c0", signer: served.operator }),
    ];
    const [crowd, guests] = await Promise.all([
      Promise.all(texts.map((text) => served.post(text))),
      Promise.all(others.map((text) => served.post(text))),
    ]);
    expect(guests.map(({ status }) => status)).toEqual([202, 202]);
    // The share begins anew each second: how many got through hangs on how long this took.
    const limited = crowd.filter(({ status }) => status === 429);
    expect(limited.length).toBeGreaterThan(0);
    expect(limited.length).toBeLessThan(MANY);
    expect(checks).toHaveBeenCalledTimes(MANY - limited.length + guests.length);
    for (const answer of limited) {
      expect(answer.headers.get("retry-after")).toBe("1");
      expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/);
      const problem: { readonly retry: { readonly after_ms: number } } = JSON.parse(
        await answer.text(),
      );
      expect(problem).toMatchObject({ code: "rate_limited", status: 429 });
      expect(problem.retry.after_ms).toBeGreaterThan(0);
      expect(problem.retry.after_ms).toBeLessThanOrEqual(1_000);
    }
    // Line by line in a stream as well.
    const lines = texts.map((_, at) =>
      served.text({ instance: `flag/a${MANY + at}`, signer: ann }),
    );
    const stream = await fetch(`${served.server.url}/transitions`, {
      method: "POST",
      headers: { "content-type": "application/x-ndjson" },
      body: lines.join("\n"),
    });
    const told = (await stream.text()).trim().split("\n");
    expect(told.length).toBe(MANY);
    expect(told.filter((line) => line.includes('"code":"rate_limited"')).length).toBeGreaterThan(0);
  }));
