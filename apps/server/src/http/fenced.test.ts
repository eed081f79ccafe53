import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HttpRig } from "./test/http-rig.ts";

let rig: HttpRig;
beforeAll(async () => {
  rig = await HttpRig.open();
  await rig.flip("a");
  // The journal is closed under the engine: the next append fails, and the engine stops itself.
  await rig.node.journal.close();
  await (await rig.propose({ instance: "switch/a", transition: "Switch_Flip" })).text();
  await rig.node.engine.fenced;
});
afterAll(() => rig.close());

async function told(path: string): Promise<string> {
  const response = await rig.get(path);
  const body: { readonly code?: string; readonly status?: unknown } = JSON.parse(
    await response.text(),
  );
  return `${response.status} ${body.code ?? String(body.status ?? "")}`.trim();
}

describe("a fenced node", () => {
  it("tells nobody that what it has is the latest, and everybody who takes it for old what it has", async () => {
    for (const path of [
      "/state?instance=switch/a",
      "/instances",
      "/explain?instance=switch/a",
      "/log/checkpoint",
    ])
      expect([path, await told(path)]).toEqual([path, "503 fenced"]);
    const stale = await rig.get("/state?instance=switch/a&stale=ok");
    expect(stale.status).toBe(200);
    expect(Number(stale.headers.get("x-swoosh-index"))).toBeGreaterThan(0);
    expect((await rig.get("/instances?stale=ok")).status).toBe(200);
  });

  it("says so where health is asked, and is alive all the same", async () => {
    expect(await told("/readyz")).toBe("503");
    expect(await told("/healthz")).toBe("200");
    const page = await (await rig.get("/debug/dashboard")).text();
    expect(page).toContain("fenced");
    expect(await told("/health")).toBe("503 fenced");
  });
});
