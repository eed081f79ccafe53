import type { Planted } from "./planted.ts";

/** The planted bugs as a table of Markdown. */
export function plantedTable(planted: readonly Planted[]): string {
  const rows = planted.map(
    ({ found, name, seedsMax, what }) =>
      `| ${name} | ${what} | ${found.join(", ")} | ${seedsMax} |`,
  );
  return [
    "| bug | what it does | found first by | within seeds |",
    "|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}
