import { describe, expect, it } from "vitest";
import { readQuery } from "./read-query.ts";
import { routeOf, type RouteId } from "./routes.ts";

function read(id: RouteId, search: string) {
  return readQuery(routeOf(id), new URLSearchParams(search));
}

function reasons(id: RouteId, search: string): readonly string[] {
  const result = read(id, search);
  return result.ok ? [] : result.reasons;
}

describe("readQuery", () => {
  it("gives values in their form, with defaults", () => {
    const result = read("listInstances", "chart=project&limit=1000&after=project%2Fa");
    if (!result.ok) throw new Error(result.reasons.join());
    const { values } = result;
    expect([values.text("chart"), values.text("after"), values.integer("limit")]).toEqual([
      "project",
      "project/a",
      1_000,
    ]);
    expect(values.text("in")).toBeUndefined();
    const plain = read("listInstances", "");
    expect(plain.ok && plain.values.integer("limit")).toBe(100);
  });

  const cases: readonly (readonly [RouteId, string, string])[] = [
    ["readState", "", "instance is missing"],
    ["readState", "instance=a/b&instance=a/c", "instance is there twice; give it once"],
    ["readState", "instance=../etc", 'instance is "../etc", which does not match'],
    ["readState", "instance=a/b&at=-1", 'at is "-1"; an integer from 0'],
    ["readState", "instance=a/b&at=01", 'at is "01"; an integer'],
    ["readState", "instance=a/b&at=1e3", 'at is "1e3"; an integer'],
    ["readState", "instance=a/b&at=9007199254740993", "an integer from 0 to 9007199254740991"],
    ["readState", "instance=a/b&stale=yes", 'stale is "yes"; one of ok'],
    ["readState", "instance=a/b&projection=A,,B", 'projection is "A,,B"'],
    ["listInstances", "limit=0", 'limit is "0"; an integer from 1 to 1000'],
    ["listInstances", "limit=1001", 'limit is "1001"; an integer from 1 to 1000'],
    ["listInstances", "lim=1", '"lim" is no parameter of /instances; it takes chart, in, after'],
    ["listInstances", "__proto__=1", '"__proto__" is no parameter'],
    ["readCheckpoint", "x=1", "it takes none"],
    ["proposeTransition", "dry_run=1", 'dry_run is "1"; one of true, false'],
    ["proveInclusion", "index=0", "size is missing"],
  ];

  it.each(cases)("%s refuses ?%s: %s", (id, search, reason) => {
    expect(reasons(id, search).join("\n")).toContain(reason);
  });

  it("names all that is wrong at once, and bears any length", () => {
    expect(reasons("listInstances", "limit=0&x=1&chart=A")).toHaveLength(3);
    const flood = Array.from({ length: 1_000 }, (_, at) => `x${at}=${"y".repeat(100)}`).join("&");
    expect(reasons("listInstances", flood)).toHaveLength(8);
    expect(reasons("listInstances", `after=${"y".repeat(257)}`)[0]).toBe(
      "after has 257 characters; at most 256",
    );
    expect(reasons("readState", `instance=${"y".repeat(150)}`)[0]?.length).toBeLessThan(200);
  });
});
