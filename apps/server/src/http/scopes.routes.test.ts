import { ROUTES } from "@swoosh/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FROM_AFAR, HttpRig } from "./test/http-rig.ts";
import { EVERY_ROLE } from "./test/every-role.ts";

type Headers = Readonly<Record<string, string>>;

interface Reader {
  readonly name: string;
  readonly headers: Headers;
  /** Sees everything: its role is auditor, or its scope is all there is. */
  readonly all: boolean;
  /** Sees the tenant whose instances are asked for. */
  readonly inside: boolean;
}

let rig: HttpRig;
let readers: readonly Reader[];
/** Of a record of the tenant `acme`, and bytes that were stored for it. */
let decision = "";
let evidence = "";

beforeAll(async () => {
  rig = await HttpRig.open();
  await rig.flip("acme-1");
  const scopes = ["*", "switch/acme*", "switch/zorg*"];
  readers = await Promise.all(
    EVERY_ROLE.flatMap((role, place) =>
      scopes.map(async (scope, at): Promise<Reader> => {
        const kind = (place + at) % 2 === 0 ? "human" : "service";
        const headers = await rig.session(
          await rig.register(`${role}-${at}`, [{ role, scope }], kind),
        );
        const all = role === "auditor" || scope === "*";
        return { name: `${role} on ${scope}`, headers, all, inside: all || at === 1 };
      }),
    ),
  );
  const decisions = await rig.json("/decisions?instance=switch/acme-1");
  decision = String(Object(decisions["items"])[0].id).replace("bubble://dr/", "");
  const [first] = readers;
  const stored = await put("?for=switch/acme-1", first?.headers ?? {});
  evidence = String(JSON.parse(stored.text).hash);
});
afterAll(() => rig.close());

async function put(query: string, headers: Headers, body = "evidence") {
  const response = await fetch(`${rig.server.url}/evidence${query}`, {
    method: "PUT",
    headers: { "content-type": "application/octet-stream", ...headers },
    body,
  });
  return { status: response.status, text: await response.text() };
}

async function statusOf(path: string, headers: Headers): Promise<number> {
  const response = await rig.get(path, headers);
  await response.body?.cancel();
  return response.status;
}

type Expected = (reader: Reader) => number;
const everybody: Expected = () => 200;
const insiders: Expected = ({ inside }) => (inside ? 200 : 404);
const overseers: Expected = ({ all }) => (all ? 200 : 403);

/** Every route that is read with a session: one path of it, and what each reader is told. */
const READS: Readonly<Record<string, readonly [path: () => string, status: Expected]>> = {
  readState: [() => "/state?instance=switch/acme-1", insiders],
  listInstances: [() => "/instances?chart=switch", everybody],
  explainInstance: [() => "/explain?instance=switch/acme-1", insiders],
  listDecisions: [() => "/decisions?instance=switch/acme-1", everybody],
  readDecision: [() => `/decisions/${decision}`, insiders],
  listCharts: [() => "/charts", everybody],
  readChart: [() => "/charts/switch", everybody],
  readJournal: [() => "/journal?limit=1", overseers],
  proveInclusion: [() => "/log/proof?index=0&size=2", everybody],
  proveConsistency: [() => "/log/consistency?from=1&to=2", everybody],
  readEvidence: [() => `/evidence/${evidence}`, everybody],
  recallMemories: [() => "/memories?query=words&for=switch/acme-1", insiders],
  readHealth: [() => "/health", everybody],
  readReadiness: [() => "/readyz", everybody],
  readMetrics: [() => "/metrics", everybody],
  readOpenApi: [() => "/openapi.json", everybody],
  readDocs: [() => "/docs", everybody],
  readDebug: [() => "/debug", everybody],
  showDebug: [() => "/debug/dashboard", everybody],
  showDashboard: [() => "/", everybody],
};

describe("from afar", () => {
  it("every route that needs a session is in the table", () => {
    const needing = ROUTES.filter(({ access }) => access === "session").map(({ id }) => id);
    expect(Object.keys(READS).toSorted()).toEqual(needing.toSorted());
  });

  it.each(Object.keys(READS))(
    "%s: every role, with every scope and one of each tenant",
    async (id) => {
      const [path, expected] = READS[id] ?? [() => "/", everybody];
      const told = await Promise.all(readers.map(({ headers }) => statusOf(path(), headers)));
      expect(readers.map(({ name }, at) => [name, told[at]])).toEqual(
        readers.map((reader) => [reader.name, expected(reader)]),
      );
      expect(await statusOf(path(), FROM_AFAR)).toBe(401);
    },
  );

  it("evidence is stored by everybody who has a session, for what is in scope", async () => {
    // One after the other: so many at once may be under way.
    for (const { headers, inside, name } of readers) {
      const own = await put("", headers);
      const tenants = await put("?for=switch/acme-1", headers);
      expect([name, own.status, tenants.status]).toEqual([name, 201, inside ? 201 : 403]);
    }
    expect((await put("", FROM_AFAR)).status).toBe(401);
  });
});
