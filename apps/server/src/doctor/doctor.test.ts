import { spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { needDebian } from "@swoosh/test";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serve } from "../http/serve.ts";
import { PrivateKey } from "../keys/private-key.ts";
import { dataFolder, type DataFolder } from "../node/data-folder.ts";
import { initNode } from "../node/init-node.ts";
import { openNode } from "../node/open-node.ts";
import { Settings } from "../settings/read-settings.ts";
import { resolveSettings } from "../settings/resolve-settings.ts";
import { SERVER_SETTINGS } from "../settings/server-settings.ts";
import { judgeSpace } from "./check-folder.ts";
import { checkProgram } from "./check-program.ts";
import { examine } from "./examine.ts";
import type { Finding } from "./finding.ts";

const OPENSSL = { program: "openssl", debianPackage: "openssl", purpose: "a certificate" };
const NOW = 1_800_000_000_000;
let root: string;
let paths: DataFolder;
let blob: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "swoosh-doctor-"));
  paths = dataFolder(join(root, "data"));
  await initNode({ folder: paths.folder });
  const node = await openNode({ folder: paths.folder });
  blob = node.blobs.save(Buffer.from("evidence"));
  await node.close();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function settings(flags: Readonly<Record<string, unknown>> = {}): Settings {
  const sources = {
    flags: { data: paths.folder, ...flags },
    environment: {},
    file: {},
    filePath: "",
  };
  return new Settings(resolveSettings(SERVER_SETTINGS, sources));
}

/** What is not well, one line each. */
async function found(
  flags: Readonly<Record<string, unknown>> = {},
  url?: string,
): Promise<string[]> {
  const findings = await examine(settings(flags), {
    now: NOW,
    ...(url === undefined ? {} : { url }),
  });
  for (const { next, verdict } of findings) expect(next === null).toBe(verdict === "ok");
  return findings.filter(({ verdict }) => verdict !== "ok").map(lineOf);
}

function lineOf({ check, isDamage, says, verdict }: Finding): string {
  return `${isDamage ? "damage" : verdict} ${check}: ${says}`;
}

/** Breaks a file, looks, and puts it back. */
async function broken(
  path: string,
  spoil: (bytes: Buffer) => Uint8Array | null,
): Promise<string[]> {
  const before = readFileSync(path);
  const { mode } = statSync(path);
  const after = spoil(Buffer.from(before));
  if (after === null) rmSync(path);
  else writeFileSync(path, after);
  try {
    return await found();
  } finally {
    writeFileSync(path, before);
    chmodSync(path, mode);
  }
}

const flipAt = (offset: number) => (bytes: Buffer) => {
  bytes[offset] = (bytes[offset] ?? 0) ^ 1;
  return bytes;
};
const only = (folder: string): string => join(folder, readdirSync(folder).toSorted().at(-1) ?? "");

describe("the doctor", () => {
  it("finds nothing wrong with an installation that is well", async () => {
    const findings = await examine(settings(), { now: NOW });
    const checks = new Set(findings.map(({ check }) => check));
    expect(findings.filter(({ verdict }) => verdict === "bad")).toEqual([]);
    for (const check of [
      "program",
      "settings",
      "data folder",
      "disk space",
      "keys",
      "journal",
      "snapshot",
      "evidence",
      "server",
    ])
      expect(checks).toContain(check);
  });

  it("sees a folder that is missing, no folder, or somebody else's", async () => {
    expect(await found({ data: join(root, "none") })).toEqual([
      `bad data folder: ${join(root, "none")} is not there`,
    ]);
    expect((await found({ data: paths.nodeKey }))[0]).toMatch(
      /^bad data folder: .* is no folder$/u,
    );
    expect((await found({ data: root }))[0]).toMatch(
      /^bad data folder: .* is no data folder of Swoosh$/u,
    );
  });

  it("sees keys that others can read, that are missing, that are no keys, or another node's", async () => {
    chmodSync(paths.operatorKey, 0o644);
    chmodSync(paths.keys, 0o755);
    const open = await found();
    chmodSync(paths.operatorKey, 0o600);
    chmodSync(paths.keys, 0o700);
    expect(open).toEqual([
      `bad keys: ${paths.keys} has mode 755: others than its owner can get at it`,
      `bad keys: ${paths.operatorKey} has mode 644: others than its owner can get at it`,
    ]);
    expect(await broken(paths.nodeKey, () => null)).toEqual([
      `bad keys: ${paths.nodeKey}, the node's key, is missing`,
    ]);
    expect(await broken(paths.operatorKey, () => Buffer.from("no key"))).toEqual([
      `bad keys: ${paths.operatorKey}: no private key in PEM (PKCS#8) is there`,
    ]);
    const other = await broken(paths.nodeKey, () => Buffer.from(PrivateKey.generate().toPem()));
    expect(other).toEqual([
      expect.stringMatching(
        /^bad keys: .*node\.pem is not the key of the node that wrote this log, hmmm:pubkey:/u,
      ),
    ]);
  });

  it("sees damage of log, superblock, snapshot and evidence, and names file and place", async () => {
    const segment = only(join(paths.journal, "log"));
    const first = join(
      paths.journal,
      "log",
      readdirSync(join(paths.journal, "log")).toSorted()[0] ?? "",
    );
    expect(await broken(first, flipAt(200))).toEqual([
      expect.stringMatching(/^damage journal: .*offset \d+.*Choices:/su),
    ]);
    expect(segment).toContain("log");
    expect(await broken(join(paths.journal, "superblock-1"), flipAt(20))).toEqual([
      expect.stringMatching(/^warn superblock: .*superblock-1 is damaged/u),
    ]);
    const snapshot = only(join(paths.journal, "snapshots"));
    expect(await broken(snapshot, flipAt(20))).toEqual([
      expect.stringMatching(/^warn snapshot: the snapshot at \d+ cannot be used/u),
    ]);
    expect(await broken(only(join(paths.journal, "chunks")), () => null)).toContainEqual(
      expect.stringMatching(/^warn snapshot: .*is missing/u),
    );
    expect(await broken(join(paths.blobs, blob.slice(7, 9), blob), flipAt(0))).toEqual([
      expect.stringMatching(/^damage evidence: .*does not have the hash that is its name/u),
    ]);
    renameSync(paths.journal, `${paths.journal}.away`);
    const without = await found();
    renameSync(`${paths.journal}.away`, paths.journal);
    expect(without).toEqual([`bad journal: ${paths.journal} has no log`]);
  });

  it("sees a clock that is behind the log", async () => {
    const findings = await examine(settings(), { now: 0 });
    expect(findings.filter(({ verdict }) => verdict === "warn").map(lineOf)).toContainEqual(
      expect.stringMatching(/^warn journal: the clock of this machine is \d+ s behind/u),
    );
  });

  it("sees certificates and charts that cannot be used", async () => {
    expect(await found({ "tls-cert": "a.pem" })).toEqual([
      "bad tls: tls-cert and tls-key go together, and one is missing",
    ]);
    expect((await found({ "tls-cert": "a.pem", "tls-key": "b.pem" }))[0]).toMatch(
      /^bad tls: a\.pem or b\.pem cannot be used: ENOENT/u,
    );
    const [cert, key, other] = ["cert.pem", "key.pem", "other.pem"].map((name) => join(root, name));
    const subject = ["-subj", "/CN=localhost", "-days", "30", "-noenc", "-newkey", "ed25519"];
    const made = spawnSync(needDebian(OPENSSL), [
      "req",
      "-x509",
      ...subject,
      "-keyout",
      key ?? "",
      "-out",
      cert ?? "",
    ]);
    expect(made.status).toBe(0);
    writeFileSync(other ?? "", PrivateKey.generate().toPem());
    const day = 86_400_000;
    const from = Date.parse(new X509Certificate(readFileSync(cert ?? "")).validFrom);
    const verdictAt = async (now: number, keyFile = key): Promise<string> => {
      const findings = await examine(settings({ "tls-cert": cert, "tls-key": keyFile }), { now });
      return findings
        .filter(({ check }) => check === "tls")
        .map(lineOf)
        .join();
    };
    expect(await verdictAt(from + day)).toMatch(/^ok tls: .* is valid until/u);
    expect(await verdictAt(from + 20 * day)).toMatch(/^warn tls: .* is valid until/u);
    expect(await verdictAt(from + 40 * day)).toMatch(/^bad tls: .* is valid until/u);
    expect(await verdictAt(from + day, other)).toBe(`bad tls: ${other} is not the key of ${cert}`);
    const charts = mkdtempSync(join(root, "charts-"));
    writeFileSync(join(charts, "broken.yaml"), "chart: broken\n");
    expect((await found({ charts: [charts] }))[0]).toContain(`bad charts: ${charts}: `);
  });

  it("sees a server that answers, one that does not, and what it misses", async () => {
    const node = await openNode({ folder: paths.folder });
    const server = await serve(node, { host: "127.0.0.1", port: 0 });
    try {
      expect(await found({}, server.url)).toEqual([]);
      const fenced = createServer((_request, response) => {
        response.writeHead(503).end('{"missing":["etcd: it refuses the password"],"ok":false}');
      });
      await new Promise<void>((resolve) => fenced.listen(0, "127.0.0.1", resolve));
      const address = fenced.address();
      const port = typeof address === "object" ? address?.port : undefined;
      expect(await found({}, `http://127.0.0.1:${port}`)).toEqual([
        "bad dependency: etcd: it refuses the password",
      ]);
      fenced.closeAllConnections();
      await new Promise((resolve) => fenced.close(resolve));
      expect((await found({}, `http://127.0.0.1:${port}`))[0]).toMatch(
        /^bad server: .*nothing answers/u,
      );
    } finally {
      await server.stop();
    }
  });

  it("judges room, versions and what is slow", () => {
    expect(lineOf(judgeSpace("d", 1_048_576))).toBe("bad disk space: 1 MiB are free for d");
    expect(judgeSpace("d", 1_000_000_000).verdict).toBe("warn");
    expect(judgeSpace("d", 9_000_000_000).verdict).toBe("ok");
    expect(checkProgram("20.1.0", false).map(({ verdict }) => verdict)).toEqual(["warn", "warn"]);
    expect(checkProgram("24.15.0", true).map(({ verdict }) => verdict)).toEqual(["ok"]);
    expect(checkProgram("26.0.0", true).map(({ verdict }) => verdict)).toEqual(["ok"]);
  });
});
