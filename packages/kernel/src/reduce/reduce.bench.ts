import process from "node:process";
import { measure, printTable } from "../../../../tools/bench/src/index.ts";
import type { Contender } from "../../../../tools/bench/src/index.ts";
import { hashOfCanonical, leafHash } from "../hash.ts";
import { encodeRecord } from "../log/encode-record.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import { Draft } from "./draft.ts";
import { InstanceStep } from "./instance-step.ts";
import { parseHlc } from "./hlc.ts";
import { reduce } from "./reduce.ts";
import { replay } from "./replay.ts";
import { loadChart, mustBeAccepted, Rig } from "./test/rig.ts";

/** Kernel order: reduce whole must reach this many records a second on one core; the aim lies above. */
const RECORDS_PER_SECOND_MIN = 80_000;
const RECORDS_PER_SECOND_AIM = 130_000;

/** Three CEL guards, one assign, a document of about 1 KB. */
const BENCH = `
chart: bench
version: 1
config: { limit: 1000000000 }
context:
  type: object
  required: [count, items, note]
  properties:
    count: { type: integer, minimum: 0 }
    note: { type: string, maxLength: 600 }
    items: { type: array, maxItems: 16, items: { type: string, maxLength: 64 } }
initialContext: { count: 0, note: "${"n".repeat(440)}", items: [${Array.from({ length: 8 }, (_, n) => `"item-number-${n}"`).join(", ")}] }
initial: OPEN
states:
  OPEN:
    on:
      Bench_Step: { actions: [ { assign: { count: "context.count + inputs.by" } } ], guards: [below] }
transitions:
  Bench_Step: { by: [client], inputs: { type: object, required: [by], properties: { by: { type: integer, minimum: 1, maximum: 9 } } }, guards: [few, small] }
guards:
  few: { when: "context.items.size() < config.limit", reason: "{context.items.size()} items" }
  small: { when: "context.count < config.limit && inputs.by > 0", reason: "too many" }
  below: { when: "context.note != '' || In('OPEN')", reason: "closed" }
`;

function contenders(): readonly Contender[] {
  const chart = loadChart(BENCH);
  const rig = new Rig(chart);
  rig.register("client", [{ role: "client", scope: "bench/*" }]);
  const step = { instance: "bench/a", transition: "Bench_Step", inputs: { by: 1 }, by: "client" };
  rig.must(step);
  const { kernel, world } = rig;
  const input = rig.input(step);
  const { record, text, heads } = mustBeAccepted(reduce(kernel, world, input));
  const head = world.head("bench/a");
  const document = heads[0]?.document;
  const documentText = JSON.stringify(document);
  const declaration = chart.transitions.get("Bench_Step");
  const setting = {
    at: rig.at,
    beat: null,
    verdict: [],
    signer: null,
    window: null,
    human: false,
    origin: "",
    attested: new Map<string, boolean>(),
    registry: world.registry,
  };
  const event = { name: "Bench_Step", inputs: { by: 1 }, joinDepth: 1 };
  process.stdout.write(`document ${documentText.length} bytes, record ${text.length} bytes\n`);
  return [
    { name: "reduce whole", run: () => reduce(kernel, world, input) },
    { name: "  text of the document", run: () => JSON.stringify(document) },
    { name: "  hash of the document", run: () => hashOfCanonical(nodeHasher, documentText) },
    { name: "  text of the record", run: () => encodeRecord(record) },
    { name: "  leaf hash", run: () => leafHash(nodeHasher, text) },
    { name: "  clock", run: () => parseHlc(input.proposal.hlc) },
    {
      name: "  guards, step and assign",
      run: () => {
        const draft = new Draft(kernel, chart, { instance: "bench/a", head });
        const one = new InstanceStep(draft, setting, event);
        one.firstFalse(declaration?.guards ?? []);
        return one.take();
      },
    },
    { name: "replay of the record from its bytes", run: () => replay(kernel, world, text) },
  ];
}

const measured = measure(contenders());
process.stdout.write(printTable("reduce", measured));
const [whole, ...parts] = measured;
if (whole === undefined) throw new Error("nothing was measured");
const shares = parts.filter((part) => part.name.startsWith("  "));
const shareOf = (ns: number): string => `${Math.round((100 * ns) / whole.median)} %`.padStart(5);
for (const part of shares) process.stdout.write(`${shareOf(part.median)}${part.name}\n`);
const known = shares.reduce((sum, part) => sum + part.median, 0);
process.stdout.write(
  `${shareOf(whole.median - known)}  all else (authority, reads, checks, objects)\n`,
);
const rate = Math.round(whole.operationsPerSecond);
process.stdout.write(
  `${rate} records/s; must be ${RECORDS_PER_SECOND_MIN}, aim ${RECORDS_PER_SECOND_AIM}\n`,
);
if (rate < RECORDS_PER_SECOND_MIN) process.exitCode = 1;
