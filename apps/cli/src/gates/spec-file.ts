import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parse } from "yaml";
import { checkDrift, checkShape, type Finding } from "@swoosh/gates";
import { readText } from "../read-text.ts";
import { WorldError } from "../world-error.ts";
import { trackedTexts } from "./tracked-texts.ts";

const SPEC_FILE = "gates/spec.yaml";

interface SpecEntry {
  readonly kind: string;
  readonly docs: readonly string[];
  readonly pattern: string;
  /** A command that prints the real names, one a line. */
  readonly real: string;
}

const TEXT = { type: "string", minLength: 1 } as const;
const SHAPE = {
  type: "object",
  required: ["spec"],
  additionalProperties: false,
  properties: {
    spec: {
      type: "array",
      minItems: 1,
      items: {
        type: "object",
        required: ["kind", "docs", "pattern", "real"],
        additionalProperties: false,
        properties: {
          kind: TEXT,
          pattern: TEXT,
          real: TEXT,
          docs: { type: "array", minItems: 1, items: TEXT },
        },
      },
    },
  },
};

/** What `gates/spec.yaml` says is documented, against what is real: both directions. */
export async function checkSpecFile(root: string): Promise<readonly Finding[]> {
  const text = readText(join(root, SPEC_FILE));
  const value: { readonly spec: readonly SpecEntry[] } = parse(text);
  const problems = checkShape(value, SHAPE, "file");
  if (problems.length > 0) throw new WorldError(`${SPEC_FILE}: ${problems.join("; ")}`);
  const findings: Finding[] = [];
  for (const { kind, docs, pattern, real } of value.spec) {
    const listed = spawnSync("/bin/sh", ["-c", real], {
      cwd: root,
      encoding: "utf8",
      timeout: 120_000,
    });
    if (listed.status !== 0) {
      findings.push({
        file: SPEC_FILE,
        line: null,
        message: `what lists the real ${kind} failed: ${listed.stderr.trim().split("\n").at(-1) ?? ""}`,
      });
      continue;
    }
    const names = listed.stdout.split("\n").map((name) => name.trim());
    findings.push(...checkDrift({ kind, pattern }, await trackedTexts(root, docs), names));
  }
  return findings;
}
