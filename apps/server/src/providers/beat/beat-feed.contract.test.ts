import { once } from "node:events";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { freePort, startNats } from "@swoosh/test";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BeatFeed } from "./beat-feed.ts";
import { NatsBeatFeed } from "./nats-beat-feed.ts";
import { FakeBeatFeed } from "./test/fake-beat-feed.ts";

const SUBJECT = "backbeat.c1.beat";
const PURPOSE = "the test of BACKBEAT over NATS";

interface Station {
  readonly feed: BeatFeed;
  publish(bytes: Uint8Array): Promise<void>;
  /** Somebody else ends its connection. */
  cut(): void;
  close(): Promise<void>;
}

async function overNats(): Promise<Station> {
  const port = await freePort();
  const child = await startNats({ port, purpose: PURPOSE });
  const publisher: NatsConnection = await connect({ servers: `127.0.0.1:${port}` });
  let cut = (): void => {};
  const onStop = (end: () => void): (() => void) => {
    cut = end;
    return () => {};
  };
  const feed = new NatsBeatFeed({
    admit: async () => ({ addresses: ["127.0.0.1"], onStop }),
    url: `nats://127.0.0.1:${String(port)}`,
    subject: SUBJECT,
  });
  return {
    feed,
    cut: () => cut(),
    publish: async (bytes) => {
      publisher.publish(SUBJECT, bytes);
      await publisher.flush();
    },
    close: async () => {
      await feed.close();
      await publisher.close();
      child.kill();
      await once(child, "close");
    },
  };
}

async function inMemory(): Promise<Station> {
  const feed = new FakeBeatFeed();
  return {
    feed,
    cut: () => feed.cut(),
    publish: (bytes) => feed.publish(bytes),
    close: () => feed.close(),
  };
}

describe.each([
  ["in memory", inMemory],
  ["over NATS", overNats],
] as const)("a feed of beats %s", (_name, make) => {
  let station: Station;
  beforeEach(async () => {
    station = await make();
  });
  afterEach(async () => {
    await station.close();
  });

  it("gives every frame once, in order, as it was published; nothing before it is opened or after it is closed", async () => {
    const heard: string[] = [];
    const waiting: (() => void)[] = [];
    const hear = (bytes: Uint8Array): void => {
      heard.push(Buffer.from(bytes).toString());
      if (heard.length === 20) for (const done of waiting) done();
    };
    const all = new Promise<void>((resolve) => {
      waiting.push(resolve);
    });
    await station.publish(Buffer.from("too early"));
    const closed: string[] = [];
    await station.feed.open(hear, () => closed.push("closed"));
    for (let beat = 0; beat < 20; beat += 1) await station.publish(Buffer.from(`frame ${beat} ü`));
    await all;
    expect(heard).toEqual(Array.from({ length: 20 }, (_, beat) => `frame ${beat} ü`));
    await station.feed.close();
    await station.publish(Buffer.from("too late"));
    expect(heard).toHaveLength(20);
    await station.feed.close();
    expect(closed).toEqual([]);
  });

  it("says that somebody ended its connection, and hears again when it is opened again", async () => {
    let heard = (_text: string): void => {};
    const open = (onClosed: () => void): Promise<void> =>
      station.feed.open((bytes) => heard(Buffer.from(bytes).toString()), onClosed);
    await new Promise<void>((resolve, reject) => {
      open(resolve).then(() => station.cut(), reject);
    });
    await open(() => {});
    const again = new Promise<string>((resolve) => {
      heard = resolve;
    });
    await station.publish(Buffer.from("again"));
    expect(await again).toBe("again");
  });
});

describe("NATS", () => {
  it("says that nobody is there, and goes nowhere that is not admitted", async () => {
    const port = await freePort();
    const options = { url: `nats://127.0.0.1:${String(port)}`, subject: SUBJECT, timeoutMs: 2_000 };
    const open = new NatsBeatFeed({
      ...options,
      admit: async () => ({ addresses: ["127.0.0.1"], onStop: () => () => {} }),
    });
    await expect(
      open.open(
        () => {},
        () => {},
      ),
    ).rejects.toThrow(/refused/i);
    const refused = new NatsBeatFeed({
      ...options,
      admit: async () => Promise.reject(new Error("not on the list")),
    });
    await expect(
      refused.open(
        () => {},
        () => {},
      ),
    ).rejects.toThrow("not on the list");
  });

  it("loses its connection when outbound stops", async () => {
    const port = await freePort();
    const child = await startNats({ port, purpose: PURPOSE });
    let stop: (() => void) | undefined;
    const feed = new NatsBeatFeed({
      url: `nats://127.0.0.1:${String(port)}`,
      subject: SUBJECT,
      admit: async () => ({
        addresses: ["127.0.0.1"],
        onStop: (end) => {
          stop = end;
          return () => {};
        },
      }),
    });
    const heard: Uint8Array[] = [];
    await feed.open(
      (bytes) => heard.push(bytes),
      () => {},
    );
    stop?.();
    const publisher = await connect({ servers: `127.0.0.1:${port}` });
    publisher.publish(SUBJECT, "x");
    await publisher.flush();
    await publisher.close();
    expect(heard).toEqual([]);
    await feed.close();
    child.kill();
    await once(child, "close");
  });
});
