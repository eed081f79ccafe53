import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { canonicalize } from "@swoosh/kernel";
import { afterAll, beforeAll, expect, it } from "vitest";
import { HttpRig } from "../http/test/http-rig.ts";
import { FakeKaching, serveKaching } from "../providers/license/test/fake-kaching.ts";
import { SHIPPED_RULES } from "../providers/shhh/shipped-rules.ts";
import { asOperator } from "./service-identities.ts";
import { startProjects, type Projects } from "./start-projects.ts";
import { NO_WORLD } from "./world-settings.ts";

const PROJECT = "project/licensed";
const LIFE_MS = 1_000_000;
const GRACE_MS = 300_000;
/** What a look at the licence server may take of the life of a token. */
const STEP_MS = 100_000;

let rig: HttpRig;
let projects: Projects;
let close: () => Promise<void>;
const kaching = new FakeKaching(() => rig.clock.now());

beforeAll(async () => {
  rig = await HttpRig.open({ rules: SHIPPED_RULES });
  kaching.lifeMs = LIFE_MS;
  kaching.cluster = rig.node.origin.replaceAll(/[^A-Za-z0-9_.:-]/g, "_").slice(0, 64);
  const served = await serveKaching(kaching);
  close = served.close;
  const keyPath = join(rig.folder, "kaching.pem");
  writeFileSync(keyPath, kaching.key.export({ format: "pem", type: "spki" }));
  projects = await startProjects(rig.node, rig.server.http, {
    log: () => {},
    screen: rig.screen,
    beatsPerMinute: 0,
    world: {
      ...NO_WORLD,
      allowed: ["203.0.113.7"],
      kaching: { url: served.url, licence: "LIC-1", keyPath, graceMs: GRACE_MS },
    },
  });
});
afterAll(async () => {
  await projects.stop();
  await rig.close();
  await close();
});

const leaves = (instance: string): readonly string[] =>
  rig.node.engine.state.head(instance)?.document.configuration ?? [];

/** Resolves when it is so; looks after each record. */
function until(isThere: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!isThere()) return;
      stop();
      resolve();
    };
    const stop = rig.node.onRecord(() => setImmediate(look));
    setImmediate(look);
  });
}

const reach = (): unknown => rig.node.engine.state.head("license/main")?.document.context["reach"];

/** Time passes until the licence server was asked again. */
async function untilAsked(isThere: () => boolean): Promise<void> {
  const told = until(isThere);
  const asked = kaching.calls.length;
  while (kaching.calls.length === asked) {
    rig.clock.advance(STEP_MS);
    await rig.get("/healthz");
  }
  await told;
}

/** What goes out, and whether it was ended. */
async function goOut(): Promise<{ isEnded: boolean } | string> {
  try {
    const open = { isEnded: false };
    const admission = await projects.egress.admit(new URL("https://203.0.113.7/"));
    admission.onStop(() => {
      open.isEnded = true;
    });
    return open;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

it("a running project bears a busy licence server, stops with its no, and goes on with its yes", async () => {
  const source = join(rig.folder, "source");
  mkdirSync(source);
  writeFileSync(join(source, "swoosh.yaml"), "goal: g\ntasks: [{ id: t, run: echo }]\n");
  const config = canonicalize({ project_file: "swoosh.yaml", source });
  const begun = await asOperator(rig.node)(PROJECT, "Boot_ConfigOk", {
    config_hash: rig.node.blobs.save(Buffer.from(config)),
    identities: ["driver", "ingest", "shhh"],
  });
  expect(begun.ok).toBe(true);
  const isIn = (leaf: string) => (): boolean => leaves(PROJECT).some((one) => one.endsWith(leaf));
  await until(isIn("Ingestion.READY"));
  const first = await goOut();
  expect(first).toEqual({ isEnded: false });

  // Busy is no denial: told, and nothing is taken away.
  kaching.mood = { kind: "is busy", retryAfterS: 1 };
  await untilAsked(() => reach() === "throttled");
  expect(leaves("license/main")).toEqual(["STATUS.GRANTED"]);
  expect(isIn("Service.FULL")()).toBe(true);
  expect(first).toEqual({ isEnded: false });
  kaching.mood = { kind: "grants" };
  await untilAsked(() => reach() === "ok");

  // A no: everything outbound ends with the record that says so, and the project takes nothing new.
  kaching.mood = { kind: "denies", reason: "suspended" };
  await untilAsked(() => leaves("license/main").includes("STATUS.DENIED"));
  expect(first).toEqual({ isEnded: true });
  expect(await goOut()).toContain("the licence has ended");
  await until(isIn("Service.STOPPED"));
  const refused = await asOperator(rig.node)(PROJECT, "Ingestion_NewVersion");
  expect(refused).toMatchObject({ ok: false, code: "guard_failed" });
  expect("reasons" in refused ? refused.reasons.join() : "").toContain("no licence");

  kaching.mood = { kind: "grants" };
  await untilAsked(() => leaves("license/main").includes("STATUS.GRANTED"));
  await until(isIn("Service.FULL"));
  const second = await goOut();
  expect(second).toEqual({ isEnded: false });

  // Away for good: the licence ends by time alone, first into its grace, then into its end.
  kaching.mood = { kind: "fails" };
  const { valid_until: end }: { valid_until: number } = Object(
    rig.node.engine.state.head("license/main")?.document.context,
  );
  rig.clock.set(end + 1);
  projects.driver.look();
  await until(isIn("Service.GRACE"));
  expect(second).toEqual({ isEnded: false });
  rig.clock.set(end + GRACE_MS + 1);
  expect(second).toEqual({ isEnded: true });
  projects.driver.look();
  await until(isIn("Service.STOPPED"));
});
