import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import process from "node:process";
import { loadSodium } from "../../crypto/load-sodium.ts";
import { signatureHolds, verifyByOpenSsl } from "../../crypto/signature-holds.ts";
import { hasher } from "../../hasher.ts";
import { canonicalize, PROPOSAL_TYPE, valueHash } from "@swoosh/kernel";

/**
 * The floor that a log must stay near: parse, verify the signature, hash a state, one write and one fdatasync a turn, answer.
 * No guards, no chart, no index, no tree, nothing read again; on one thread.
 */
const [folder = "."] = process.argv.slice(2);
const SEGMENT_BYTES = 67_108_864;
const file = openSync(join(folder, "bare.log"), "w+");
const zeros = Buffer.alloc(1_048_576);
for (let offset = 0; offset < SEGMENT_BYTES; offset += zeros.length)
  writeSync(file, zeros, 0, zeros.length, offset);
fdatasyncSync(file);
const rawVerify = loadSodium() ?? verifyByOpenSsl;
const states = new Map<string, { count: number; hash: string }>();
let offset = 0;
let queue: { readonly line: Buffer; readonly answer: () => void }[] = [];

function flush(): void {
  const batch = queue;
  queue = [];
  const bytes = Buffer.concat(batch.map(({ line }) => line));
  if (offset + bytes.length > SEGMENT_BYTES) offset = 0;
  writeSync(file, bytes, 0, bytes.length, offset);
  fdatasyncSync(file);
  offset += bytes.length;
  for (const { answer } of batch) answer();
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const text = Buffer.concat(chunks).toString("latin1");
    const { inputs, signature, ...body } = JSON.parse(text);
    const canonical = canonicalize(body);
    const check = {
      body: canonical,
      key: body.signer,
      signature,
      type: PROPOSAL_TYPE,
    };
    const isGood =
      signatureHolds(check, rawVerify) && valueHash(hasher, inputs) === body.inputs_hash;
    const count = (states.get(body.instance)?.count ?? 0) + 1;
    const hash = valueHash(hasher, {
      count,
      instance: body.instance,
      note: inputs.note,
      pad: "p".repeat(300),
    });
    const line = Buffer.from(`${text}\n`);
    if (queue.length === 0) setImmediate(flush);
    queue.push({
      line,
      answer: () => {
        states.set(body.instance, { count, hash });
        const said = JSON.stringify({ ok: isGood, state_post_hash: hash });
        response.writeHead(isGood ? 202 : 400, {
          "content-type": "application/json",
          "content-length": said.length,
        });
        response.end(said);
      },
    });
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.send?.({ port: typeof address === "object" && address !== null ? address.port : 0 });
});
process.on("disconnect", () => {
  closeSync(file);
  process.exit(0);
});
