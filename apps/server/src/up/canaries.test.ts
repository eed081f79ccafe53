import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ABSENT_HASH,
  canonicalize,
  formatHlc,
  PROPOSAL_TYPE,
  valueHash,
  type JsonObject,
} from "@swoosh/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasher } from "../hasher.ts";
import { readKeyFile } from "../keys/key-file.ts";
import { PrivateKey } from "../keys/private-key.ts";
import { dataFolder } from "../node/data-folder.ts";
import { systemClock } from "../node/system-clock.ts";
import { startServer, type StartedServer } from "./test/started-server.ts";

const root = mkdtempSync(join(tmpdir(), "swoosh-canaries-"));
const data = join(root, "data");
const TOKEN = "canary-token-b1d5"; // allow-secret: a canary
const FROM_AFAR = { "x-forwarded-for": "192.0.2.1" };
let log: readonly string[] = [];
let url = "";
let origin = "";
let server: StartedServer;

beforeAll(async () => {
  server = await startServer({ flags: { data }, environment: { SWOOSH_METRICS_TOKEN: TOKEN } });
  ({ url, origin, log } = server);
});
afterAll(async () => {
  await server.stop();
  rmSync(root, { recursive: true, force: true });
});

let keys = 0;
async function propose(
  inputs: JsonObject,
  wish: {
    readonly signer?: PrivateKey;
    readonly change?: JsonObject;
    readonly headers?: Record<string, string>;
  } = {},
): Promise<string> {
  const signer = wish.signer ?? readKeyFile(dataFolder(data).operatorKey);
  keys += 1;
  const body: JsonObject = {
    current_state_hash: ABSENT_HASH,
    hlc: formatHlc({ wallMs: systemClock.now(), counter: 0 }),
    idem_key: `canary:0:set:${keys}`,
    inputs_hash: valueHash(hasher, inputs),
    instance: "flag/a",
    origin,
    signer: signer.identity,
    transition: "Flag_Set",
    ...wish.change,
  };
  const response = await fetch(`${url}/transition`, {
    method: "POST",
    headers: { "content-type": "application/json", ...wish.headers },
    body: canonicalize({ ...body, inputs, signature: signer.sign(PROPOSAL_TYPE, body) }),
  });
  const { code = "accepted" }: { code?: string } = JSON.parse(await response.text());
  return code;
}

/** Everything that somebody other than the sender may read. */
async function shown(): Promise<string> {
  const paths = [
    "/debug",
    "/debug/dashboard",
    "/metrics",
    "/health",
    "/readyz",
    "/instances",
    "/docs",
    "/charts",
  ];
  const texts = await Promise.all(
    [...paths, "/explain?instance=flag/a", "/state?instance=flag/b"].map(async (path) =>
      (await fetch(`${url}${path}`)).text(),
    ),
  );
  return [...log, ...texts].join("\n");
}

describe("a canary", () => {
  it("in the inputs of a refused proposal is in no log and on no page", async () => {
    const secret = (name: string): string => `canary-inputs-${name}`;
    const stranger = PrivateKey.generate();
    const codes = [
      await propose({ reason: secret("a"), variant: 7 }),
      await propose({ reason: "x", variant: secret("b").repeat(40) }),
      await propose({ reason: "x", variant: "on", [secret("c")]: 1 }),
      await propose(
        { reason: secret("d"), variant: "on" },
        { change: { transition: "Flag_Blow" } },
      ),
      await propose({ reason: secret("e"), variant: "on" }, { signer: stranger }),
      await propose(
        { reason: secret("f"), variant: "on" },
        { change: { inputs_hash: ABSENT_HASH } },
      ),
      await propose({ reason: secret("g"), variant: "on" }, { change: { origin: "another" } }),
    ];
    const raw = await fetch(`${url}/transition`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: `{"inputs":{"${secret("h")}":{"${secret("i")}":1.5}},"instance":"flag/a"}`,
    });
    expect(raw.status).toBe(400);
    await raw.text();
    expect(codes).toEqual([
      "inputs_invalid",
      "inputs_invalid",
      "inputs_invalid",
      "unknown_instance",
      "unknown_signer",
      "inputs_mismatch",
      "wrong_origin",
    ]);
    const told = await shown();
    expect(told).toContain("unknown_instance");
    expect(told.match(/.{0,80}canary-inputs.{0,20}/gu) ?? []).toEqual([]);
  });

  it("in a header is in no log, no page and no answer", async () => {
    const answers = await Promise.all(
      [
        { authorization: "Bearer canary-header-1" },
        { authorization: "Basic canary-header-2" },
        { cookie: "canary-header-3" },
      ].map(async (headers) =>
        (await fetch(`${url}/debug`, { headers: { ...FROM_AFAR, ...headers } })).text(),
      ),
    );
    expect(answers.every((text) => text.includes('"unauthenticated"'))).toBe(true);
    expect(answers.join() + (await shown())).not.toContain("canary-header");
  });

  it("in the settings opens what it is for, and is nowhere", async () => {
    const asked = async (path: string, token: string): Promise<number> => {
      const response = await fetch(`${url}${path}`, {
        headers: { ...FROM_AFAR, authorization: `Bearer ${token}` },
      });
      await response.text();
      return response.status;
    };
    expect(await asked("/metrics", TOKEN)).toBe(200);
    expect(await asked("/metrics", `${TOKEN}x`)).toBe(401);
    expect(await asked("/debug", TOKEN)).toBe(401);
    expect(await shown()).not.toContain(TOKEN);
  });

  it("of a key file is nowhere", async () => {
    const told = await shown();
    for (const path of [dataFolder(data).nodeKey, dataFolder(data).operatorKey]) {
      const [, body = ""] = readFileSync(path, "utf8").split("\n");
      expect(body.length).toBeGreaterThan(40);
      expect(told).not.toContain(body);
    }
  });
});
