import {
  MessageChannel,
  receiveMessageOnPort,
  Worker,
  type MessagePort,
} from "node:worker_threads";
import type { Secret } from "../settings/secret.ts";
import type { AgeAnswer, AgeRequest } from "./age-worker.ts";
import { KeyProblem } from "./key-problem.ts";
import { threadEnv } from "../node/thread-env.ts";

const ARMOR = "-----BEGIN AGE ENCRYPTED FILE-----";
const BINARY = "age-encryption.org/v1";
/** ms; the work takes some tens. */
const WAIT_MS_MAX = 30_000;

/** Is this text or file encrypted with age, armored or not? */
export function isAgeFile(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, 64)).toString("latin1").trimStart();
  return head.startsWith(ARMOR) || head.startsWith(BINARY);
}

/** Decrypts an age file, armored or not. Blocks: keys and settings are read before there is anything else to do. */
export function decryptAge(bytes: Uint8Array, identities: readonly Secret[]): Uint8Array {
  const armored = Buffer.from(bytes).toString("latin1").trimStart().startsWith(ARMOR);
  return mustBytes(
    ask({ act: "decrypt", bytes, armored, identities: identities.map((one) => one.reveal()) }),
  );
}

/** The bytes of an age file that each of the recipients can read. */
export function encryptAge(bytes: Uint8Array, recipients: readonly string[]): Uint8Array {
  return mustBytes(ask({ act: "encrypt", bytes, armored: false, recipients }));
}

/** The same as text that can be mailed and shown. */
export function encryptAgeArmored(text: string, recipients: readonly string[]): string {
  const armored = ask({ act: "encrypt", bytes: Buffer.from(text), armored: true, recipients });
  return Buffer.from(mustBytes(armored)).toString("latin1");
}

/** `age1…` of each identity. */
export function recipientsOf(identities: readonly Secret[]): readonly string[] {
  const told = ask({ act: "recipients", identities: identities.map((one) => one.reveal()) });
  return told instanceof Uint8Array ? [] : told;
}

function mustBytes(value: Uint8Array | readonly string[]): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new KeyProblem("age gave no bytes");
}

interface Bridge {
  readonly port: MessagePort;
  readonly signal: Int32Array;
}

let bridge: Bridge | undefined;

/** A worker that stays for the next question: to load the library takes longer than its work. It keeps no process alive. */
function mustBridge(): Bridge {
  if (bridge !== undefined) return bridge;
  const { port1, port2 } = new MessageChannel();
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL("age-worker.ts", import.meta.url), {
    workerData: { port: port2, signal },
    env: threadEnv(),
    transferList: [port2],
  });
  worker.unref();
  port1.unref();
  bridge = { port: port1, signal };
  return bridge;
}

/** The library works with promises; here it is waited for. */
function ask(request: AgeRequest): Uint8Array | readonly string[] {
  const { port, signal } = mustBridge();
  Atomics.store(signal, 0, 0);
  port.postMessage(request);
  Atomics.wait(signal, 0, 0, WAIT_MS_MAX);
  const got: { readonly message: AgeAnswer } | undefined = receiveMessageOnPort(port);
  if (got === undefined) {
    bridge = undefined;
    throw new KeyProblem("age did not answer; is age-encryption installed?");
  }
  const { message } = got;
  if (!message.ok) throw new KeyProblem(`age: ${message.problem}`);
  return message.value;
}
