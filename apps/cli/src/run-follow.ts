import { readFileSync } from "node:fs";
import process from "node:process";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { isValueHash } from "@swoosh/kernel/values";
import type { Client, Signer } from "@swoosh/sdk";
import type { LogFeed } from "@swoosh/server/follow";
import type { FollowFlags } from "./add-follow-command.ts";
import type { ConsolePort } from "./console-port.ts";
import { createLog } from "./create-log.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { countOf } from "./read-client.ts";
import { plainText } from "./plain-text.ts";
import { withServerErrors } from "./with-server-errors.ts";
import { WorldError } from "./world-error.ts";

const LOOPBACK = /^(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])$/;

/** `swoosh follow`: runs until it is asked to stop; the log goes to standard error. */
export function runFollow(port: ConsolePort, url: string, flags: FollowFlags): Promise<ExitCode> {
  const wrong = wrongUrl(url);
  if (wrong !== undefined) {
    port.err(`swoosh: ${plainText(wrong)}\n`);
    return Promise.resolve(EXIT.usage);
  }
  const [at, batch] = [countOf(port, "--port", flags.port), countOf(port, "--batch", flags.batch)];
  if (at === null || batch === null) return Promise.resolve(EXIT.usage);
  return withServerErrors(port, async () => {
    trust(flags.tlsCa);
    const { runFollower } = await import("@swoosh/server/follow");
    const isPerson = process.stderr.isTTY === true;
    return runFollower(
      {
        folder: flags.data,
        feed: await feedOf(url.replace(/\/+$/, ""), await signerOf(flags.key)),
        port: at ?? 0,
        ...(batch === undefined ? {} : { batchRecords: Math.max(1, batch) }),
        ...(flags.originKey === undefined ? {} : { originKey: flags.originKey }),
        ...(flags.leaf0 === undefined ? {} : { firstLeaf: flags.leaf0 }),
      },
      {
        log: createLog(port, { level: "info", isPerson }),
        ready: (line) => port.out(`${line}\n`),
      },
    );
  });
}

/** Why a log is not followed there: whoever reads the wire of a plain connection reads the whole log. */
function wrongUrl(url: string): string | undefined {
  if (!URL.canParse(url)) return `${url} is no address; write it as https://swoosh.example`;
  const { hostname, protocol } = new URL(url);
  if (protocol === "https:" || (protocol === "http:" && LOOPBACK.test(hostname))) return undefined;
  return `${url} would carry the whole log in the clear; use https, or http on the loopback alone`;
}

function trust(file: string | undefined): void {
  if (file === undefined) return;
  setDefaultCACertificates([...getCACertificates("default"), readFileSync(file, "utf8")]);
}

async function signerOf(file: string | undefined): Promise<Signer | undefined> {
  const path = file ?? process.env["SWOOSH_KEY"];
  if (path === undefined) return undefined;
  const { readKeyFile } = await import("@swoosh/server/keys");
  const key = readKeyFile(path);
  return { key: key.identity, sign: async (bytes) => key.signBytes(bytes) };
}

async function feedOf(url: string, signer: Signer | undefined): Promise<LogFeed> {
  const { createClient, createWebPorts } = await import("@swoosh/sdk");
  const { hasher } = await import("@swoosh/server/keys");
  const ports = createWebPorts(globalThis, { hasher });
  const client = createClient({ url, ports, ...(signer === undefined ? {} : { signer }) });
  return {
    url,
    checkpoint: () => checkpointOf(url),
    records: (from, limit) => recordsOf(client, from, limit),
    async chart(hash) {
      const bytes = isValueHash(hash) ? await client.getEvidence(hash) : undefined;
      return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
    },
    async arrived(index, signal) {
      try {
        for await (const _ of client.tail({ from: index, signal })) return;
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
  };
}

/** The note as it was signed: the head of a log is public. */
async function checkpointOf(url: string): Promise<string> {
  const answer = await fetch(`${url}/log/checkpoint`, { redirect: "error" });
  const text = await answer.text();
  if (!answer.ok) throw new WorldError(`${url}/log/checkpoint answers ${answer.status}`);
  return text;
}

async function recordsOf(client: Client, from: number, limit: number): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const { text } of client.journal({ from, limit })) texts.push(text);
  return texts;
}
