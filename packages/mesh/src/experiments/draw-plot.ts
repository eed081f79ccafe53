import type { Plotted } from "./plot-points.ts";

const WIDTH = 640;
const HEIGHT = 360;
const LEFT = 64;
const RIGHT = 16;
const TOP = 40;
const BOTTOM = 56;
/** Told apart in grey and by people who do not see red from green. */
const COLOURS = ["#1b5e9b", "#c2570c", "#4b7a2b", "#7a3b8f"];
const TICKS = 5;

/** A line plot as SVG, by nothing but its data: the same data, the same bytes. Coordinates are rounded to tenths. */
export function drawPlot(plot: Plotted): string {
  const points = plot.series.flatMap((one) => one.points);
  const xOf = scale(
    points.map(([x]) => position(plot, x)),
    LEFT,
    WIDTH - RIGHT,
  );
  const yMax = Math.max(...points.map(([, y]) => y), 1 / 1_000);
  const yOf = (y: number): number => HEIGHT - BOTTOM - (y / yMax) * (HEIGHT - BOTTOM - TOP);
  const lines = plot.series.map(({ arm, points: own }, index) => {
    const colour = COLOURS[index % COLOURS.length] ?? "#000";
    const path = own.map(([x, y]) => `${tenth(xOf(position(plot, x)))},${tenth(yOf(y))}`).join(" ");
    const dots = own
      .map(
        ([x, y]) =>
          `<circle cx="${tenth(xOf(position(plot, x)))}" cy="${tenth(yOf(y))}" r="3" fill="${colour}"/>`,
      )
      .join("");
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${dots}<text x="${LEFT + 8}" y="${TOP + 16 * (index + 1)}" fill="${colour}">${escapeXml(arm)}</text>`;
  });
  const xLabels = [...new Set(points.map(([x]) => x))].map(
    (x) =>
      `<text x="${tenth(xOf(position(plot, x)))}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${x}</text>`,
  );
  const yLabels = Array.from({ length: TICKS + 1 }, (_, tick) => {
    const y = (yMax * tick) / TICKS;
    return `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${tenth(yOf(y))}" y2="${tenth(yOf(y))}" stroke="#ddd"/><text x="${LEFT - 6}" y="${tenth(yOf(y) + 4)}" text-anchor="end">${Number(y.toPrecision(3))}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="11">`,
    `<title>${escapeXml(plot.title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${LEFT}" y="20" font-size="14">${escapeXml(plot.title)}</text>`,
    ...yLabels,
    ...xLabels,
    ...lines,
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 16}" text-anchor="middle">${escapeXml(plot.x)}</text>`,
    `<text x="14" y="${(TOP + HEIGHT - BOTTOM) / 2}" text-anchor="middle" transform="rotate(-90 14 ${(TOP + HEIGHT - BOTTOM) / 2})">${escapeXml(plot.y)}</text>`,
    "</svg>",
    "",
  ].join("\n");
}

/** Powers of two stand at equal distances on a logarithmic axis; between them by proportion. */
function position(plot: Plotted, x: number): number {
  if (!plot.logarithmicX || x <= 0) return x;
  let [rest, power] = [x, 0];
  for (; rest >= 2; rest /= 2) power += 1;
  for (; rest < 1; rest *= 2) power -= 1;
  return power + rest - 1;
}

function scale(values: readonly number[], from: number, to: number): (value: number) => number {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return (value) =>
    high === low ? (from + to) / 2 : from + ((value - low) / (high - low)) * (to - from);
}

function tenth(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
