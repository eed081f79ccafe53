import process from "node:process";
import { describe, expect, it } from "vitest";
import { repositories, type GatesRepository } from "./test/gates-repository.ts";

const repository = repositories();
/** `a` fails with P0 until it is mended; each other check leaves a file that says that it ran. */
const check = (id: string, run = `touch ran-${id}`, more = ""): string =>
  `      - { id: ${id}, check: { run: ${JSON.stringify(run)} }, negative: "false"${more} }\n`;
const ladder = (...levels: readonly string[]): string =>
  `ladder: l\nparallel: 2\nlevels:\n${levels.map((criteria, at) => `  - level: ${at}\n    name: L${at}\n    criteria:\n${criteria}`).join("")}`;
const FAILING = check("a", "test -f mended", ", severity: P0");
const ran = (repo: GatesRepository): readonly string[] =>
  ["b", "c", "beside", "later"].filter((id) => repo.has(`ran-${id}`));

describe("a failure of P0", () => {
  it("lets no later check begin and halts, also without a lifecycle, until a person resumes", async () => {
    const repo = repository();
    repo.write("gates/maturity.yaml", ladder(FAILING + check("b"), check("c")));
    repo.commit("one");
    const first = await repo.gates("run");
    expect({ code: first.code, ran: ran(repo) }).toEqual({ code: 1, ran: [] });
    expect(first.err).toContain("halted (P0): a failed; 2 checks have not run");
    expect((await repo.status()).halted).toMatchObject({ severity: "P0", reason: "a failed" });

    // Neither mending it, nor a file, nor the machine's key goes on.
    repo.write("mended", "");
    repo.write("gates/lifecycle.yaml", "lifecycle: other\nstages: []\n");
    repo.commit("mend it");
    const key = `${repo.root}/.swoosh/gates/keys/ci.pem`;
    expect((await repo.gates("resume", "--reason", "x", "--key", key)).err).toContain("forbidden");
    const refused = await repo.gates("run");
    expect({ code: refused.code, ran: ran(repo) }).toEqual({ code: 1, ran: [] });
    expect(refused.err).toContain("halted (P0): a failed");
    expect((await repo.gates("advance")).err).toContain("halted (P0): a failed");

    expect((await repo.gates("resume", "--reason", "mended")).code).toBe(0);
    expect((await repo.status()).halted).toBeNull();
    const mended = await repo.gates("run");
    expect({ code: mended.code, ran: ran(repo) }).toEqual({ code: 0, ran: ["b", "c"] });
  });

  it("ends what runs beside it, and halts again where the same failure comes back after a resume", async () => {
    const repo = repository();
    const beside = "echo $$ > pid.part && mv pid.part pid && sleep 600 && touch ran-beside";
    const both = ", parallel: true";
    repo.write(
      "gates/maturity.yaml",
      ladder(
        check("a", "until test -f pid; do sleep 0.05; done; exit 3", `${both}, severity: P0`) +
          check("beside", beside, both) +
          check("later", undefined, both),
      ),
    );
    repo.write(
      "gates/lifecycle.yaml",
      'lifecycle: flow\nstages: []\non_p0: [ "echo paused >> paused.txt" ]\n',
    );
    repo.commit("one");
    const run = await repo.gates("run", "--json");
    expect(JSON.parse(run.out)).toMatchObject({
      ok: false,
      stopped_by: "a",
      not_run: ["beside", "later"],
      results: [{ id: "a", severity: "P0" }],
    });
    expect(ran(repo)).toEqual([]);
    expect(() => process.kill(Number(repo.read("pid")), 0)).toThrow("ESRCH");
    const { criteria, halted } = await repo.status();
    expect(criteria.map(({ state }) => state)).toEqual(["fail", "not-run", "not-run"]);
    expect(halted).toMatchObject({ severity: "P0" });

    expect((await repo.gates("resume", "--reason", "seen")).code).toBe(0);
    const watched = await repo.gates("watch", "--once");
    expect(watched.code).toBe(1);
    expect(watched.err).toContain("halted (P0): a failed; the watch ends");
    expect((await repo.status()).halted).toMatchObject({ severity: "P0" });
    expect(repo.living(/^ISSUE-2/).length).toBe(1);
    expect(repo.read("paused.txt")).toBe("paused\npaused\n");
  });

  it("of a gate stops its stage", async () => {
    const repo = repository();
    repo.write(
      "gates/lifecycle.yaml",
      'lifecycle: flow\nstages:\n  - stage: build\n    gates: [ { id: a, run: "false", severity: P0 }, { id: b, run: "touch ran-b" } ]\n',
    );
    repo.commit("one");
    expect((await repo.gates("run", "--stage", "build")).code).toBe(1);
    expect(ran(repo)).toEqual([]);
    expect((await repo.gates("advance", "--stage", "--approve", "plan")).err).toContain("halted");
  });
});
