import type { Kernel } from "@swoosh/kernel";
import {
  openTestEngine,
  type TestEngine,
} from "../../../../../packages/kernel/src/testing/test-engine.ts";
import { orderChart, testKernel } from "../../../../../packages/kernel/src/testing/test-kernel.ts";
import { InstanceNames } from "../instance-names.ts";
import { LogView } from "../log-view.ts";
import { PastStates } from "../past-states.ts";
import { engineSource, type ReadSource } from "../read-source.ts";

/** An engine in memory with the order chart, a client of it, and everything that reads it. */
export interface ReadRig {
  readonly test: TestEngine;
  readonly kernel: Kernel;
  readonly source: ReadSource;
  readonly names: InstanceNames;
  readonly log: LogView;
  readonly past: PastStates;
  /** Adds an item to an order; gives the index. */
  add(order: string, item?: string): Promise<number>;
  take(order: string, transition: string): Promise<number>;
}

export async function openReadRig(): Promise<ReadRig> {
  const test = await openTestEngine();
  await test.engine.act.installChart(orderChart());
  const { engine, journal, clock } = test;
  const source = engineSource({ kernel: testKernel, engine, journal, now: () => clock.now() });
  return {
    test,
    kernel: testKernel,
    source,
    names: new InstanceNames(source),
    log: new LogView(source),
    past: new PastStates(source),
    add: (order, item = "pen") =>
      test.mustPropose({ transition: "Order_Add", instance: order, inputs: { item } }),
    take: (order, transition) => test.mustPropose({ transition, instance: order }),
  };
}
