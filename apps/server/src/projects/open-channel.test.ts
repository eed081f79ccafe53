import { ManualClock } from "@swoosh/kernel/testing";
import { expect, it } from "vitest";
import type { ProposalChannel } from "../providers/channel/proposal-channel.ts";
import { openChannel } from "./open-channel.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it("a channel is opened again until somebody is there, and when it was closed, says so once, and is closed in the end", async () => {
  const clock = new ManualClock();
  const notes: string[] = [];
  let [opened, closed, isAway] = [0, 0, true];
  let end = (): void => {};
  const channel: ProposalChannel = {
    address: "nats://n a",
    open: async (_take, onClosed) => {
      end = onClosed;
      opened += 1;
      if (isAway) throw new Error("nobody is there");
    },
    close: async () => {
      closed += 1;
    },
  };
  const running = openChannel(channel, {
    clock,
    notify: (level, message) => void notes.push(`${level} ${message}`),
    take: async () => ({ status: 202, text: "" }),
  });
  await turn();
  clock.advance(5_000);
  await turn();
  isAway = false;
  clock.advance(5_000);
  await turn();
  expect(opened).toBe(3);
  expect(notes).toEqual([
    "warn no proposals from nats://n a: nobody is there",
    "info listening for proposals on nats://n a",
  ]);
  // The licence ended, and with it the connection; some time later there is one again.
  end();
  isAway = true;
  clock.advance(5_000);
  await turn();
  isAway = false;
  clock.advance(5_000);
  await turn();
  expect(opened).toBe(5);
  expect(notes.slice(2)).toEqual([
    "warn no proposals from nats://n a: its connection was closed",
    "info listening for proposals on nats://n a",
  ]);
  await running.stop();
  clock.advance(60_000);
  await turn();
  expect([opened, closed]).toEqual([5, 1]);
});
