import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { tellStory } from "./tell-story.ts";

const example = (name: string): string =>
  readFileSync(new URL(`../../../examples/order/${name}`, import.meta.url), "utf8");

describe("tellStory", () => {
  const scenes = tellStory(example("example-events.jsonl"), example("example-transcript.jsonl"));

  it("tells one scene for each line given, comments and blank lines left out", () => {
    expect(scenes).toHaveLength(
      example("example-transcript.jsonl").trimEnd().split("\n").length - 1,
    );
  });

  it("tells refusals by code and reasons", () => {
    expect(scenes[0]).toEqual({
      given: "Order_Submit",
      accepted: false,
      outcome: ["guard_failed: the order has no items"],
    });
  });

  it("tells what changed: states, context, effects and the end", () => {
    expect(scenes[1]).toEqual({
      given: 'Order_Add {"item":"pen"}',
      accepted: true,
      outcome: ['items = ["pen"]'],
    });
    const submitted = scenes.find(({ outcome }) =>
      outcome.some((text) => text.includes("RequestPayment")),
    );
    expect(submitted?.outcome).toEqual([
      "now in Flow.CHECKING.Payment.WAITING, Flow.CHECKING.Stock.RESERVING",
      "asks payments for RequestPayment",
    ]);
    expect(scenes.find(({ given }) => given === "Payment_Ok")?.outcome.at(-1)).toBe(
      "the instance has ended",
    );
  });

  it("tells time, beats and reads, and shows what is no JSON as it stands", () => {
    const given = scenes.map((scene) => scene.given);
    expect(given).toContain("(59.999 s pass)");
    expect(given).toContain("(beat 13)");
    expect(given).toContain("(stock is CLOSED)");
    expect(given.at(-1)).toBe('{"transition":');
  });
});
