import { describe, expect, it } from "vitest";
import type { Transport } from "../engine/ports.ts";
import type { Effect } from "../reduce/document.ts";

export interface TransportUnderTest {
  readonly transport: Transport;
  /** What has arrived on the other side so far, in order, once all that was handed over got through. */
  arrived(): Promise<readonly string[]>;
  /** Makes the other side unreachable or slow; undefined where that cannot be arranged. */
  readonly obstruct: (() => Promise<void>) | undefined;
  close(): Promise<void>;
}

/** How the suite names a departure: `publish 3 <text> <leaf>`, `dispatch <id>`, `withdraw <id>`. */
export function nameOfPublish(index: number, text: string, leaf: string): string {
  return `publish ${index} ${text} ${leaf}`;
}

function effect(id: string): Effect {
  return {
    answer: ["Done"],
    due: { at: 1 },
    effect: "Work",
    fence: 1,
    id,
    name: "work",
    owner: "worker",
    state: "A",
    with: { n: 1 },
  };
}

/** The contract of `Transport` (`engine/ports.ts`), for any implementation. */
export function describeTransportContract(
  name: string,
  create: () => Promise<TransportUnderTest>,
): void {
  describe(`${name} keeps the contract of Transport`, () => {
    const use = async (test: (under: TransportUnderTest) => Promise<void>) => {
      const under = await create();
      try {
        await test(under);
      } finally {
        await under.close();
      }
    };

    it("carries records, effects and withdrawals in the order of the calls", () =>
      use(async (under) => {
        under.transport.publish(0, '{"a":"ü"}', "leaf0");
        under.transport.dispatch(effect("order/1#1.0"));
        under.transport.publish(1, '{"b":1}', "leaf1");
        under.transport.withdraw("order/1#1.0");
        expect(await under.arrived()).toEqual([
          nameOfPublish(0, '{"a":"ü"}', "leaf0"),
          "dispatch order/1#1.0",
          nameOfPublish(1, '{"b":1}', "leaf1"),
          "withdraw order/1#1.0",
        ]);
      }));

    it("takes the same effect again, and a withdrawal of one that it never saw", () =>
      use(async (under) => {
        under.transport.dispatch(effect("order/1#1.0"));
        under.transport.dispatch(effect("order/1#1.0"));
        under.transport.withdraw("order/9#9.9");
        expect((await under.arrived()).filter((line) => line.startsWith("dispatch"))).not.toEqual(
          [],
        );
      }));

    it("never throws and answers nothing, also when nobody listens", () =>
      use(async (under) => {
        await under.obstruct?.();
        for (let index = 0; index < 1_000; index += 1) {
          expect(under.transport.publish(index, "{}", "leaf")).toBeUndefined();
          expect(under.transport.dispatch(effect(`order/1#${index}.0`))).toBeUndefined();
          expect(under.transport.withdraw(`order/1#${index}.0`)).toBeUndefined();
        }
      }));
  });
}
