import { describe, expect, it } from "vitest";
import { checkPath } from "./check-entries.ts";
import { checkLinks } from "./check-links.ts";

const linksOf =
  (...links: readonly (readonly [path: string, target: string])[]) =>
  () => {
    checkLinks(new Map(links));
  };

describe("links", () => {
  it.each<readonly [what: string, links: () => void]>([
    ["inside", linksOf(["a/b", "../c"], ["d", "a/b"])],
    ["to nothing", linksOf(["a", "nowhere/at/all"])],
    ["to the root itself", linksOf(["a/b", ".."])],
    ["through a link that goes deeper", linksOf(["d", "x/y"], ["e", "d/../z"])],
    ["with a slash at the end", linksOf(["a", "b/"], ["c", "./b//"])],
  ])("%s may stay", (_what, check) => {
    expect(check).not.toThrow();
  });

  it.each<readonly [what: string, links: () => void, message: string]>([
    ["up", linksOf(["a/b", "../../etc"]), "leads out of the source"],
    ["absolute", linksOf(["a", "/etc/passwd"]), "is absolute"],
    [
      "up through a link",
      linksOf(["deep/er/d", "../../x"], ["e", "deep/er/d/../.."]),
      "leads out of the source",
    ],
    ["in a circle", linksOf(["a", "b"], ["b", "a"]), "goes round"],
    ["to itself", linksOf(["a", "a"]), "goes round"],
    ["without words", linksOf(["a", ""]), "says nothing"],
    [
      "through too many others",
      linksOf(...Array.from({ length: 42 }, (_, at) => [`l${at}`, `l${at + 1}`] as const)),
      "goes round, or through too many",
    ],
  ])("that lead out are refused: %s", (_what, check, message) => {
    expect(check).toThrow(message);
  });
});

describe("paths", () => {
  it.each([
    ["", "is empty"],
    ["/a", "is absolute"],
    ["a//b", 'has the step ""'],
    ["a/./b", 'has the step "."'],
    ["a/../b", 'has the step ".."'],
    [".git/config", "a folder of git"],
    ["a/.GiT/b", "a folder of git"],
    ["a\u0007", "has a control character"],
    ["a\u007f", "has a control character"],
    ["a\ufffd", "is no UTF-8"],
    ["a\ud800", "is no UTF-8"],
    ["x".repeat(256), "has a step of 256 bytes"],
    [`${"x".repeat(200)}/`.repeat(6), "has 1206 bytes"],
  ])("%j is refused", (path, message) => {
    expect(() => checkPath(path)).toThrow(message);
  });

  it.each(["a", "a b/ü.txt", ".github/x", ".gitignore", "..a/b..", "x".repeat(255), "a\\b"])(
    "%j is fine",
    (path) => {
      expect(() => checkPath(path)).not.toThrow();
    },
  );
});
