import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { canonicalize, type JsonObject } from "@swoosh/kernel/values";
import type { Client } from "@swoosh/sdk";
import { hashOf } from "../checkout.ts";

const FILES: Readonly<Record<string, string>> = {
  "README.md": "hello\n",
  "src/one.sh": "echo one\n",
  "src/deep/two.txt": "two\n",
};
const LINK = { path: "run", target: "src/one.sh" };

/** A call of an agent to its server, as it goes from one process to another. */
export type Call =
  | { readonly kind: "get"; readonly hash: string }
  | { readonly kind: "put"; readonly bytes: Uint8Array }
  | { readonly kind: "propose"; readonly inputs: JsonObject };

/** The server as an agent that provisions sees it: one small content, and one effect to be answered. It outlives its agents. */
export class ProvisionServer {
  readonly installed: JsonObject[] = [];
  readonly contentHash: string;
  /** Files of the content. */
  readonly count = Object.keys(FILES).length;
  readonly #bytes = new Map<string, Uint8Array>();

  constructor() {
    const files = Object.entries(FILES).map(([path, text]) => ({
      hash: this.#keep(Buffer.from(text)),
      mode: path.endsWith(".sh") ? "100755" : "100644",
      path,
      size: text.length,
    }));
    const { path, target } = LINK;
    const hash = this.#keep(Buffer.from(target));
    const link = { hash, mode: "120000", path, size: target.length };
    this.contentHash = this.#keep(Buffer.from(canonicalize({ files: [...files, link] })));
  }

  answer(call: Call): unknown {
    if (call.kind === "get") return this.#bytes.get(call.hash);
    if (call.kind === "put") return { bytes: call.bytes.length, hash: this.#keep(call.bytes) };
    // The effect is answered once; whoever answers it again is told so.
    if (this.installed.length > 0)
      return { kind: "refused", problem: { code: "effect_closed", detail: "answered" } };
    this.installed.push(call.inputs);
    return { kind: "accepted" };
  }

  /** The environment was given back: the next one owes an answer of its own. */
  deprovision(): void {
    this.installed.length = 0;
  }

  /** What an agent is asked for. */
  get data(): JsonObject {
    const { contentHash } = this;
    return { assets: ["checkout"], content_hash: contentHash, effect: "e", instance: "project/p" };
  }

  #keep(bytes: Uint8Array): string {
    const hash = hashOf(bytes);
    this.#bytes.set(hash, bytes);
    return hash;
  }
}

/** The part of a client that provisioning uses, over a way to the server. */
export function clientOver(ask: (call: Call) => Promise<unknown>): Client {
  const part = {
    getEvidence: (hash: string) => ask({ kind: "get", hash }),
    putEvidence: (bytes: Uint8Array) => ask({ kind: "put", bytes }),
    propose: (_instance: string, _transition: string, inputs: JsonObject) =>
      ask({ kind: "propose", inputs }),
  };
  return part as unknown as Client;
}

/** Of a checkout: every file with its bytes, a link with its target, a program with a star. */
export function treeOf(root: string): Readonly<Record<string, string>> {
  const tree: Record<string, string> = {};
  for (const name of readdirSync(root, { recursive: true, encoding: "utf8" })) {
    const place = join(root, name);
    const found = lstatSync(place);
    if (found.isDirectory()) continue;
    if (found.isSymbolicLink()) tree[name] = `→ ${readlinkSync(place)}`;
    else tree[name] = `${(found.mode & 0o111) === 0 ? "" : "* "}${readFileSync(place, "utf8")}`;
  }
  return tree;
}

/** What `treeOf` says of the whole content. */
export const WHOLE: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(FILES).map(([path, text]) => [path, path.endsWith(".sh") ? `* ${text}` : text]),
  ),
  [LINK.path]: `→ ${LINK.target}`,
};
