import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { DeadLetters, type DeadLetter } from "./dead-letters.ts";

const letter = (key: string): DeadLetter => ({
  key,
  reason: "no",
  at: 1,
  attempts: 1,
  document: {},
});

it("a letter behind a line that was cut off is not lost with it", () => {
  const folder = mkdtempSync(join(tmpdir(), "swoosh-letters-"));
  try {
    const path = join(folder, "dead.jsonl");
    const letters = new DeadLetters(path);
    letters.add(letter("one"));
    letters.add(letter("two"));
    appendFileSync(path, '{"key":"torn","reas');
    letters.add(letter("three"));
    expect(letters.all().map(({ key }) => key)).toEqual(["one", "two", "three"]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
