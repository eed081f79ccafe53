import { CHART_BYTES_MAX, PROPOSAL_BYTES_MAX } from "../../limits.ts";

/** Texts over a limit, by the edge that they come to. */
export interface Oversized {
  readonly edge: "yaml" | "json";
  readonly name: string;
  text(): string;
}

export const OVERSIZED: readonly Oversized[] = [
  { edge: "yaml", name: "a megabyte of text", text: () => `a: ${"x".repeat(1 << 20)}` },
  { edge: "yaml", name: "16 megabytes of brackets", text: () => "[".repeat(1 << 24) },
  {
    edge: "yaml",
    name: "depth at the end of a full file",
    text: () =>
      `${"k: [1, 'two', \"three\"] # four\n- ".repeat(4_000)}\n${"[".repeat(33)}`.slice(
        -CHART_BYTES_MAX,
      ),
  },
  { edge: "yaml", name: "128 KiB of brackets", text: () => "[".repeat(CHART_BYTES_MAX) },
  {
    edge: "yaml",
    name: "128 KiB of steps",
    text: () => Array.from({ length: 500 }, (_, level) => `${" ".repeat(level)}a:`).join("\n"),
  },
  { edge: "json", name: "a megabyte of text", text: () => `{"a":"${"x".repeat(1 << 20)}"}` },
  { edge: "json", name: "16 megabytes of brackets", text: () => "[".repeat(1 << 24) },
  {
    edge: "json",
    name: "as many brackets as a proposal may have",
    text: () => "[".repeat(PROPOSAL_BYTES_MAX),
  },
  {
    edge: "json",
    name: "depth at the end of a full proposal",
    text: () => `[${'{"k":1},'.repeat(8_000)}`.slice(0, 64_000) + "[".repeat(33),
  },
];
