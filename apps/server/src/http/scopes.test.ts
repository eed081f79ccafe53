import { ROUTES } from "@swoosh/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FROM_AFAR, HttpRig } from "./test/http-rig.ts";

let rig: HttpRig;
type Headers = Readonly<Record<string, string>>;
const as = new Map<string, Headers>();

/** Two tenants with two instances each, and people of every kind. */
const PEOPLE = {
  acme: [{ role: "client", scope: "switch/acme*" }],
  zorg: [{ role: "operator", scope: "switch/zorg*" }],
  both: [
    { role: "client", scope: "switch/acme*" },
    { role: "agent", scope: "switch/zorg-1" },
  ],
  auditor: [{ role: "auditor", scope: "switch/none*" }],
  everywhere: [{ role: "ci", scope: "*" }],
  nobody: [],
} as const;
type Person = keyof typeof PEOPLE;

const SWITCHES = ["switch/acme-1", "switch/acme-2", "switch/zorg-1", "switch/zorg-2"];
/** Which switches each sees; whoever sees all sees the identities too. */
const SEES: Readonly<Record<Person, readonly number[]>> = {
  acme: [0, 1],
  zorg: [2, 3],
  both: [0, 1, 2],
  auditor: [0, 1, 2, 3],
  everywhere: [0, 1, 2, 3],
  nobody: [],
};
const ALL: readonly Person[] = ["auditor", "everywhere"];

beforeAll(async () => {
  rig = await HttpRig.open();
  for (const name of SWITCHES) await rig.flip(name.slice("switch/".length));
  for (const [name, roles] of Object.entries(PEOPLE))
    as.set(name, await rig.session(await rig.register(name, roles)));
});
afterAll(() => rig.close());

const people: readonly Person[] = ["acme", "zorg", "both", "auditor", "everywhere", "nobody"];

async function statusOf(path: string, headers: Headers): Promise<number> {
  const response = await rig.get(path, headers);
  await response.body?.cancel();
  return response.status;
}

async function namesIn(path: string, person: Person): Promise<readonly string[]> {
  const body = await rig.json(path, as.get(person));
  const items: readonly { readonly instance: string }[] = JSON.parse(
    JSON.stringify(body["items"] ?? []),
  );
  return items.map(({ instance }) => instance);
}

describe.each(people)("from afar %s", (person) => {
  const visible = SEES[person].map((place) => SWITCHES[place] ?? "");

  it("sees the instances in scope, and of others not even that they are there", async () => {
    const headers = as.get(person) ?? {};
    for (const name of [...SWITCHES, "switch/none"]) {
      const expected = visible.includes(name) ? 200 : 404;
      expect(await statusOf(`/state?instance=${name}`, headers), name).toBe(expected);
      expect(await statusOf(`/state?instance=${name}&at=99999`, headers)).toBe(
        visible.includes(name) || ALL.includes(person) ? 400 : 404,
      );
      // An instance that nobody made is explained to those who could see it.
      const explained = expected === 200 || ALL.includes(person) ? 200 : 404;
      expect(await statusOf(`/explain?instance=${name}`, headers), name).toBe(explained);
    }
    expect(await namesIn("/instances?chart=switch", person)).toEqual(visible);
    const decisions = await namesIn("/decisions?transition=Switch_Flip", person);
    expect(decisions).toEqual(visible);
    const identities = await namesIn("/instances?chart=identity", person);
    expect(identities.includes(`identity/${person}`)).toBe(true);
    expect(identities.length > 1).toBe(ALL.includes(person));
  });

  it("may read the whole log only where all of it is in sight", async () => {
    const headers = as.get(person) ?? {};
    const expected = ALL.includes(person) ? 200 : 403;
    expect(await statusOf("/journal?limit=1", headers)).toBe(expected);
    const debug = await rig.get("/debug", headers);
    const text = await debug.text();
    for (const name of SWITCHES) expect(text.includes(name)).toBe(visible.includes(name));
  });
});

describe("every route", () => {
  it("that needs a session refuses whoever has none from afar, before it looks at anything else", async () => {
    const filled = (path: string): string =>
      path
        .replace("{hash}", `sha256-${"0".repeat(64)}`)
        .replace("{chart}", "switch")
        .replace("{tile}", "0/000");
    for (const route of ROUTES) {
      if (route.access !== "session" && route.access !== "bearer") continue;
      for (const headers of [FROM_AFAR, { ...FROM_AFAR, authorization: "Bearer nonsense" }]) {
        const response = await fetch(`${rig.server.url}${filled(route.path)}?wrong=1`, {
          method: route.method,
          headers,
          ...(route.method === "PUT" ? { body: "x" } : {}),
        });
        const body: { readonly code: string } = JSON.parse(await response.text());
        expect([response.status, body.code], route.id).toEqual([401, "unauthenticated"]);
      }
    }
  });

  it("that is public answers them", async () => {
    expect(await statusOf("/healthz", FROM_AFAR)).toBe(200);
    expect(await statusOf("/log/checkpoint", FROM_AFAR)).toBe(200);
    expect(await statusOf("/log/tile/0/000.p/2", FROM_AFAR)).toBe(200);
    expect(await statusOf(`/session?signer=${rig.operator.identity}`, FROM_AFAR)).toBe(200);
  });
});
