import { workerData, type MessagePort } from "node:worker_threads";
import * as age from "age-encryption";

/** What is asked of the worker, one thing at a time. */
export type AgeRequest =
  | {
      readonly act: "decrypt";
      readonly bytes: Uint8Array;
      /** The bytes are text in age's armor. */
      readonly armored: boolean;
      readonly identities: readonly string[];
    }
  | {
      readonly act: "encrypt";
      readonly bytes: Uint8Array;
      /** Wanted as text in age's armor. */
      readonly armored: boolean;
      readonly recipients: readonly string[];
    }
  | { readonly act: "recipients"; readonly identities: readonly string[] };

export type AgeAnswer =
  | { readonly ok: true; readonly value: Uint8Array | readonly string[] }
  | { readonly ok: false; readonly problem: string };

async function answer(request: AgeRequest): Promise<Uint8Array | readonly string[]> {
  switch (request.act) {
    case "decrypt": {
      const decrypter = new age.Decrypter();
      for (const identity of request.identities) decrypter.addIdentity(identity);
      return decrypter.decrypt(request.armored ? unarmored(request.bytes) : request.bytes);
    }
    case "encrypt": {
      const encrypter = new age.Encrypter();
      for (const recipient of request.recipients) encrypter.addRecipient(recipient);
      const encrypted = await encrypter.encrypt(request.bytes);
      return request.armored ? Buffer.from(age.armor.encode(encrypted), "latin1") : encrypted;
    }
    default:
      return Promise.all(request.identities.map((identity) => age.identityToRecipient(identity)));
  }
}

function unarmored(bytes: Uint8Array): Uint8Array {
  try {
    return age.armor.decode(Buffer.from(bytes).toString("latin1"));
  } catch (error) {
    throw new Error("the armor of the age file is damaged", { cause: error });
  }
}

const { port, signal }: { readonly port: MessagePort; readonly signal: Int32Array } = workerData;

async function serve(request: AgeRequest): Promise<void> {
  let told: AgeAnswer;
  try {
    told = { ok: true, value: await answer(request) };
  } catch (error) {
    told = { ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
  port.postMessage(told);
  Atomics.store(signal, 0, 1);
  Atomics.notify(signal, 0);
}

port.on("message", (request: AgeRequest) => void serve(request));
