import { nodeHasher } from "@swoosh/kernel/testing";
import { expect, test } from "vitest";
import { rememberingHasher } from "./remembering-hasher.ts";

test("gives the digests of the hasher, and asks it once for each text until it forgets", () => {
  let asked = 0;
  const hasher = rememberingHasher({
    ...nodeHasher,
    sha256Hex: (text) => {
      asked += 1;
      return nodeHasher.sha256Hex?.(text) ?? "";
    },
  });
  const digest = hasher.sha256Hex?.("a");
  expect(digest).toBe(nodeHasher.sha256Hex?.("a"));
  expect(hasher.sha256Hex?.("a")).toBe(digest);
  expect(asked).toBe(1);
  for (let number = 0; number < 5_000; number += 1) hasher.sha256Hex?.(`${number}`);
  expect(hasher.sha256Hex?.("a")).toBe(digest);
  expect(asked).toBe(5_002);
});
