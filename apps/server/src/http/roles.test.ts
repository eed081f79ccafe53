import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PrivateKey } from "../keys/private-key.ts";
import { HttpRig } from "./test/http-rig.ts";
import { GRANTABLE_ROLES } from "./test/every-role.ts";

type Role = (typeof GRANTABLE_ROLES)[number];

const INSTANCE = "house/a1";
/** Scopes of a grant, and whether each covers that instance. */
const SCOPES: readonly (readonly [scope: string, covers: boolean])[] = [
  ["*", true],
  ["house/*", true],
  ["house/a*", true],
  ["house/a1", true],
  ["house/a", false],
  ["house/b*", false],
  ["garden/*", false],
];

/** Transitions of the chart, and who may propose them: one for each role, and the other forms that `by` has. */
const TRANSITIONS: readonly (readonly [name: string, by: readonly string[]])[] = [
  ...GRANTABLE_ROLES.map((role): readonly [string, readonly string[]] => [`For_${role}`, [role]]),
  ["For_two", ["ingest", "ci"]],
  ["For_people", ["operator:human", "client:human"]],
];

const CHART = `chart: house
version: 1
context: { type: object, properties: {} }
initialContext: {}
creates: [${TRANSITIONS.map(([name]) => name).join(", ")}]
initial: OPEN
states:
  OPEN: { on: { ${TRANSITIONS.map(([name]) => `${name}: { target: OPEN }`).join(", ")} } }
transitions:
${TRANSITIONS.map(([name, by]) => `  ${name}: { by: [${by.map((one) => `"${one}"`).join(", ")}] }`).join("\n")}
`;

interface Signer {
  readonly role: Role;
  readonly scope: string;
  readonly covers: boolean;
  readonly kind: "human" | "service";
  readonly key: PrivateKey;
}

const folder = mkdtempSync(join(tmpdir(), "swoosh-roles-"));
let rig: HttpRig;
const signers: Signer[] = [];

beforeAll(async () => {
  rig = await HttpRig.open();
  writeFileSync(join(folder, "house.yaml"), CHART);
  await rig.node.installCharts([folder]);
  for (const [place, role] of GRANTABLE_ROLES.entries())
    for (const [at, [scope, covers]] of SCOPES.entries()) {
      // Kinds in turns, so that every role has some of both, inside and outside of its scope.
      const kind = (place + at) % 2 === 0 ? "human" : "service";
      const key = await rig.register(`${role}-${at}`, [{ role, scope }], kind);
      signers.push({ role, scope, covers, kind, key });
    }
});
afterAll(async () => {
  await rig.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What the table of the design says. */
function mayPropose({ covers, kind, role }: Signer, by: readonly string[]): boolean {
  return covers && (by.includes(role) || (kind === "human" && by.includes(`${role}:human`)));
}

async function dryRun(transition: string, signer: PrivateKey): Promise<readonly [number, unknown]> {
  const response = await fetch(`${rig.server.url}/transition?dry_run=true`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: rig.wire({ instance: INSTANCE, transition, signer }),
  });
  const { code }: { readonly code?: string } = JSON.parse(await response.text());
  return [response.status, code ?? null];
}

describe("who may propose what where", () => {
  it.each(TRANSITIONS)("%s by %j: every role in every scope", async (transition, by) => {
    const said = await Promise.all(signers.map(({ key }) => dryRun(transition, key)));
    const found = signers.map(({ kind, role, scope }, at) => [role, scope, kind, said[at]]);
    expect(found).toEqual(
      signers.map((signer) => [
        signer.role,
        signer.scope,
        signer.kind,
        mayPropose(signer, by) ? [200, null] : [403, "forbidden"],
      ]),
    );
  });

  it("is asked of both outcomes for every role, and for people and services", () => {
    for (const role of GRANTABLE_ROLES)
      for (const covers of [true, false])
        expect(
          signers
            .filter((one) => one.role === role && one.covers === covers)
            .map(({ kind }) => kind),
        ).toEqual(expect.arrayContaining(["human", "service"]));
  });

  it("holds for what is recorded as for a dry run, and ends with the grant", async () => {
    const inScope = signers.find(({ covers, role }) => role === "agent" && covers);
    if (inScope === undefined) throw new Error("there is no agent in scope");
    const wish = { instance: "house/a1", transition: "For_agent", signer: inScope.key };
    await rig.mustPropose(wish);
    const refused = await rig.propose({ ...wish, transition: "For_ci" });
    expect([refused.status, JSON.parse(await refused.text())]).toMatchObject([
      403,
      {
        code: "forbidden",
        reasons: [`For_ci on house/a1 needs ci`, expect.stringMatching(/holds agent on /)],
      },
    ]);
    const identity = `identity/agent-${SCOPES.findIndex(([scope]) => scope === inScope.scope)}`;
    await rig.mustPropose({
      instance: identity,
      transition: "Identity_Ungrant",
      inputs: { role: "agent", scope: inScope.scope },
    });
    expect((await rig.propose(wish)).status).toBe(403);
  });
});
