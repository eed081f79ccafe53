import { toMermaid, type CompiledChart } from "@swoosh/kernel";

/**
 * The page that explains the project chart: diagram, who may propose what, and what each guard says when it does not hold. Made
 * of the chart alone, so it cannot say anything else than the chart does.
 */
export function projectPage(chart: CompiledChart): string {
  const { normal } = chart;
  const rows = Object.entries(normal.transitions)
    .filter(([, { by }]) => by.length > 0)
    .map(([name, { by, class: kind, guards }]) => [
      `\`${name}\``,
      by.join(", "),
      kind ?? "–",
      guards.join(", ") || "–",
    ]);
  const own = Object.entries(normal.transitions)
    .filter(([, { by }]) => by.length === 0)
    .map(([name]) => `\`${name}\``);
  const slots = Object.entries(Object(normal.config["slots"])).map(
    ([name, slot]) => `\`${name}\`: ${String(slot)}`,
  );
  const regions = chart.regions.map(({ name }) => `\`${name}\``).join(", ");
  return [
    "# The project chart",
    "",
    "How a repository goes from its sources to its end. This page is made of `charts/project.yaml` (`SWOOSH_UPDATE=1`), never by hand.",
    "",
    `Regions, each with an epoch of its own: ${regions}. A transition is accepted where it is enabled, its proposer may propose it, and`,
    "all its guards hold; `swoosh explain project/ID` says of each what is missing now, `swoosh why project/ID` how it came to be so.",
    "",
    "## Diagram",
    "",
    "```mermaid",
    toMermaid(chart.normal).trimEnd(),
    "```",
    "",
    "## Transitions",
    "",
    "| transition | by | class | guards |",
    "|---|---|---|---|",
    ...rows.map((cells) => `| ${cells.join(" | ")} |`),
    "",
    `The chart raises by itself: ${own.join(", ")}.`,
    "",
    `A class says which frame of \`beat/main\` is needed: ${slots.join("; ")}. A class that is not among these is open in every frame, unless a tide`,
    "closes it. `swoosh audit windows` holds every record against the frames of the log.",
    "",
    "## Guards that are functions",
    "",
    ...nativesOf(chart),
    "",
  ].join("\n");
}

function nativesOf({ normal }: CompiledChart): readonly string[] {
  return Object.entries(normal.natives).map(
    ([name, version]) => `- \`${name}\`, version ${version}: see \`packages/guards\``,
  );
}
