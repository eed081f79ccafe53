import { readFileSync } from "node:fs";
import process from "node:process";
import { parseArgs } from "node:util";
import { sharesOf, type Profile } from "./profile-shares.ts";
import { REPLAY_PARTS } from "./replay-parts.ts";
import { TRANSITION_PARTS } from "./transition-parts.ts";

/**
 * Where the time of a CPU profile went, by part of the server's way with a transition, or with `--replay` by part of what a
 * record costs that is decided again:
 *
 *   SWOOSH_BENCH_PROFILE=FILE npm run bench -w apps/server; node apps/server/src/http/bench/shares.ts FILE
 *   SWOOSH_BENCH_START_PROFILE=FILE node apps/server/src/node/start.bench.ts; node apps/server/src/http/bench/shares.ts --replay FILE
 *
 * `--under PATTERN`: only of what frames call that are such a `function url`. `--micros N`: what one record takes, which is
 * shared out among the parts.
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    micros: { type: "string" },
    replay: { type: "boolean", default: false },
    under: { type: "string" },
  },
});
const parts = values.replay ? REPLAY_PARTS : TRANSITION_PARTS;
const under = values.under === undefined ? undefined : new RegExp(values.under);

for (const file of positionals) {
  const profile: Profile = JSON.parse(readFileSync(file, "utf8"));
  const shares = [...sharesOf(profile, parts, under)].toSorted(([, one], [, other]) => other - one);
  process.stdout.write(`${file}: ${profile.samples.length} samples\n`);
  for (const [part, share] of shares) {
    const micros =
      values.micros === undefined
        ? ""
        : `${(share * Number(values.micros)).toFixed(1).padStart(6)} µs`;
    process.stdout.write(`${(100 * share).toFixed(1).padStart(6)} %${micros}  ${part}\n`);
  }
}
