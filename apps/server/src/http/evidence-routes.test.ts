import { randomFillSync } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { canonicalize } from "@swoosh/kernel";
import { EVIDENCE_BYTES_MAX, wireProblem } from "@swoosh/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blobHash } from "../evidence/blob-store.ts";
import { dataFolder } from "../node/data-folder.ts";
import { FROM_AFAR, HttpRig } from "./test/http-rig.ts";

let rig: HttpRig;
let headers: Readonly<Record<string, string>>;
beforeAll(async () => {
  rig = await HttpRig.open();
  headers = await rig.session(await rig.register("ci", [{ role: "ci", scope: "switch/*" }]));
});
afterAll(() => rig.close());

const put = (body: Uint8Array, extra: Readonly<Record<string, string>> = {}): Promise<Response> =>
  fetch(`${rig.server.url}/evidence`, {
    method: "PUT",
    headers: { ...headers, "content-type": "application/octet-stream", ...extra },
    body: Buffer.from(body),
  });

function bytesOf(count: number): Uint8Array {
  return randomFillSync(new Uint8Array(count));
}

/** Everything in the store's folder, whatever it is. */
function stored(): readonly string[] {
  return readdirSync(dataFolder(rig.node.folder).blobs, { recursive: true }).map(String);
}

describe("evidence", () => {
  it("is stored under its hash before it is acknowledged, and read back byte for byte", async () => {
    for (const bytes of [new Uint8Array(), bytesOf(1), bytesOf(100_000)]) {
      const response = await put(bytes);
      const body = JSON.parse(await response.text());
      expect(response.status).toBe(201);
      expect(wireProblem("EvidenceStored", body)).toBeUndefined();
      expect(body).toEqual({ bytes: bytes.length, hash: blobHash(bytes) });
      expect(response.headers.get("location")).toBe(`/evidence/${body.hash}`);
      const path = join(dataFolder(rig.node.folder).blobs, body.hash.slice(7, 9), body.hash);
      expect(new Uint8Array(readFileSync(path))).toEqual(bytes);
      const read = await rig.get(`/evidence/${body.hash}`, headers);
      expect(new Uint8Array(await read.arrayBuffer())).toEqual(bytes);
      expect(read.headers.get("x-content-type-options")).toBe("nosniff");
      expect((await put(bytes)).status).toBe(201);
    }
    expect(stored().filter((name) => name.startsWith("upload."))).toEqual([]);
  });

  it("may have 16 MiB, and not a byte more, said or unsaid", async () => {
    const most = bytesOf(EVIDENCE_BYTES_MAX);
    expect((await put(most)).status).toBe(201);
    const before = stored();
    const over = await put(bytesOf(EVIDENCE_BYTES_MAX + 1));
    expect([over.status, JSON.parse(await over.text()).code]).toEqual([413, "too_large"]);
    const unsaid = await streamed(EVIDENCE_BYTES_MAX + 1);
    expect(unsaid).toBe(413);
    expect(stored()).toEqual(before);
  });

  it("needs a token wherever the caller is, and octets", async () => {
    const here = await fetch(`${rig.server.url}/evidence`, { method: "PUT", body: "x" });
    expect([here.status, JSON.parse(await here.text()).code]).toEqual([401, "unauthenticated"]);
    const text = await put(bytesOf(3), { "content-type": "text/html" });
    expect(text.status).toBe(415);
    expect((await rig.get(`/evidence/${blobHash(new Uint8Array())}`, FROM_AFAR)).status).toBe(401);
  });

  it("that broke off leaves nothing", async () => {
    const before = stored();
    await new Promise<void>((resolve) => {
      const asked = request(`${rig.server.url}/evidence`, {
        method: "PUT",
        headers: { ...headers, "content-length": 1000 },
      });
      asked.on("error", () => resolve());
      asked.on("response", () => resolve());
      asked.write(Buffer.alloc(10), () => asked.destroy());
      asked.on("close", () => resolve());
    });
    // The server has seen the end of that connection when it answers on the next.
    while (stored().some((name) => name.startsWith("upload."))) await rig.get("/healthz");
    expect(stored()).toEqual(before);
    expect((await put(bytesOf(10))).status).toBe(201);
  });

  it("is not there under another hash, nor under none", async () => {
    const missing = await rig.get(`/evidence/sha256-${"1".repeat(64)}`, headers);
    expect(missing.status).toBe(404);
    for (const name of ["sha256-12", "..%2f..%2fkeys%2fnode.pem", "sha256-..", "%00"])
      expect((await rig.get(`/evidence/${name}`, headers)).status, name).toBe(404);
  });

  it("are the normal forms of charts too", async () => {
    const chart = rig.node.engine.state.chart("switch");
    const read = await rig.get(`/evidence/${chart?.hash ?? ""}`, headers);
    const text = await read.text();
    expect(blobHash(Buffer.from(text))).toBe(chart?.hash);
    expect(canonicalize(JSON.parse(text))).toBe(text);
  });
});

/** Sends that many bytes without a length; gives the status. */
function streamed(count: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(`${rig.server.url}/evidence`, { method: "PUT", headers });
    asked.on("response", (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    // The server answers before it has read all, and then the pipe breaks.
    asked.on("error", (error) => ("code" in error ? undefined : reject(error)));
    const chunk = Buffer.alloc(65_536);
    let left = count;
    const send = (): void => {
      while (left > 0) {
        const size = Math.min(left, chunk.length);
        left -= size;
        if (!asked.write(chunk.subarray(0, size))) {
          asked.once("drain", send);
          return;
        }
      }
      asked.end();
    };
    send();
  });
}
