import { describe, expect, it } from "vitest";
import { rememberedFiles } from "./remembered-files.ts";
import { repositories } from "./test/gates-repository.ts";

const repository = repositories();
const COPY = ".swoosh/gates/files.json";
const LADDER = `ladder: l
levels:
  - level: 0
    name: A
    criteria: [ { id: a, title: A, check: "true", negative: "false" } ]
`;

describe("what was read of the gates' files", () => {
  it("is believed for these very bytes, and only as the log's own key signed it", async () => {
    const repo = repository();
    repo.write("gates/maturity.yaml", LADDER);
    repo.commit("one");
    await repo.gates("run");
    await repo.status();
    const { level } = await repo.status();
    expect(level).toBe(0);
    expect(rememberedFiles(repo.root)?.ladder?.levels[0]?.name).toBe("A");

    const copy = repo.read(COPY);
    repo.write(COPY, copy.replace('"name":"A"', '"name":"B"'));
    expect(rememberedFiles(repo.root)).toBeUndefined();
    repo.write(COPY, copy.slice(0, 50));
    expect(rememberedFiles(repo.root)).toBeUndefined();
    repo.write(COPY, copy);
    expect(rememberedFiles(repo.root)).toBeDefined();

    repo.write("gates/maturity.yaml", LADDER.replace("name: A", "name: C"));
    expect(rememberedFiles(repo.root)).toBeUndefined();
    expect((await repo.status()).levels).toMatchObject([{ name: "C" }]);
    repo.write("gates/gaps.yaml", "nonsense: [");
    expect((await repo.gates("status")).code).toBe(2);
  });
});
