import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readOldUcxl } from "./read-old-ucxl.ts";
import { parseUcxl, UCXL_LENGTH_MAX, type UcxlField } from "./ucxl.ts";

describe("addresses of older generations", () => {
  it.each<readonly [raw: string, strict: string, fields: readonly UcxlField[]]>([
    // As they are today.
    ["ucxl://a:b@c:d/*^/x", "ucxl://a:b@c:d/*^/x", []],
    ["ucxl://a:b@c:d/*~/", "ucxl://a:b@c:d/*~/", []],
    ["ucxl://a:b@c:d/~~3/x", "ucxl://a:b@c:d/~~3/x", []],
    // The three times of the Rust generation; `#` is the present.
    [
      "ucxl://arbiter:refactor@CHORUS:refactor-chorus/#/docs/decisions/2025-09-06-refactor-chorus.md",
      "ucxl://arbiter:refactor@CHORUS:refactor-chorus/*^/docs/decisions/2025-09-06-refactor-chorus.md",
      ["temporal"],
    ],
    ["ucxl://a:b@c:d/~~/x", "ucxl://a:b@c:d/~~1/x", ["temporal"]],
    ["ucxl://a:b@c:d/^^/x", "ucxl://a:b@c:d/^^1/x", ["temporal"]],
    // Wildcards, and what is left out.
    ["ucxl://council-arch:*@DistOS:arch/*^/", "ucxl://council-arch:any@DistOS:arch/*^/", ["role"]],
    ["ucxl://*:*@DistOS:*", "ucxl://any:any@DistOS:any/*^/", ["agent", "role", "task", "temporal"]],
    ["ucxl://*:b@*:d/*^/x", "ucxl://any:b@any:d/*^/x", ["agent", "project"]],
    ["ucxl://a:b@c:d", "ucxl://a:b@c:d/*^/", ["temporal"]],
    ["ucxl://a:b@c:d/*^", "ucxl://a:b@c:d/*^/", []],
    ["ucxl://chorus:spec@council/*^/x", "ucxl://chorus:spec@council:any/*^/x", ["task"]],
    ["ucxl://chorus:spec@council", "ucxl://chorus:spec@council:any/*^/", ["task", "temporal"]],
    // The planning document's query and fragment.
    ["ucxl://a:b@c:d/*^/x?q=1", "ucxl://a:b@c:d/*^/x", ["path"]],
    ["ucxl://a:b@c:d/*^/x#part", "ucxl://a:b@c:d/*^/x", ["path"]],
    ["ucxl://a:b@c:d/#/x?q=1#part", "ucxl://a:b@c:d/*^/x", ["temporal", "path"]],
    ["UCXL://a:b@c:d/*^/x", "ucxl://a:b@c:d/*^/x", ["address"]],
  ])("%s is %s", (raw, strict, fields) => {
    const read = readOldUcxl(raw);
    expect(read).toMatchObject({ ok: true, address: { raw: strict } });
    if (!read.ok) return;
    expect(parseUcxl(strict)).toEqual({ ok: true, address: read.address });
    expect(read.readings.map(({ field }) => field)).toEqual(fields);
    for (const { old } of read.readings) expect(raw).toContain(old);
  });

  it.each<readonly [raw: string, field: UcxlField, message: RegExp]>([
    ["", "address", /must begin with ucxl/],
    ["http://a:b@c:d/*^/", "address", /must begin with ucxl/],
    ["ucxl://a@c:d/*^/", "role", /parts agent and role/],
    ["ucxl://a:b@c:d@e:f/*^/", "address", /one @/],
    ["ucxl://a:b@c:d:e/*^/", "task", /parts project and task/],
    ["ucxl://:b@c/*^/", "agent", /""/],
    ["ucxl://a:b*@c/#/x", "role", /"b\*"/],
    ["ucxl://a:b@c:d/2025-01-01T00:00:00Z/x", "temporal", /"2025-01-01T00:00:00Z" is an instant/],
    ["ucxl://*:b@c:d/2025-01-01/x", "temporal", /"2025-01-01" is an instant/],
    ["ucxl://a:b@c:d/soon/x", "temporal", /"soon" is none of/],
    ["ucxl://a:b@c:d//x", "temporal", /"" is none of/],
    ["ucxl://a:b@c:d/*~99999999999999999999/x", "temporal", /is none of/],
    ["ucxl://a:b@c:d/#/x y?q", "path", /"x y"/],
    [`ucxl://*:b@c:d/#/${"x".repeat(UCXL_LENGTH_MAX)}`, "address", /characters; at most 512/],
  ])("%s cannot be read: its %s", (raw, field, message) => {
    const read = readOldUcxl(raw);
    expect(read).toMatchObject({ ok: false, field, raw });
    expect(read.ok ? "" : read.message).toMatch(message);
  });

  it("never throws, and gives strict addresses alone", () => {
    expect.hasAssertions();
    const component = fc.constantFrom("*", "any", "a-1", "");
    const task = fc.constantFrom("", ":*", ":d", ":");
    const time = fc.constantFrom("", "/", "/#", "/~~", "/^^2", "/*^", "/2025-01-01");
    const path = fc.constantFrom("", "/", "/x", "/x/#", "/?q", "/#x?", "/x y");
    const address = fc.tuple(component, component, component, task, time, path);
    fc.assert(
      fc.property(address, ([agent, role, project, ...rest]) => {
        const read = readOldUcxl(`ucxl://${agent}:${role}@${project}${rest.join("")}`);
        if (read.ok)
          expect(parseUcxl(read.address.raw)).toEqual({ ok: true, address: read.address });
        else expect(read.message).not.toBe("");
      }),
      { seed: 7 },
    );
  });
});
