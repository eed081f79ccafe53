import { parseYaml } from "@swoosh/kernel/yaml";
import { errorSignature, likeness } from "./error-signature.ts";
import type { FileProblem } from "./file-problem.ts";
import { readFrontMatter } from "./front-matter.ts";

/** One entry of TROUBLESHOOTING.md in the format of seed 002. */
export interface TroubleEntry {
  readonly title: string;
  /** 1-based line of its heading. */
  readonly line: number;
  readonly fields: ReadonlyMap<string, string>;
  readonly snippet: string;
  /** What a machine may try once, for P2 and P3. */
  readonly fix: { readonly run: string; readonly verify: string | null } | null;
}

export const TROUBLE_FIELDS = [
  "Context",
  "Symptom",
  "Error Snippet",
  "Probable Cause",
  "Quick Fix",
  "Permanent Fix",
  "Prevention",
  "Tags",
] as const;

/** Permille of an entry's error lines that must be seen again for it to be the same trouble. */
const MATCH_MIN = 600;

export function readTroubleshooting(text: string): readonly TroubleEntry[] {
  const lines = text.split(/\r?\n/);
  const fences = fencedLines(lines);
  // A heading inside of a fence is an example, no entry.
  const heads = lines.flatMap((line, index) =>
    /^#{1,3} \S/.test(line) && fences[index] !== true ? [index] : [],
  );
  return heads.flatMap((start, at) =>
    (lines[start] ?? "").startsWith("### ")
      ? [readEntry(lines.slice(start, heads[at + 1]), start + 1)]
      : [],
  );
}

/** By line: whether it stands inside of a fence, its ends included. A fence ends with one as long as it began with. */
function fencedLines(lines: readonly string[]): readonly boolean[] {
  let open = 0;
  return lines.map((line) => {
    const length = /^(`{3,})/.exec(line)?.[1]?.length ?? 0;
    if (open === 0) open = length;
    else if (length >= open && /^`+\s*$/.test(line)) {
      open = 0;
      return true;
    }
    return open > 0;
  });
}

function readEntry(lines: readonly string[], line: number): TroubleEntry {
  const fields = new Map<string, string>();
  let snippet = "";
  let fix: TroubleEntry["fix"] = null;
  for (let at = 1; at < lines.length; at += 1) {
    const text = lines[at] ?? "";
    const field = /^\*\*([^*]+)\*\*:\s*(.*)$/.exec(text);
    if (field !== null) fields.set(field[1] ?? "", (field[2] ?? "").trim());
    const fence = /^(`{3,})/.exec(text)?.[1] ?? "";
    if (fence !== "") {
      const length = lines
        .slice(at + 1)
        .findIndex((one) => one.startsWith(fence) && /^`+\s*$/.test(one));
      const inside = lines.slice(at + 1, length < 0 ? undefined : at + 1 + length);
      if (snippet === "") snippet = inside.join("\n");
      if (length >= 0) at += length + 1;
    }
    if (/^fix:\s/.test(text)) fix = readFix(text);
  }
  return { title: (lines[0] ?? "").slice(4).trim(), line, fields, snippet, fix };
}

function readFix(line: string): TroubleEntry["fix"] {
  const value = parseYaml(line).value;
  const fix =
    typeof value === "object" && value !== null && !Array.isArray(value) && "fix" in value
      ? value["fix"]
      : undefined;
  if (typeof fix !== "object" || fix === null || Array.isArray(fix) || !("run" in fix)) return null;
  const { run, verify } = fix;
  if (typeof run !== "string") return null;
  return { run, verify: typeof verify === "string" ? verify : null };
}

/** The entry that describes this failure best, if one does. */
export function matchTrouble(
  entries: readonly TroubleEntry[],
  output: string,
): TroubleEntry | undefined {
  const seen = errorSignature(output);
  let best: { readonly entry: TroubleEntry; readonly score: number } | undefined;
  for (const entry of entries) {
    const score = likeness(errorSignature(entry.snippet), seen);
    if (score >= MATCH_MIN && score > (best?.score ?? 0)) best = { entry, score };
  }
  return best?.entry;
}

export interface NewTrouble {
  readonly title: string;
  readonly context: string;
  readonly symptom: string;
  readonly snippet: string;
  readonly tags: readonly string[];
  readonly issue: string;
}

/** The document with one entry more; all that stood there stands there still, byte for byte. */
export function addTrouble(text: string, trouble: NewTrouble): string {
  const entry = [
    `### ${oneLine(trouble.title)}`,
    `**Context**: ${oneLine(trouble.context)}`,
    `**Symptom**: ${oneLine(trouble.symptom)}`,
    "**Error Snippet**:",
    fenced(trouble.snippet),
    `**Probable Cause**: not analysed yet; see ${trouble.issue}`,
    "**Quick Fix**: none known yet",
    "**Permanent Fix**: none known yet",
    "**Prevention**: none known yet",
    `**Tags**: ${trouble.tags.join(", ")}`,
  ].join("\n");
  const before = text === "" ? EMPTY_TROUBLESHOOTING : text;
  return `${before}${before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n"}${entry}\n`;
}

/** A fence longer than any inside. */
export function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${text.trimEnd()}\n${fence}`;
}

export function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

const EMPTY_TROUBLESHOOTING = `---
title: "Troubleshooting"
purpose: "Institutional knowledge for rapid problem resolution"
---

# Troubleshooting

Entries are matched by their error snippet. An entry may carry a line \`fix: { run: "…", verify: "…" }\`, which is tried once, for P2 and P3 only.
`;

/** The three entries that seed 002 begins with. */
export const SEEDED_TROUBLESHOOTING = `${EMPTY_TROUBLESHOOTING}
### Dependency Resolution Loop
**Context**: Fresh environment setup or requirements.txt update
**Symptom**: pip install hangs or produces conflicting requirements
**Error Snippet**:
\`\`\`
ERROR: Could not find a version that satisfies the requirement
\`\`\`
**Probable Cause**: Unpinned indirect dependencies causing conflicts
**Quick Fix**: Use \`pip install --force-reinstall\` with specific versions
**Permanent Fix**: Generate constraints.txt with \`pip-tools compile\`
**Prevention**: Pin all indirect deps; run \`pip check\` in CI
**Tags**: setup, dependency, P1

### Embedding Model OOM
**Context**: Batch processing >32 embeddings on M3 Max 32GB
**Symptom**: Process killed, MPS out of memory error
**Error Snippet**:
\`\`\`
torch.cuda.OutOfMemoryError: MPS backend out of memory
\`\`\`
**Probable Cause**: Batch size exceeds MPS memory limits
**Quick Fix**: Reduce batch_size to 16; truncate sequences to 512 tokens
**Permanent Fix**: Implement adaptive batching with memory monitoring
**Prevention**: Add memory usage tests; set MPS_MEMORY_FRACTION=0.8
**Tags**: embedding, memory, P0

### Socket Port Conflicts in Local Orchestrator
**Context**: Multiple test runs or dev server restarts
**Symptom**: FastAPI server fails to bind, "Address already in use"
**Error Snippet**:
\`\`\`
OSError: [Errno 48] Address already in use: ('127.0.0.1', 8000)
\`\`\`
**Probable Cause**: Previous server process not cleanly terminated
**Quick Fix**: \`lsof -ti:8000 | xargs kill -9\`
**Permanent Fix**: Use randomized port binding with retries
**Prevention**: Proper signal handling for graceful shutdown
**Tags**: networking, testing, P2
`;

/** Front matter, and all fields of every entry. */
export function lintTroubleshooting(text: string): readonly FileProblem[] {
  const { value, problems } = readFrontMatter(text);
  const found: FileProblem[] = [...problems];
  const tell = (line: number, code: string, message: string): void => {
    found.push({ severity: "error", code, message, path: [], line, column: 1 });
  };
  if (value === undefined && problems.length === 0)
    tell(
      1,
      "no_front_matter",
      "the document begins with no front matter; title and purpose between lines of three hyphens",
    );
  for (const { title, line, fields } of readTroubleshooting(text)) {
    for (const field of TROUBLE_FIELDS)
      if (!fields.has(field))
        tell(line, "missing_field", `"${title}" has no ${field}; add a line **${field}**: …`);
  }
  return found;
}
