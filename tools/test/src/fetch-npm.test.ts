import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fetchNpm, type FetchedPackage, type Pack } from "./fetch-npm.ts";

let cache = "";
let tarball = "";
let wanted: FetchedPackage = { name: "@some/thing", version: "1.2.3", integrity: "" };
let packed = 0;

/** Stands in for `npm pack`: copies a tarball that the test made. */
const pack: Pack = (_wanted, into) => {
  packed += 1;
  const path = join(into, "thing.tgz");
  writeFileSync(path, readFileSync(tarball));
  return path;
};

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "fetch-npm-"));
  const source = join(cache, "source");
  mkdirSync(join(source, "package"), { recursive: true });
  writeFileSync(join(source, "package", "data.txt"), "the data");
  tarball = join(source, "thing.tgz");
  execFileSync("tar", ["-czf", tarball, "-C", source, "package"]);
  const digest = createHash("sha512").update(readFileSync(tarball)).digest("base64");
  wanted = { name: "@some/thing", version: "1.2.3", integrity: `sha512-${digest}` };
  packed = 0;
});

afterEach(() => rmSync(cache, { recursive: true, force: true }));

describe("fetchNpm", () => {
  it("unpacks the pinned bytes once and gives their folder", () => {
    const folder = fetchNpm(wanted, cache, pack);
    expect(readFileSync(join(folder, "data.txt"), "utf8")).toBe("the data");
    expect(fetchNpm(wanted, cache, pack)).toBe(folder);
    expect(packed).toBe(1);
    expect(readdirSync(cache).filter((name) => name.startsWith("fetching-"))).toEqual([]);
  });

  it("refuses bytes that are not the pinned ones and leaves nothing behind", () => {
    const other = { ...wanted, integrity: "sha512-AAAA" };
    expect(() => fetchNpm(other, cache, pack)).toThrow(
      /@some\/thing@1\.2\.3 has integrity sha512-.* but sha512-AAAA/,
    );
    expect(readdirSync(cache)).toEqual(["source"]);
  });

  it("keeps two pins of one version apart", () => {
    const folder = fetchNpm(wanted, cache, pack);
    expect(() => fetchNpm({ ...wanted, integrity: "sha512-BBBB" }, cache, pack)).toThrow(/pinned/);
    expect(existsSync(folder)).toBe(true);
  });
});
