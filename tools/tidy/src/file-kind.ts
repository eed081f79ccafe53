/** What a TypeScript file is for: rules for sources are stricter than those for tests. */
export type FileKind = "source" | "test" | "fuzz" | "bench";

/** Folders whose files only tests use: port doubles and contract suites (`testing`), samples and oracles (`test`). */
const TEST_FOLDERS = new Set(["test", "testing"]);

export function fileKind(path: string): FileKind {
  if (path.endsWith(".test.ts") || path.endsWith(".contract.ts")) return "test";
  if (path.endsWith(".fuzz.ts")) return "fuzz";
  if (path.endsWith(".bench.ts")) return "bench";
  const inside = path
    .slice(workspaceOf(path)?.length ?? 0)
    .split("/")
    .slice(0, -1);
  return inside.some((folder) => TEST_FOLDERS.has(folder)) ? "test" : "source";
}

/** Folder of the workspace that a file belongs to: `packages/kernel`, `sim`; undefined for files of the root. */
export function workspaceOf(path: string): string | undefined {
  const [first, second, third] = path.split("/");
  if (first === "sim" && second !== undefined) return "sim";
  if (first === undefined || second === undefined || third === undefined) return undefined;
  return ["packages", "apps", "tools"].includes(first) ? `${first}/${second}` : undefined;
}

/** Settings of a tool in the root of the repository or a workspace: written in the tool's own way. */
export function isToolConfig(path: string): boolean {
  return /(^|\/)[a-z-]+\.config\.ts$/.test(path);
}
