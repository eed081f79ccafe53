import { describe, expect, it } from "vitest";
import { decodeRecord } from "../log/decode-record.ts";
import { proposerRole } from "../reduce/decision-record.ts";
import { locate } from "../reduce/locate.ts";
import { instanceOf } from "../reduce/instance-name.ts";
import { PastWorld } from "../engine/past-world.ts";
import { mustLoadChart, orderChart, testKernel } from "../testing/test-kernel.ts";
import { operator, openTestEngine } from "../testing/test-engine.ts";
import { IdentityHistory } from "./identity-history.ts";

describe("who held which role when", () => {
  it("is what each record's decider saw, though only identities are decided again", async () => {
    const test = await openTestEngine();
    await test.engine.act.installChart(orderChart());
    const seller = await test.register("seller");
    const grant = (role: string, scope: string): Promise<number> =>
      test.mustPropose({
        transition: "Identity_Grant",
        instance: "identity/seller",
        inputs: { role, scope },
      });
    const ungrant = (role: string, scope: string): Promise<number> =>
      test.mustPropose({
        transition: "Identity_Ungrant",
        instance: "identity/seller",
        inputs: { role, scope },
      });
    const add = (signer = seller): Promise<number> =>
      test.mustPropose({
        transition: "Order_Add",
        instance: "order/1",
        inputs: { item: "x" },
        signer,
      });
    await grant("client", "order/*");
    await add();
    await grant("operator", "order/1");
    await add();
    await ungrant("client", "order/*");
    const asOperator = await add();
    await add(operator);
    await test.mustPropose({
      transition: "Identity_Revoke",
      instance: "identity/seller",
      inputs: { reason: "left" },
    });
    await add(operator);

    const charts = new Map(
      [orderChart(), mustLoadChart("charts/identity.yaml")].map((chart) => [chart.hash, chart]),
    );
    const history = testKernel.identityHistory((hash) => charts.get(hash));
    const past = await PastWorld.before(testKernel, test.journal, 0);
    let roles = 0;
    let index = 0;
    for (const text of await test.engine.records(0, 100)) {
      const decoded = decodeRecord(text);
      if (!decoded.ok) throw new Error(decoded.problem);
      const { record } = decoded;
      const instance = instanceOf(record.proposal);
      if (IdentityHistory.concerns({ index, instance })) history.apply(record, text);
      if (!record.proposal.transition.startsWith("@")) {
        const location = locate(past.state, instance, record.proposal.transition);
        if (!location.ok) throw new Error("located before");
        const role = history.roleOf(record, location.located.declaration);
        expect(role, text).toBe(proposerRole(past.state, record));
        roles += 1;
      }
      await past.advanceTo(index + 1, async () => {});
      index += 1;
    }
    expect(roles).toBe(10);
    expect(history.nameBefore(seller.key, asOperator)).toBe("seller");
    expect(history.nameBefore(seller.key, index)).toBeUndefined();
    expect(history.nameBefore(operator.key, index)).toBe("operator");
    expect(history.nameBefore("hmmm:pubkey:nobody", index)).toBeUndefined();
  });
});
