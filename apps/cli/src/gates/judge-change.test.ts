import { expect, it } from "vitest";
import { repositories } from "./test/gates-repository.ts";

const repository = repositories();
const LADDER = `ladder: l
feature_trailer: Change
levels:
  - level: 0
    name: A
    criteria: [ { id: a, title: A, check: "test -f a.txt", negative: "false" } ]
`;

it("a feature by its trailer alone waits while a level is red, and a fix does not", async () => {
  const repo = repository();
  repo.write("gates/maturity.yaml", LADDER);
  repo.commit("one");
  repo.write("b.txt", "b");
  repo.commit("two", "-m", "Change: feature");
  const refused = await repo.gates("run", "--ci");
  expect(refused.code).toBe(1);
  expect(refused.err).toContain("this change is a feature (");
  expect(refused.err).toContain("and level 0 is red");

  repo.write("c.txt", "c");
  repo.commit("three", "-m", "Change: fix");
  expect((await repo.gates("run", "--ci")).err).not.toContain("this change is");
  // Against an older base the feature is among what comes in.
  expect((await repo.gates("run", "--ci", "--base", "HEAD~2")).err).toContain("is a feature");

  repo.write("a.txt", "a");
  repo.commit("four", "-m", "Change: feature");
  const green = await repo.gates("run", "--ci");
  expect(green).toMatchObject({ code: 0 });
  expect(green.err).not.toContain("this change is");
});
