import { expect, it } from "vitest";
import { repositories } from "./test/gates-repository.ts";

const repository = repositories();

/** Waits for the other one to have begun: alone it never ends, and is ended by its time limit. */
const meets = (own: string, other: string): string =>
  `touch ${own}.begun; until test -f ${other}.begun; do sleep 0.02; done`;
/** Fails where another one is in the room. */
const ALONE = "mkdir room && sleep 0.1 && rmdir room";

function ladder(criteria: readonly string[]): string {
  return `ladder: l\nparallel: 2\nlevels:\n  - level: 0\n    name: A\n    criteria:\n${criteria.map((one) => `      - ${one}\n`).join("")}`;
}

const criterion = (id: string, run: string, more: string): string =>
  `{ id: ${id}, title: ${id}, check: { run: "${run}", timeout: 20s }, negative: "false"${more} }`;

it("checks that say so run beside each other, and those that do not run alone", async () => {
  const repo = repository();
  repo.write(".gitignore", ".swoosh/\n*.begun\nroom\n");
  repo.write(
    "gates/maturity.yaml",
    ladder([
      criterion("one", meets("one", "two"), ", parallel: true"),
      criterion("two", meets("two", "one"), ", parallel: true"),
      criterion("three", ALONE, ""),
      criterion("four", ALONE, ""),
    ]),
  );
  repo.commit("one");
  const run = await repo.gates("run");
  expect(run.code, run.out).toBe(0);
  expect(await repo.status()).toMatchObject({ level: 0 });
});
