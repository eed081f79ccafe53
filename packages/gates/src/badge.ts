import type { JsonObject } from "@swoosh/kernel/values";
import type { LadderStatus } from "./ladder-status.ts";

export interface Badge {
  readonly label: string;
  readonly message: string;
  readonly colour: string;
}

export function ladderBadge(status: LadderStatus): Badge {
  const top = status.levels.length - 1;
  const regressed = status.levels.some(({ state }) => state === "regressed");
  const name = status.levels[status.level]?.name ?? "none";
  return {
    label: "maturity",
    message: status.level < 0 ? "no level held" : `level ${status.level} of ${top} · ${name}`,
    colour: regressed
      ? "#b42318"
      : status.level < 0
        ? "#667085"
        : status.level === top
          ? "#067647"
          : "#175cd3",
  };
}

/** Pixels that a text of 11 px takes at most: widths differ by font, so the box is a little wide. */
const CHARACTER_WIDTH = 7;

export function badgeSvg({ label, message, colour }: Badge): string {
  const left = label.length * CHARACTER_WIDTH + 14;
  const right = message.length * CHARACTER_WIDTH + 14;
  const text = (content: string, x: number, width: number): string =>
    `<text x="${x + Math.floor(width / 2)}" y="14" text-anchor="middle">${escapeXml(content)}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${escapeXml(`${label}: ${message}`)}">
<title>${escapeXml(`${label}: ${message}`)}</title>
<rect width="${left}" height="20" fill="#344054"/>
<rect x="${left}" width="${right}" height="20" fill="${colour}"/>
<g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">
${text(label, 0, left)}
${text(message, left, right)}
</g>
</svg>
`;
}

/** What a badge claims, to be signed: the shape that badge services read, and what it rests on. */
export function badgeJson(
  status: LadderStatus,
  about: { readonly origin: string; readonly at: string },
): JsonObject {
  const { label, message, colour } = ladderBadge(status);
  return {
    schemaVersion: 1,
    label,
    message,
    color: colour,
    ladder: status.ladder,
    level: status.level,
    commit: status.commit,
    origin: about.origin,
    at: about.at,
  };
}

function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
