import { createTestSigner, nodeHasher } from "@swoosh/kernel/testing";
import { readFileSync } from "node:fs";
import {
  mustAccept,
  openTestEngine,
  type TestEngine,
} from "../../../kernel/src/testing/test-engine.ts";
import { testKernel } from "../../../kernel/src/testing/test-kernel.ts";

/** People; `operator` is the engine's own. */
export const humans = ["operator", "anna", "ben"];
/** Everybody who signs in a play; a service that somebody made an operator is among them. */
export const signers = new Map(
  [...humans, "runner", "robot"].map((name) => [name, createTestSigner(nodeHasher, name)] as const),
);

/** An engine with the charts of the gates and all signers. */
export async function openRuleEngine(): Promise<TestEngine> {
  const test = await openTestEngine();
  const texts = ["criterion", "ladder", "lifecycle"].map((name) =>
    readFileSync(new URL(`../../../../charts/${name}.yaml`, import.meta.url), "utf8"),
  );
  for (const text of texts) {
    const { chart } = testKernel.loadChartText(text);
    if (chart === undefined) throw new Error("a chart does not load");
    mustAccept(await test.engine.act.installChart(chart));
  }
  const register = (name: string, kind: string, role: string) =>
    test.mustPropose({
      transition: "Identity_Register",
      instance: `identity/${name}`,
      inputs: {
        key: signers.get(name)?.key ?? "",
        kind,
        roles: [{ role, scope: "*" }],
      },
    });
  await register("anna", "human", "operator");
  await register("ben", "human", "auditor");
  await register("runner", "service", "ci");
  // Even a service that somebody made an operator is no person.
  await register("robot", "service", "operator");
  return test;
}
