import { expect, it } from "vitest";
import { RecentRefusals } from "./recent-refusals.ts";
import { refusalProblem } from "./refusal-problem.ts";

it("shows a long reason as one that goes on, and a short one whole", () => {
  const refusals = new RecentRefusals();
  const details = [
    "r".repeat(300),
    "r".repeat(301),
    // The last character that fits has two halves.
    `${"r".repeat(298)}\u{1F30A}and on`,
  ];
  for (const detail of details) refusals.note(0, "", refusalProblem("bad_signature", detail));
  expect(refusals.latest.map(({ detail }) => detail).toReversed()).toEqual([
    "r".repeat(300),
    `${"r".repeat(299)}…`,
    `${"r".repeat(298)}…`,
  ]);
});
