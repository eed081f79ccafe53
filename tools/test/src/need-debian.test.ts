import { describe, expect, it } from "vitest";
import { needDebian, type Machine } from "./need-debian.ts";

const need = {
  program: "some-browser",
  debianPackage: "some-browser-package",
  purpose: "some part",
};

interface Setting {
  readonly present?: readonly string[];
  readonly isRoot?: boolean;
  /** What each call of apt-get answers, in order; nothing more may be called. */
  readonly answers?: readonly (string | null)[];
  readonly brings?: boolean;
}

function machine(setting: Setting): {
  readonly machine: Machine;
  readonly calls: readonly string[];
} {
  const { present = ["apt-get"], isRoot = true, answers = [], brings = true } = setting;
  const programs = new Set(present);
  const calls: string[] = [];
  return {
    calls,
    machine: {
      isRoot,
      find: (program) => (programs.has(program) ? `/bin/${program}` : undefined),
      aptGet: (argv) => {
        const answer = answers[calls.length] ?? null;
        calls.push(argv.join(" "));
        if (answer === null && argv[0] === "install" && brings) programs.add(need.program);
        return answer;
      },
    },
  };
}

const INSTALL = "install --yes --no-install-recommends some-browser-package";

describe("needDebian", () => {
  it("installs nothing when the program is there", () => {
    const { machine: here, calls } = machine({ present: ["some-browser"] });
    expect(needDebian(need, here)).toBe("/bin/some-browser");
    expect(calls).toEqual([]);
  });

  it("installs the package, after an update only where that is needed", () => {
    const quick = machine({});
    expect(needDebian(need, quick.machine)).toBe("/bin/some-browser");
    expect(quick.calls).toEqual([INSTALL]);
    const old = machine({ answers: ["Unable to locate package", null, null] });
    expect(needDebian(need, old.machine)).toBe("/bin/some-browser");
    expect(old.calls).toEqual([INSTALL, "update", INSTALL]);
  });

  it("says what to do where it may not or cannot install", () => {
    const advice = "apt-get install some-browser-package";
    expect(() => needDebian(need, machine({ isRoot: false }).machine)).toThrow(
      `only root may install; install it by hand: ${advice}`,
    );
    expect(() => needDebian(need, machine({ present: [] }).machine)).toThrow("this is no Debian");
    const failing = machine({ answers: ["no", null, "broken"] });
    expect(() => needDebian(need, failing.machine)).toThrow(
      `apt-get failed: broken; install it by hand: ${advice}`,
    );
    const offline = machine({ answers: ["no", "no network"] });
    expect(() => needDebian(need, offline.machine)).toThrow("apt-get failed: no network");
  });

  it("does not believe a package that brings no such program", () => {
    expect(() => needDebian(need, machine({ brings: false }).machine)).toThrow(
      "brings no program some-browser",
    );
  });
});
