import { createHash } from "node:crypto";
import { brotliCompressSync, constants } from "node:zlib";
import { describe, expect, it } from "vitest";
import { threadHost } from "../automaton/simd/test/thread-host.ts";
import type { NotRun, RunContext, Sample } from "./experiment.ts";
import { EXPERIMENTS } from "./find-experiment.ts";
import { frozenHashOf, runExperiment, seedsOf } from "./run-experiment.ts";
import { summariseExperiment } from "./summarise-experiment.ts";
import { pretendProcess } from "./test/pretend-process.ts";

const hasher = {
  sha256: (data: string | Uint8Array) => new Uint8Array(createHash("sha256").update(data).digest()),
  utf8: (text: string) => new TextEncoder().encode(text),
};

const compress = (text: string): number =>
  brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }).length;

const LENT: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["hasher", hasher],
  ["brotli", compress],
  ["kernels", threadHost],
  ["process", pretendProcess],
  // As slow as nothing is: ms of a run so far. The real one is for the report.
  ["golly", (_rle: string, generations: number) => 1_000 + generations],
]);

/** A clock that moves by itself: a small run judges behaviour, not this machine's speed. */
function contextOf(): RunContext {
  let ms = 0;
  return {
    size: "small",
    nowMs: () => {
      ms += 1 / 1_024;
      return ms;
    },
    residentBytes: () => undefined,
    lend: (name) => LENT.get(name),
    progress: () => {},
  };
}

/** What a small run leaves out is judged by what of it there is, and told as NOT-RUN. */
const isLeftOut = (note: string): boolean => note.includes(": a small run leaves out ");

/**
 * Bars that are not reached, with the reason; told as fail in the report. Who reaches one takes it out of here.
 */
const KNOWN_FAILURES: ReadonlyMap<string, string> = new Map([]);

describe("experiments", () => {
  it.each(EXPERIMENTS.map((experiment) => [experiment.id, experiment] as const))(
    "%s: the small run passes the criterion's bar, and every mutant fails where it must",
    async (_, experiment) => {
      const samples: Sample[] = [];
      const notRun: NotRun[] = [];
      await runExperiment(experiment, contextOf(), (line) => {
        if ("notRun" in line) notRun.push(line);
        else samples.push(line);
      });
      const summary = summariseExperiment(experiment, frozenHashOf(hasher, experiment), {
        samples,
        notRun,
        size: "small",
        seeds: seedsOf(experiment, "small"),
      });
      if (process.env["SHOW"] !== undefined)
        console.log(
          experiment.id,
          summary.outcome,
          summary.notes,
          JSON.stringify(
            summary.claims.map(({ id, outcome, judged, others }) => [
              id,
              outcome,
              judged.estimate,
              judged.low,
              judged.high,
              others.map((o) => [o.arm, o.judged.estimate, o.escaped]),
            ]),
            null,
            0,
          ).replaceAll('],["', '],\n["'),
        );
      // Times depend on who else works on this machine: the report judges them, a change only that all ran.
      if (experiment.isTimed === true) {
        expect(summary.notes.filter((note) => !isLeftOut(note))).toEqual([]);
        return;
      }
      for (const claim of summary.claims)
        for (const other of claim.others)
          expect([claim.id, other.arm, other.escaped]).toEqual([claim.id, other.arm, false]);
      const isUnsaid = experiment.claims.some(
        ({ id, bar }) =>
          bar === "seed" &&
          summary.notes.some((note) => note.startsWith(`${id}: `) && isLeftOut(note)),
      );
      expect([summary.outcome, ...summary.notes]).toEqual([
        KNOWN_FAILURES.has(experiment.id)
          ? "fail"
          : notRun.length > 0 || isUnsaid
            ? "NOT-RUN"
            : "pass",
        ...summary.notes,
      ]);
    },
  );

  it("are what was agreed on before they were run: workloads, seeds, arms and claims", () => {
    // Whoever changes a line here changes a criterion: say why in the commit, and run it again.
    expect(
      EXPERIMENTS.map(
        (experiment) => `${experiment.id} ${frozenHashOf(hasher, experiment).slice(7, 23)}`,
      ),
    ).toMatchInlineSnapshot(`
      [
        "automaton.rule 1b586c5106e50ea7",
        "automaton.reproducible a57afeefbf17f76a",
        "automaton.gliders 830d78fd338d4a7c",
        "automaton.latency 7d2f02171412181c",
        "automaton.speed 6c6ff9baae762861",
        "patterns.found be210f402ebffa2f",
        "patterns.flipped c3f4b882cdcb325b",
        "energy.decay 0e85b27bb0f024d1",
        "routing.single-hop a7c085ac48496372",
        "routing.multi-hop 0dd6cd334e67335a",
        "routing.content 59557780bc4dbe70",
        "load.zero-drops fb8719c83176aa33",
        "load.zero-drops-large 54d990943de4a414",
        "load.latency 00c970b6bb41e2e4",
        "load.latency-ms 806630c319e9487f",
        "load.throughput 80df1eb110f61e0f",
        "load.overload 8c388d0d12646a38",
        "hint.shorter 920604856fd5d7a0",
        "hint.overhead 2f20ec0b9ec794cc",
        "hint.no-loops d22b7798abdfa5b4",
        "hint.decay eae7a5e69c0c7a6d",
        "carriers.track 36c301a7a98e31fe",
        "carriers.flips 1fbcf168a6cba3e1",
        "events.hops 571f663e277959bb",
        "events.validation 980cda0dc1327824",
        "events.compression 71759cdc678c1b07",
        "events.speed d997620eedc47e90",
        "embed.latency 97340dbb9ca8874f",
        "embed.honest b592080d585c3790",
        "tiers.recall f5fabf5ab42c66a5",
        "tiers.promotion 70e2a87803604502",
        "lora.persistence b74a913824dff8ac",
        "lora.false-life 765fcc87d6272d5d",
        "lora.switching 527c6e346fdd0281",
        "lora.latency 2052cc228ea03591",
        "tiers.adapter-payload 0f786c55fafcebb9",
        "lora.held-out 89801a7c506da157",
        "stability.no-leak 589f198e02a7d043",
        "stability.ten-minutes d3b744f8a8cbffe9",
        "stability.memory 868ad940620ac011",
        "lifecycle.gates 61cfc8ec770ec8a2",
        "house.gates cc84959e7c2bfbda",
        "house.drift af2b0f3ccee2dd0c",
        "house.docstrings 3c382b68d9afa828",
        "house.living-documents 8f33de9edda0440a",
        "embed.model 11aedbf1529c0f0c",
        "house.clean-clone 8f1f8f8bf8d52dc0",
      ]
    `);
  });
});
