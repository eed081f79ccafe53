import process from "node:process";
import { expect, it } from "vitest";
import { allMutants } from "./all-mutants.ts";
import { createTrialProcess } from "./trial-process.ts";
import { recordAll, tryAll } from "./try-all.ts";

/**
 * Planted code in a real process, once over: mutants that live in constants, caches and left-behind state, that loop for
 * ever, that no test reaches and that none can tell. Whoever weakens the trial of mutants changes this list.
 */
it("gives each kind of mutant its fate", async () => {
  const root = process.cwd();
  const folder = "tools/mutate/src/planted";
  const targets = [{ folder, tests: [folder] }];
  const trial = createTrialProcess(root, targets);
  try {
    const mutants = allMutants(root, targets);
    const means = { targets, processes: [trial] };
    const { coverages, failures } = await recordAll(mutants, means);
    expect(failures).toEqual([]);
    const verdicts = await tryAll(mutants, { ...means, coverages });
    const fates = mutants.map(({ key }) => [key.split("#")[1], verdicts.get(key)?.fate]);
    expect(Object.fromEntries(fates)).toMatchInlineSnapshot(`
      {
        "exclusively:boolean:false→true:0": "killed",
        "exclusively:boolean:true→false:0": "killed",
        "exclusively:condition:isBusy→false:0": "killed",
        "exclusively:condition:isBusy→true:0": "killed",
        "exclusively:statement:isBusy = false;→;:0": "killed",
        "exclusively:statement:isBusy = true;→;:0": "killed",
        "exclusively:statement:work();→;:0": "killed",
        "isWithin:operator:n <= LIMIT→n < LIMIT:0": "killed",
        "neverCalled:operator:n * n→n + n:0": "survived",
        "squareOf:number:0→(0 + 1):0": "killed",
        "squareOf:number:1→(1 + 1):0": "killed",
        "squareOf:number:2→(2 + 1):0": "killed",
        "squareOf:number:3→(3 + 1):0": "killed",
        "squareOf:operator:side * side→side + side:0": "killed",
        "sum:condition:at < numbers.length→false:0": "killed",
        "sum:condition:numbers.length === 0→false:0": "survived",
        "sum:condition:numbers.length === 0→true:0": "killed",
        "sum:default:numbers[at] ?? 0→(0):0": "killed",
        "sum:number:0→(0 + 1):0": "survived",
        "sum:number:0→(0 + 1):1": "killed",
        "sum:number:0→(0 + 1):2": "killed",
        "sum:number:0→(0 + 1):3": "killed",
        "sum:number:0→(0 + 1):4": "survived",
        "sum:operator:at < numbers.length→at <= numbers.length:0": "survived",
        "sum:operator:numbers.length === 0→numbers.length !== 0:0": "killed",
        "sum:operator:total += numbers[at] ?? 0→total -= numbers[at] ?? 0:0": "killed",
        "sum:step:at++→at--:0": "timeout",
        "top:boolean:false→true:0": "killed",
        "top:condition:LIMIT < 1→false:0": "survived",
        "top:condition:LIMIT < 1→true:0": "killed",
        "top:number:10→(10 + 1):0": "killed",
        "top:number:1→(1 + 1):0": "survived",
        "top:operator:LIMIT < 1→LIMIT <= 1:0": "survived",
      }
    `);
  } finally {
    await trial.stop();
  }
}, 600_000);
