import type { Finding, Rule } from "../rule.ts";

/** Homes, mounts and build folders of one machine. Temporary folders and `/usr`, `/etc` are every machine's. */
const MACHINE_PATH =
  /(?<![\w.])\/(?:home\/[a-z]|root\/|Users\/[A-Za-z]|mnt\/[a-z]|work\/[a-z]|build\/[a-z])[\w./-]*/;

/** Nothing in the project names a place that exists on one machine only. */
export const machinePaths: Rule = {
  name: "machine-paths",
  check: (tree) =>
    tree.paths.flatMap((file) => {
      // The rule's own pattern and its tests name such places.
      if (file.startsWith("tools/tidy/src/rules/")) return [];
      const findings: Finding[] = [];
      for (const [index, text] of (tree.text(file) ?? "").split("\n").entries()) {
        const found = MACHINE_PATH.exec(text)?.[0];
        if (found === undefined) continue;
        findings.push({
          file,
          line: index + 1,
          message: `names ${found}, a place of one machine; make it relative or hand it in`,
        });
      }
      return findings;
    }),
};
