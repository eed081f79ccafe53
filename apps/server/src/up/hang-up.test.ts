import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { connect } from "node:tls";
import { afterAll, expect, it } from "vitest";
import { Settings } from "../settings/read-settings.ts";
import { resolveSettings } from "../settings/resolve-settings.ts";
import { SERVER_SETTINGS } from "../settings/server-settings.ts";
import { runServer } from "./run-server.ts";

const root = mkdtempSync(join(tmpdir(), "swoosh-hang-up-"));
const [cert, key] = [join(root, "cert.pem"), join(root, "key.pem")];
afterAll(() => rmSync(root, { recursive: true, force: true }));

function makeCertificate(name: string): void {
  const made = spawnSync("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
    ...["-subj", `/CN=${name}`, "-days", "2", "-keyout", key, "-out", cert],
  ]);
  expect(made.status, String(made.stderr)).toBe(0);
}

/** Whose certificate a new connection gets. */
function nameAt(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: Number(new URL(url).port), rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

it("SIGHUP has the certificate read again, one that is none changes nothing, and the server goes on", async () => {
  makeCertificate("first");
  const log: string[] = [];
  const settings = new Settings(
    resolveSettings(SERVER_SETTINGS, {
      flags: { data: join(root, "data"), port: 0, "tls-cert": cert, "tls-key": key },
      environment: {},
      file: {},
      filePath: "none",
    }),
  );
  let stop: () => void = () => {};
  let ended: Promise<number> = Promise.resolve(-1);
  const before = process.listenerCount("SIGHUP");
  const ready = await new Promise<string>((resolve, reject) => {
    ended = runServer(settings, {
      log: (level, message) => log.push(`${level} ${message}`),
      ready: resolve,
      stopAsked: new Promise<void>((asked) => (stop = asked)),
    });
    ended.catch(reject);
  });
  const { url }: { readonly url: string } = JSON.parse(ready);
  expect(await nameAt(url)).toBe("first");

  makeCertificate("second");
  expect(await nameAt(url)).toBe("first");
  process.emit("SIGHUP");
  expect(await nameAt(url)).toBe("second");
  expect(log.at(-1)).toBe(`info SIGHUP: the certificate of ${cert} was read again`);

  writeFileSync(cert, "no certificate");
  process.emit("SIGHUP");
  expect(log.at(-1)).toMatch(/^error SIGHUP: the certificate stays as it was: /u);
  expect(await nameAt(url)).toBe("second");

  stop();
  expect(await ended).toBe(0);
  expect(process.listenerCount("SIGHUP")).toBe(before);
});
