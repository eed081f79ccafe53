import process from "node:process";
import { expect, it } from "vitest";
import { repositories } from "./test/gates-repository.ts";

const repository = repositories();

it("a machine is held against the golden one", async () => {
  const repo = repository();
  repo.write("README.md", "# x\n");
  repo.commit("one");
  await expect(repo.gates("env", "compare")).resolves.toMatchObject({
    code: 3,
    err: expect.stringContaining("swoosh gates init writes one about this machine"),
  });
  await repo.gates("init");
  const same = await repo.gates("env", "compare");
  expect(same.code).toBe(0);
  expect(same.out).toMatch(/^all \d+ facts are those of the golden environment\n$/);

  const notes = "docs/living/REPLICATION-NOTES.md";
  repo.write(notes, repo.read(notes).replace(process.versions.node, "20.0.1"));
  const other = await repo.gates("env", "compare");
  expect(other).toEqual({
    code: 1,
    out: `Node: golden 20.0.1, here ${process.versions.node}\n`,
    err: "",
  });
  const json: unknown = JSON.parse((await repo.gates("env", "compare", "--json")).out);
  expect(json).toMatchObject({
    same: false,
    differences: [{ name: "Node", golden: "20.0.1", here: process.versions.node }],
  });
});
