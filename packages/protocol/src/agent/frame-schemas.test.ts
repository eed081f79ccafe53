import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonSchema } from "../schema/json-schema.ts";
import { CONTROLLER_FRAMES, LEGACY_RUNNER_FRAMES, RUNNER_FRAMES } from "./frame-schemas.ts";
import { shapeProblem } from "../schema/shape-problem.ts";
import { CONTROLLER_SAMPLES, RUNNER_SAMPLES } from "./test/frame-samples.ts";

const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true });

const ALL: readonly (readonly [string, JsonSchema, object])[] = [
  ...Object.entries(RUNNER_FRAMES).map(([type, schema]) => row(type, schema, RUNNER_SAMPLES)),
  ...Object.entries(CONTROLLER_FRAMES).map(([type, schema]) =>
    row(type, schema, CONTROLLER_SAMPLES),
  ),
  ...Object.entries(LEGACY_RUNNER_FRAMES).map(
    ([type, schema]) =>
      [
        `legacy ${type}`,
        schema,
        { type, id: "1", ok: true, event: "released", agentId: "a", guildIds: ["5"] },
      ] as const,
  ),
];

function row(
  type: string,
  schema: JsonSchema,
  samples: Readonly<Record<string, object>>,
): readonly [string, JsonSchema, object] {
  return [type, schema, samples[type] ?? {}];
}

/** Values near to frames: a sample with members dropped, replaced and added, also inside. */
function near(sample: unknown): fc.Arbitrary<unknown> {
  const junk = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      true,
      0,
      -1,
      1.5,
      2 ** 53,
      "",
      "a",
      "a/b",
      "\ud83d\ude00",
      [],
      {},
    ),
    fc.string(),
    fc.jsonValue(),
  );
  if (Array.isArray(sample))
    return fc.oneof(junk, fc.array(sample.length > 0 ? near(sample[0]) : junk, { maxLength: 3 }));
  if (typeof sample === "object" && sample !== null) {
    const members = Object.entries(sample).map(
      ([name, value]) =>
        [name, fc.oneof({ weight: 6, arbitrary: fc.constant(value) }, near(value))] as const,
    );
    return fc
      .tuple(
        fc.record(Object.fromEntries(members), { requiredKeys: [] }),
        fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, fc.dictionary(fc.string(), junk)),
        fc.boolean(),
      )
      .map(([kept, added, whole]) => ({ ...(whole ? sample : {}), ...kept, ...added }));
  }
  return fc.oneof({ weight: 3, arbitrary: fc.constant(sample) }, junk);
}

describe("the schemas of frames", () => {
  it.each(ALL)("say the same of %s to our reader and to a full validator", (_, schema, sample) => {
    const validate = ajv.compile(schema);
    let fits = 0;
    fc.assert(
      fc.property(near(sample), (value) => {
        const ours = shapeProblem(schema, value, "x") === undefined;
        fits += ours ? 1 : 0;
        expect(ours).toBe(validate(value));
      }),
      { numRuns: Number(process.env["SWOOSH_SOAK"] ?? 1) * 300, seed: 7 },
    );
    // Both kinds were there: a reader that says one thing to all would not pass.
    expect(fits).toBeGreaterThan(0);
  });
});
