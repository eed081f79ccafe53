import { expect, it } from "vitest";
import { repositories } from "./test/gates-repository.ts";

const repository = repositories();
const SPEC = `---
id: add-door
title: Add a door
acceptance: [ opens ]
tests: [ "T-1" ]
atomic: true
---
Text of people.
`;

it("a task goes from its specification to done: people approve, fresh verdicts finish", async () => {
  const repo = repository();
  repo.write(
    "gates/maturity.yaml",
    'ladder: l\nlevels:\n  - level: 0\n    name: A\n    criteria: [ { id: opens, check: "test -f door.txt", negative: "false" } ]\n',
  );
  repo.write("tasks/door.md", SPEC);
  repo.commit("one");
  const task = (act: string, ...more: readonly string[]) =>
    repo.gates("task", act, "tasks/door.md", ...more);

  expect((await task("show")).out).toContain("not specified");
  expect((await task("specify")).out).toMatch(/^recorded: specify add-door \(record \d+\)\n$/);
  const machine = `${repo.root}/.swoosh/gates/keys/ci.pem`;
  expect((await task("approve", "--key", machine)).err).toContain("forbidden");
  expect((await task("begin")).code).toBe(1);
  expect((await task("approve")).code).toBe(0);
  // What was approved is this text, not another one.
  repo.write("tasks/door.md", `${SPEC}More text.\n`);
  expect((await task("specify")).code).toBe(0);
  expect((await task("begin")).code).toBe(1);
  expect((await task("approve")).code).toBe(0);
  expect((await task("begin")).code).toBe(0);
  expect((await task("finish")).err).toContain("criteriaGreen");
  repo.write("door.txt", "");
  repo.commit("build it");
  await repo.gates("run");
  expect((await task("finish")).code).toBe(0);
  expect((await task("show")).out).toBe("Add a door (add-door): done\n  ✓ l--opens PASSING\n");

  repo.write("tasks/door.md", SPEC.replace("[ opens ]", "[ closes ]"));
  const stranger = await task("specify");
  expect(stranger.code).toBe(2);
  expect(stranger.err).toContain('acceptance "closes" is no criterion and no gate');
  repo.write("tasks/door.md", SPEC.replace("atomic: true", "atomic: false"));
  const torn = await task("specify");
  expect(torn.code).toBe(2);
  expect(torn.err).toContain("tasks/door.md:6:9: error: atomic must be true");
});
