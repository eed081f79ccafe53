import { expect, it } from "vitest";
import { repositories } from "./test/gates-repository.ts";

const repository = repositories();
const DEFECTS = {
  "a comma too many": '{"a":1,}',
  "cut off": '{"a":[1,2',
  "single quotes": "{'a':1}",
  "two values": "{} {}",
  "nothing at all": "",
  "a comment": '{"a":1} // one',
};

it("swoosh gates check docstrings: names of parameters are asked for where --parameters is given", async () => {
  const repo = repository();
  repo.write("a.ts", "/** The `a`. */\nexport function f(a: number, size: number): void {}\n");
  repo.commit("one");
  expect((await repo.gates("check", "docstrings")).code).toBe(0);
  expect(await repo.gates("check", "docstrings", "--parameters", "*.ts")).toEqual({
    code: 1,
    out: "a.ts:2: f: the parameter size is not named in the comment above; say what it is\ndocstrings: 1 finding\n",
    err: "",
  });
});

it("swoosh gates check json: no alarm on a clean tree, and each planted defect by its file", async () => {
  const repo = repository();
  repo.write("a.json", '{"a":[1,"ä"]}\n');
  // Settings of tools may have comments: they are theirs to judge.
  repo.write("tsconfig.json", '{ // theirs\n "a": 1 }\n');
  repo.commit("one");
  expect(await repo.gates("check", "json")).toEqual({
    code: 0,
    out: "json: nothing found\n",
    err: "",
  });
  for (const [name, text] of Object.entries(DEFECTS)) {
    repo.write("deep/b.json", text);
    const answer = await repo.gates("check", "json");
    expect(answer.code, name).toBe(1);
    expect(answer.out, name).toMatch(/^deep\/b\.json: is no JSON: .+\njson: 1 finding\n$/);
  }
});
