import type { ChildProcess } from "node:child_process";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { freePort, startNats } from "@swoosh/test";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HttpRig } from "../../http/test/http-rig.ts";
import { PrivateKey } from "../../keys/private-key.ts";
import { NatsChannel } from "./nats-channel.ts";

const SUBJECT = "swoosh.propose";

let rig: HttpRig;
let nats: ChildProcess;
let channel: NatsChannel;
let sender: NatsConnection;
let port = 0;
const defects: unknown[] = [];

beforeAll(async () => {
  rig = await HttpRig.open();
  port = await freePort();
  nats = await startNats({ port, purpose: "the test of proposals over NATS" });
  channel = new NatsChannel({
    admit: async () => ({ addresses: ["127.0.0.1"], onStop: () => () => {} }),
    url: `nats://127.0.0.1:${String(port)}`,
    subject: SUBJECT,
    onDefect: (error) => defects.push(error),
  });
  await channel.open(rig.server.take, () => {});
  sender = await connect({ servers: `127.0.0.1:${port}` });
});
afterAll(async () => {
  await sender.close();
  await channel.close();
  await channel.close();
  nats.kill();
  await rig.close();
});

/** For channels that nobody but the test closes. */
function fail(): never {
  throw new Error("the channel was closed");
}

/** Sends a proposal's text; gives the answer's. */
type Send = (text: string) => Promise<string>;

const CHANNELS: readonly (readonly [name: string, send: Send])[] = [
  [
    "HTTP",
    async (text) => {
      const response = await fetch(`${rig.server.url}/transition`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: text,
      });
      return response.text();
    },
  ],
  ["NATS", async (text) => (await sender.request(SUBJECT, text, { timeout: 60_000 })).string()],
];

const seqOf = (instance: string): number =>
  rig.node.engine.state.head(instance)?.document.meta.seq ?? 0;

describe.each(CHANNELS)("proposals over %s", (name, send) => {
  const instance = `switch/${name}`;
  const flip = (of = instance, signer = rig.operator): string =>
    rig.wire({ instance: of, transition: "Switch_Flip", signer });

  it("are taken once, and a second delivery is answered with the same bytes", async () => {
    const text = flip();
    const first = await send(text);
    expect(JSON.parse(first)).toMatchObject({ status: "accepted", instance });
    expect(await send(text)).toBe(first);
    expect(seqOf(instance)).toBe(1);
  });

  it("are believed for their signature alone", async () => {
    const before = seqOf(instance);
    const bent = flip().replace(/"signature":"../, '"signature":"AA');
    expect(JSON.parse(await send(bent))).toMatchObject({ code: "bad_signature", status: 401 });
    const stranger = flip(instance, PrivateKey.generate());
    expect(JSON.parse(await send(stranger))).toMatchObject({ code: "unknown_signer" });
    expect(seqOf(instance)).toBe(before);
  });

  it("are refused with the place of the mistake where they are none", async () => {
    for (const text of ["{", '{"a":1}', "[]"])
      expect(JSON.parse(await send(text))).toMatchObject({ code: "malformed", status: 400 });
    const large = JSON.stringify({ a: "x".repeat(70_000) });
    expect(JSON.parse(await send(large))).toMatchObject({ code: "too_large", status: 413 });
  });

  it("are answered each by itself, however many come at once", async () => {
    const names = Array.from({ length: 40 }, (_, at) => `switch/${name}-${at}`);
    const answers = await Promise.all(names.map((one) => send(flip(one))));
    expect(answers.map((text) => Object(JSON.parse(text))["instance"])).toEqual(names);
  });
});

describe("NATS", () => {
  it("takes a proposal whose sender wants no answer", async () => {
    const taken = new Promise<void>((resolve) => {
      rig.node.onRecord(({ text }) => {
        if (text.includes("switch/silent")) resolve();
      });
    });
    sender.publish(SUBJECT, rig.wire({ instance: "switch/silent", transition: "Switch_Flip" }));
    await taken;
    expect(seqOf("switch/silent")).toBe(1);
  });

  it("says that it is too many where they wait, and answers all that it took", async () => {
    const waiting: (() => void)[] = [];
    const busy = new NatsChannel({
      admit: async () => ({ addresses: ["127.0.0.1"], onStop: () => () => {} }),
      url: `nats://127.0.0.1:${String(port)}`,
      subject: "busy",
      onDefect: (error) => defects.push(error),
    });
    await busy.open(async (text) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return { status: 202, text: `took ${text}` };
    }, fail);
    const ask = async (text: string): Promise<string> =>
      (await sender.request("busy", text, { timeout: 60_000 })).string();
    const taken = Promise.all(Array.from({ length: 256 }, (_, at) => ask(String(at))));
    const over = JSON.parse(await ask("one more"));
    expect(over).toMatchObject({ code: "overloaded", status: 503, retry: { after_ms: 1_000 } });
    for (const go of waiting) go();
    await busy.close();
    expect(defects).toEqual([]);
    expect(await taken).toEqual(Array.from({ length: 256 }, (_, at) => `took ${at}`));
  });

  it("says when it was closed from outside, as the end of the licence does", async () => {
    let stop = (): void => {};
    let stopped = 0;
    const ending = new NatsChannel({
      admit: async () => ({
        addresses: ["127.0.0.1"],
        onStop: (call) => {
          stop = call;
          return () => {
            stopped += 1;
          };
        },
      }),
      url: `nats://127.0.0.1:${String(port)}`,
      subject: "ending",
      onDefect: (error) => defects.push(error),
    });
    const closed = new Promise<void>((resolve) => {
      void ending.open(rig.server.take, resolve).then(() => stop());
    });
    await closed;
    expect(stopped).toBe(1);
    await ending.close();
  });

  it("goes nowhere that is not admitted", async () => {
    const refused = new NatsChannel({
      admit: () => Promise.reject(new Error("not on the list")),
      url: `nats://127.0.0.1:${String(port)}`,
      subject: SUBJECT,
      onDefect: () => {},
    });
    await expect(refused.open(rig.server.take, fail)).rejects.toThrow("not on the list");
  });
});
