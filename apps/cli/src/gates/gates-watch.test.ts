import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { repositories } from "./test/gates-repository.ts";

/** In `make soak` alone: it waits for time to pass. */
const isSoak = process.env["SWOOSH_SOAK"] !== undefined;
const DOOR = fileURLToPath(new URL("../../bin/swoosh.mjs", import.meta.url));
/** The bound only ends what hangs. */
const HANGS_MS = 120_000;

const repository = repositories();

const LADDER = `ladder: l
levels:
  - level: 0
    name: A
    criteria:
      - { id: each, check: "test -f good", negative: "false" }
      - { id: daily, check: "true", negative: "false", fresh_for: 8s, schedule: daily }
`;

it.runIf(isSoak)(
  "a watch looks again at each commit, tells what has fallen and why, lets what expires fall by itself, and ends when it is told to",
  async () => {
    const repo = repository();
    repo.write("gates/maturity.yaml", LADDER);
    repo.write("good", "");
    const first = repo.commit("one");
    const watch = spawn(process.execPath, [DOOR, "gates", "watch", "--repo", repo.root]);
    const ended = once(watch, "exit");
    let told = "";
    watch.stdout.on("data", (piece: Buffer) => (told += String(piece)));
    /** Resolves with what it told since the last time, when that matches. */
    const tells = async (pattern: RegExp): Promise<string> => {
      while (!pattern.test(told)) await once(watch.stdout, "data");
      const heard = told;
      told = "";
      return heard;
    };
    try {
      const begun = await tells(/next look in/);
      expect(begun).toContain(`2 checks on ${first.slice(0, 12)}`);
      expect(begun).toContain("Level 0 of 0 is held: A.");

      // Nothing but time: the evidence of the daily one expires, and nobody has to look.
      const expired = await tells(/the evidence is too old[^]*next look in/);
      expect(expired).toContain("It fell because of daily: the evidence is too old");
      expect(await repo.status()).toMatchObject({ level: -1, reached: 0 });

      repo.remove("good");
      const second = repo.commit("two");
      const fallen = await tells(/next look in/);
      expect(fallen).toContain(`1 check on ${second.slice(0, 12)}`);
      expect(fallen).toMatch(/✗ each/);
      const { criteria } = await repo.status();
      expect(criteria.map(({ id, state }) => `${id} ${state}`)).toEqual([
        "each fail",
        "daily stale",
      ]);
      watch.kill("SIGINT");
      expect(await ended).toEqual([0, null]);
    } finally {
      watch.kill("SIGKILL");
    }
  },
  HANGS_MS,
);
