import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { createServer } from "node:https";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { createClient, createWebPorts } from "@swoosh/sdk";
import { needDebian } from "@swoosh/test";
import { afterAll, describe, expect, it } from "vitest";
import { runSwoosh } from "./test/run-swoosh.ts";

const SWOOSH = fileURLToPath(new URL("../bin/swoosh.mjs", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "swoosh-follow-"));
const data = join(root, "data");
const copy = join(root, "copy");
const OPENSSL = {
  program: "openssl",
  debianPackage: "openssl",
  purpose: "a certificate to follow over TLS with",
};
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(root, { recursive: true, force: true });
});

interface Process {
  readonly url: string;
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
}

/** Starts a command that says one line when it is ready, and waits for that. */
async function start(...argv: readonly string[]): Promise<Process> {
  const child = spawn(process.execPath, [SWOOSH, ...argv], { stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  let said = "";
  child.stderr.on("data", (chunk) => (said += String(chunk)));
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once("data", (chunk) => resolve(String(chunk)));
    void ended.then((code) => reject(new Error(`${argv[0]} ended with ${code}: ${said}`)));
  });
  const { url }: { readonly url: string } = JSON.parse(line);
  return { url, child, ended };
}

const up = (port: string, folder = data) => start("up", "--data", folder, "--port", port);
const follow = (url: string) => start("follow", url, "--data", copy);

async function end(
  { child, ended }: Process,
  signal: "SIGKILL" | "SIGTERM",
): Promise<number | null> {
  child.kill(signal);
  return ended;
}

async function propose({ url }: Process, variant: string): Promise<void> {
  const inputs = JSON.stringify({ reason: "try", variant });
  const flags = ["--url", url, "--key", join(data, "keys", "operator.pem"), "--inputs", inputs];
  const { code, err } = await runSwoosh(["propose", "flag/x", "Flag_Set", ...flags]);
  expect([code, err]).toEqual([0, ""]);
}

/** Waits until the follower has this variant of the flag; what it then says of it. */
async function stale({ url }: Process, variant: string): Promise<Response> {
  const client = createClient({ url, ports: createWebPorts(globalThis) });
  for await (const { text } of client.tail()) if (text.includes(`"variant":"${variant}"`)) break;
  const answer = await fetch(`${url}/state?instance=flag/x&stale=ok`);
  expect([answer.status, await answer.json()]).toMatchObject([
    200,
    { state: { context: { variant } } },
  ]);
  return answer;
}

async function openRig() {
  const { HttpRig } = await import("../../server/src/http/test/http-rig.ts");
  return HttpRig.open();
}

/** TLS before a server: whoever comes through it comes from afar. */
async function proxied(to: string): Promise<{ url: string; cert: string; close: () => void }> {
  const [cert, key] = [join(root, "cert.pem"), join(root, "key.pem")];
  const names = ["-subj", "/CN=swoosh", "-addext", "subjectAltName=IP:127.0.0.1"];
  execFileSync(
    needDebian(OPENSSL),
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
      ...["-days", "2", "-keyout", key, "-out", cert, ...names],
    ],
    { stdio: "ignore" },
  );
  const tls = { cert: readFileSync(cert), key: readFileSync(key) };
  const server = createServer(tls, (request, response) => {
    const headers = { ...request.headers, "x-forwarded-for": "203.0.113.9" };
    const onward = httpRequest(
      `${to}${request.url}`,
      { headers, method: request.method },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `https://127.0.0.1:${portOf(server.address())}`;
  return { url, cert, close: () => server.close() };
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Of a port that was free a moment ago, and has nobody behind it. */
async function freeUrl(): Promise<string> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const port = portOf(server.address());
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

/** Ten processes one after the other: on a machine that does much else that takes a while. */
const TIMEOUT_MS = 240_000;

describe("swoosh follow", { timeout: TIMEOUT_MS }, () => {
  it("follows through kill -9 of either side, and what it kept is the log", async () => {
    let leader = await up("0");
    const { port } = new URL(leader.url);
    await propose(leader, "one");
    let follower = await follow(leader.url);
    const { headers } = await stale(follower, "one");
    const health = await (await fetch(`${follower.url}/health`)).json();
    expect(health).toMatchObject({ consensus: { leader: leader.url, role: "follower" } });
    expect(Number(headers.get("x-swoosh-index"))).toBe(Number(Object(health)["durableIndex"]));
    expect(Number(headers.get("age"))).toBeLessThan(60);
    // What only the leader can answer names it.
    for (const [path, method] of [
      ["/state?instance=flag/x", "GET"],
      ["/transition", "POST"],
    ] as const) {
      const answer = await fetch(`${follower.url}${path}`, { method });
      expect([path, answer.status]).toEqual([path, 503]);
      expect(await answer.json()).toMatchObject({ code: "not_leader", leader: leader.url });
    }

    await end(follower, "SIGKILL");
    await propose(leader, "two");
    follower = await follow(leader.url);
    await stale(follower, "two");

    await end(leader, "SIGKILL");
    await stale(follower, "two");
    leader = await up(port);
    await propose(leader, "three");
    await stale(follower, "three");
    const heads = await Promise.all(
      [leader, follower].map(async ({ url }) => (await fetch(`${url}/log/checkpoint`)).text()),
    );
    expect(heads[1]?.startsWith(heads[0] ?? "none")).toBe(true);
    expect(heads[1]).toMatch(/\n— \S+\/witness\/[0-9a-f]{8} \S+\n$/);
    expect(await end(follower, "SIGTERM")).toBe(0);
    expect(await end(leader, "SIGTERM")).toBe(0);

    const [own, kept] = await Promise.all(
      [data, copy].map((folder) =>
        runSwoosh(["verify", "--data", folder, "--signatures", "--json"]),
      ),
    );
    expect(kept).toEqual(own);
    expect(JSON.parse(kept?.out ?? "")).toMatchObject({ ok: true });
  });

  it("ends with 4 where the log is another one, and keeps what it was shown", async () => {
    const rig = await openRig();
    const { code, err } = await runSwoosh(["follow", rig.server.url, "--data", copy]);
    expect(code).toBe(4);
    expect(err).toMatch(/the checkpoint of http:\S+ is not one of /);
    const evidence = /what proves it is kept in (\S+)\. /.exec(err)?.[1] ?? "";
    expect(readFileSync(join(evidence, "checkpoint"), "utf8")).toContain(rig.node.origin);
    await rig.close();
  });

  it("goes over TLS with the identity of an auditor, and of nobody else", async () => {
    const rig = await openRig();
    const proxy = await proxied(rig.server.url);
    const keyOf = async (name: string, role: string): Promise<string> => {
      const path = join(root, `${name}.pem`);
      writeFileSync(path, (await rig.register(name, [{ role, scope: "switch/*" }])).toPem());
      return path;
    };
    const argv = (key: string) =>
      [
        "follow",
        proxy.url,
        "--key",
        key,
        "--tls-ca",
        proxy.cert,
        "--data",
        join(root, "afar"),
      ] as const;
    const [client, auditor] = [await keyOf("c", "client"), await keyOf("a", "auditor")];
    await expect(start(...argv(client))).rejects.toThrow(
      /ended with 3: .*it needs the role auditor/s,
    );
    const follower = await start(...argv(auditor));
    const own = await fetch(`${rig.server.url}/log/checkpoint`);
    const theirs = await (await fetch(`${follower.url}/log/checkpoint`)).text();
    expect(theirs.startsWith(await own.text())).toBe(true);
    expect(await end(follower, "SIGTERM")).toBe(0);
    proxy.close();
    await rig.close();
  });

  it("carries no log in the clear over a network, and says what is wrong", async () => {
    const refused = await runSwoosh(["follow", "http://192.0.2.1:8080", "--data", copy]);
    expect(refused).toMatchObject({ code: 2, out: "" });
    expect(refused.err).toContain("would carry the whole log in the clear; use https");
    expect((await runSwoosh(["follow", "nowhere", "--data", copy])).code).toBe(2);
    // A new folder, and nobody there: the world failed.
    const nobody = await runSwoosh(["follow", await freeUrl(), "--data", join(root, "new")]);
    expect(nobody.code).toBe(3);
  });
});
