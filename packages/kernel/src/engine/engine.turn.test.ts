import { describe, expect, it } from "vitest";
import { mustAccept, openTestEngine } from "../testing/test-engine.ts";
import { orderChart } from "../testing/test-kernel.ts";

describe("a first engine", () => {
  it("begins a journal, installs a chart, takes proposals", async () => {
    const test = await openTestEngine();
    mustAccept(await test.engine.act.installChart(orderChart()));
    const client = await test.register("alice", "client");
    await test.mustPropose({
      transition: "Order_Add",
      instance: "order/1",
      inputs: { item: "pen" },
      signer: client,
    });
    await test.mustPropose({ transition: "Order_Submit", instance: "order/1", signer: client });
    expect(test.engine.status()).toMatchObject({ condition: "ok", size: 5 });
    expect(test.transport.published).toEqual([0, 1, 2, 3, 4]);
    const again = await test.reopen();
    expect(again.engine.status()).toMatchObject({ condition: "ok", size: 5 });
    expect(again.engine.checkpoint()).toEqual(test.engine.checkpoint());
  });
});
