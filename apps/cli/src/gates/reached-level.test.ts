import { expect, it } from "vitest";
import { repositories } from "./test/gates-repository.ts";

const repository = repositories();
const WORKFLOW = ".github/workflows/maturity-checks.yml";
const LADDER = `ladder: l
levels:
  - level: 0
    name: A
    criteria: [ { id: a, title: A, check: "true", negative: "false" } ]
  - level: 1
    name: B
    criteria: [ { id: b, title: B, check: "true", negative: "false" } ]
`;

it("a clone without a log asks no less of a change than its workflow and its badge say", async () => {
  const repo = repository();
  repo.write("gates/maturity.yaml", LADDER);
  repo.commit("one");
  const check = async () => (await repo.gates("ci", "--check")).code;
  const required = () => / --reached (\d)/.exec(repo.read(WORKFLOW))?.[1];

  expect(await check()).toBe(1);
  expect((await repo.gates("ci", "--write")).out).toBe(`wrote ${WORKFLOW}\n`);
  expect(await check()).toBe(0);
  expect(required()).toBeUndefined();

  // A level that is held, as the committed badge of this ladder tells.
  repo.write("docs/living/badge.json", '{"ladder":"another","level":1}');
  expect(await check()).toBe(0);
  repo.write("docs/living/badge.json", '{"ladder":"l","level":0}');
  expect((await repo.gates("ci", "--check")).err).toContain("swoosh gates ci --write writes it");
  expect((await repo.gates("ci", "--write")).code).toBe(0);
  expect(required()).toBe("0");
  expect(await check()).toBe(0);

  // It was lost since: it stays required, until somebody says otherwise by hand.
  repo.write("docs/living/badge.json", '{"ladder":"l","level":-1}');
  expect(await check()).toBe(0);
  expect((await repo.gates("ci", "--write")).out).toBe(`${WORKFLOW} is up to date\n`);
  expect((await repo.gates("ci", "--reached", "1", "--check")).code).toBe(1);
  repo.write(WORKFLOW, repo.read(WORKFLOW).replace("--level 0", "--level 0 || true"));
  expect(await check()).toBe(1);
  // No more than the ladder has.
  repo.write("docs/living/badge.json", '{"ladder":"l","level":9}');
  expect((await repo.gates("ci", "--write")).code).toBe(0);
  expect(required()).toBe("1");
});
