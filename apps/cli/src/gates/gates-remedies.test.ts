import { describe, expect, it } from "vitest";
import { isDue, nextDue } from "./is-due.ts";
import { readGatesFiles } from "./gates-files.ts";
import { repositories, type GatesRepository } from "./test/gates-repository.ts";

const repository = repositories();
const ladderOf = (criteria: string, triggers = "[]"): string =>
  `ladder: l\nlevels:\n  - level: 0\n    name: A\n    criteria:\n${criteria}    regression_triggers: ${triggers}\n`;
const flowOf = (more: string): string =>
  `lifecycle: flow\nstages:\n  - stage: build\n    gates: [ { id: compiles, run: "true" } ]\n${more}`;

function failing(degrade: string): GatesRepository {
  const repo = repository();
  repo.write(
    "gates/maturity.yaml",
    ladderOf(
      '      - { id: a, title: A, severity: P1, check: "test -f lowered.txt", negative: "false" }\n',
    ),
  );
  repo.write("gates/lifecycle.yaml", flowOf(degrade));
  repo.commit("one");
  return repo;
}

describe("a failure of P1", () => {
  it("lowers the settings in order, and goes on with the first one that helps", async () => {
    const repo = failing(
      'degrade:\n  - { setting: rate, to: "1", run: "echo $SWOOSH_SETTING=$SWOOSH_TO >> tried.txt; false" }\n  - { setting: batch, to: "16", run: "echo $SWOOSH_SETTING=$SWOOSH_TO | tee -a tried.txt > lowered.txt" }\n  - { setting: never, to: "0", run: "echo never >> tried.txt" }\n',
    );
    const run = await repo.gates("run");
    expect({ code: run.code, err: run.err }).toEqual({ code: 0, err: "" });
    expect(run.out).toContain(
      "degraded: batch to 16, and the check passes; issue docs/living/ISSUE-",
    );
    expect(repo.read("tried.txt")).toBe("rate=1\nbatch=16\n");
    expect(await repo.status()).toMatchObject({ level: 0, halted: null });
  });

  it("that no step helps against is P0: everything stops, and what P0 names is run and recorded", async () => {
    const repo = failing(
      'degrade: [ { setting: rate, to: "1", run: "true" } ]\non_p0: [ "echo paused >> paused.txt" ]\n',
    );
    const run = await repo.gates("run");
    expect(run.code).toBe(1);
    expect(run.out).toContain("no step of degradation helped: this is P0 now");
    expect(repo.read(`docs/living/${repo.living(/^ISSUE-2/)[0] ?? ""}`)).toContain(
      'severity: "P0"',
    );
    expect(repo.read("paused.txt")).toBe("paused\n");
    expect(repo.read(".swoosh/gates/deliveries.jsonl")).toContain('"way":"on_p0: echo paused');
    expect((await repo.status()).halted).toMatchObject({ severity: "P0" });
    expect((await repo.gates("run")).code).toBe(1);
    // Nothing is paused twice.
    expect(repo.read("paused.txt")).toBe("paused\n");
  });
});

describe("a trigger", () => {
  it("fires on what was measured, and one about what nobody measured is not armed", async () => {
    const repo = repository();
    const measuring = (value: number): string =>
      `      - { id: a, title: A, check: "echo '{\\"metric\\":\\"queue.depth\\",\\"value\\":${value}}' >> $SWOOSH_METRICS", negative: "false" }\n`;
    const triggers =
      '[ { id: deep, title: D, when: "metrics.queue_depth > 5500000", severity: P3 }, { id: blind, title: B, when: "metrics.none > 1", severity: P3 }, { id: flaky, title: F, when: "failures.a > 3", severity: P3 } ]';
    repo.write("gates/maturity.yaml", ladderOf(measuring(5.25), triggers));
    repo.commit("one");
    const causes = async (): Promise<readonly (string | null | undefined)[]> => {
      await repo.gates("run");
      return (await repo.status()).triggers.map(({ cause }) => cause);
    };
    const [calm, blind, flaky] = await causes();
    expect([calm, flaky]).toEqual([null, null]);
    expect(blind).toMatch(/^the expression cannot be decided/);
    repo.write("gates/maturity.yaml", ladderOf(measuring(6), triggers));
    expect((await causes())[0]).toBe("fired: metrics.queue_depth > 5500000");
  });
});

describe("what is scheduled", () => {
  const repo = repository();
  repo.write(
    "gates/maturity.yaml",
    ladderOf(
      ["change", "daily", "weekly", "monthly"]
        .map(
          (when) =>
            `      - { id: ${when}, check: "true", negative: "false", schedule: ${when} }\n`,
        )
        .join(""),
    ),
  );
  const criteria = readGatesFiles(repo.root).ladder?.levels[0]?.criteria ?? [];
  const DAY = 86_400_000;
  const ran = { configuration: ["PASSING"], context: { at: 1_000 } };

  it("is due again after its period, and what is checked per change with every run", () => {
    const dueAfter = (days: number): readonly string[] =>
      criteria
        .filter((one) => isDue(one, ran, { at: 1_000 + days * DAY, commit: "a" }))
        .map(({ id }) => id);
    expect(dueAfter(0)).toEqual(["change"]);
    expect(dueAfter(1)).toEqual(["change", "daily"]);
    expect(dueAfter(7)).toEqual(["change", "daily", "weekly"]);
    expect(dueAfter(30)).toEqual(["change", "daily", "weekly", "monthly"]);
    expect(criteria.map((one) => (nextDue(one, ran) - 1_000) / DAY)).toEqual([
      Number.POSITIVE_INFINITY,
      1,
      7,
      30,
    ]);
  });
});
