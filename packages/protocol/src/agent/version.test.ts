import { describe, expect, it } from "vitest";
import { AGENT_VERSIONS, negotiate, RUNNER_VERSIONS, SUPPORTED_VERSIONS } from "./version.ts";

describe("negotiate", () => {
  const cases: readonly (readonly [string, string, string | null])[] = [
    ["1.0.0", "1.0.0", "1.0.0"],
    ["2.0.0", "2.0.0", "2.0.0"],
    ["1.0.0", "2.0.0", "2.0.0"],
    ["1.0.0", "9.9.9", "2.0.0"],
    ["1.5.0", "2.7.1", "2.0.0"],
    ["0.0.1", "1.99.99", "1.0.0"],
    // As numbers, not as text: 10 lies beyond 2.
    ["10.0.0", "11.0.0", null],
    ["2.0.1", "2.9.0", null],
    ["1.0.1", "1.9.9", null],
    ["0.1.0", "0.9.0", null],
    ["2.0.0", "1.0.0", null],
    ["", "2.0.0", null],
    ["1.0", "2.0.0", null],
    ["1.0.0", "2.0.0-rc1", null],
    ["01.0.0", "2.0.0", null],
    [" 1.0.0", "2.0.0", null],
    ["1.0.0", "99999999999999999999.0.0", null],
  ];

  it.each(cases)("takes from %s to %s: %s", (min, max, version) => {
    const result = negotiate({ min, max });
    expect(result.ok ? result.version : null).toBe(version);
    if (!result.ok) expect(result.supported).toEqual(SUPPORTED_VERSIONS);
  });

  it("says both sides' versions where nothing fits", () => {
    expect(negotiate({ min: "3.0.0", max: "3.1.0" })).toEqual({
      ok: false,
      message:
        "Incompatible protocol version 3.0.0 to 3.1.0. Controller speaks 1.0.0 and 2.0.0; upgrade whichever is older.",
      supported: { min: "1.0.0", max: "2.0.0" },
    });
    expect(negotiate({ min: "7.0.0", max: "7.0.0" })).toMatchObject({
      message: expect.stringContaining("version 7.0.0. Controller"),
    });
  });

  it("offers nothing that this controller does not speak", () => {
    expect(negotiate({ min: "1.0.0", max: "1.0.0" }, ["2.0.0"])).toEqual({
      ok: false,
      message:
        "Incompatible protocol version 1.0.0. Controller speaks 2.0.0; upgrade whichever is older.",
      supported: { min: "2.0.0", max: "2.0.0" },
    });
    expect(negotiate({ min: "1.0.0", max: "2.0.0" }, ["2.0.0"])).toMatchObject({
      version: "2.0.0",
    });
  });

  it("fits what is supported to what is listed", () => {
    expect(SUPPORTED_VERSIONS).toEqual({ min: AGENT_VERSIONS[0], max: AGENT_VERSIONS.at(-1) });
    expect(negotiate(RUNNER_VERSIONS)).toEqual({ ok: true, version: "2.0.0" });
  });
});
