import type { Health } from "@swoosh/protocol";
import type { RecentRefusal } from "../recent-refusals.ts";
import { markup, renderPage, type Html, type RenderedPage } from "./html.ts";
import { PAGE_STYLE } from "./page-style.ts";

/** What the node holds and does, for people who debug; `/debug` gives it as JSON. */
export interface DebugState {
  readonly at: number;
  readonly charts: readonly {
    readonly chart: string;
    readonly hash: string;
    readonly version: number;
  }[];
  readonly health: Health;
  readonly instances: number;
  readonly memory: { readonly heap_bytes: number; readonly rss_bytes: number };
  readonly queues: { readonly [lane: string]: number };
  readonly records: readonly ShownRecord[];
  readonly recovery: {
    readonly replayed: number;
    readonly skipped: readonly string[];
    readonly snapshot_index: number | null;
  };
  readonly refusals: readonly RecentRefusal[];
  readonly sessions: number;
  /** Timers that were refused, by instance. */
  readonly stuck: readonly { readonly instance: string; readonly reasons: readonly string[] }[];
  readonly uptime_ms: number;
}

export interface ShownRecord {
  readonly at: number;
  readonly by: string;
  readonly configuration: readonly string[];
  readonly index: number;
  readonly instance: string;
  readonly reasons: readonly string[];
  readonly transition: string;
}

const REFRESH_SECONDS = 2;
const MIB = 1_048_576;

/** One page without scripts: health, last records, refusals with their cause. It asks again by itself. */
export function dashboardPage(state: DebugState): RenderedPage {
  const { health } = state;
  const body = markup`<h1>Swoosh <span class="${toneOf(health.status)}">${health.status}</span></h1>
    <p class="soft">
      Origin <code>${health.origin}</code> · as of ${timeOf(state.at)} · asks again every
      ${REFRESH_SECONDS} s · <a href="/debug">as JSON</a> · <a href="/docs">reference</a>
    </p>
    ${problemList(state)}
    <div class="tiles">
      ${tile("Records", String(health.treeSize))}
      ${tile("Behind the last snapshot", String(health.walLag))}
      ${tile("Instances", String(state.instances))}
      ${tile("Proposals under way", String(state.queues["proposals"] ?? 0))}
      ${tile("Sessions", String(state.sessions))}
      ${tile("Memory", `${Math.round(state.memory.rss_bytes / MIB)} MiB`)}
      ${tile("Up", `${Math.floor(state.uptime_ms / 1000)} s`)}
      ${tile("Term", String(health.consensus.term))}
    </div>
    <p class="soft">Root <code>${health.rootHash}</code></p>
    <h2>Last records</h2>
    ${recordTable(state.records)}
    <h2>Last refusals</h2>
    ${refusalTable(state.refusals)}`;
  return renderPage({
    title: `Swoosh: ${health.status}`,
    style: PAGE_STYLE,
    body,
    refreshSeconds: REFRESH_SECONDS,
  });
}

function toneOf(status: Health["status"]): string {
  return status === "ok" ? "good" : status === "degraded" ? "warn" : "bad";
}

function problemList({ health, recovery, stuck }: DebugState): Piece {
  const lines = [
    ...(health.problems ?? []),
    ...stuck.map(
      ({ instance, reasons }) => `a timer of ${instance} was refused: ${reasons.join("; ")}`,
    ),
    ...recovery.skipped.map((why) => `a snapshot could not be used: ${why}`),
  ];
  if (lines.length === 0) return "";
  return markup`<ul>
    ${[...new Set(lines)].map((line) => markup`<li class="bad">${line}</li>`)}
  </ul>`;
}

type Piece = Html | "";

function tile(label: string, value: string): Html {
  return markup`<div class="tile"><span class="soft">${label}</span><b>${value}</b></div>`;
}

function recordTable(records: readonly ShownRecord[]): Html {
  if (records.length === 0) return markup`<p class="soft">There are none that you may see.</p>`;
  return markup`<div class="scroll">
    <table class="records">
      <tr>
        <th>Index</th>
        <th>Time</th>
        <th>Instance</th>
        <th>Transition</th>
        <th>By</th>
        <th>Is now in</th>
        <th>Guards said</th>
      </tr>
      ${records.map(
        ({ at, by, configuration, index, instance, reasons, transition }) =>
          markup`<tr>
            <td class="nowrap">${index}</td>
            <td class="nowrap time">${timeOf(at)}</td>
            <td class="instance"><code>${instance}</code></td>
            <td class="transition"><code>${transition}</code></td>
            <td>${by}</td>
            <td class="states"><code>${configuration.map(shortOf).join(", ")}</code></td>
            <td>${reasons.join("; ")}</td>
          </tr>`,
      )}
    </table>
  </div>`;
}

function refusalTable(refusals: readonly RecentRefusal[]): Html {
  if (refusals.length === 0) return markup`<p class="soft">None since the server started.</p>`;
  return markup`<div class="scroll">
    <table class="records">
      <tr>
        <th>Time</th>
        <th>Code</th>
        <th>Instance</th>
        <th>Transition</th>
        <th>Guard</th>
        <th>Why</th>
      </tr>
      ${refusals.map(
        ({ at, code, detail, guard, instance, transition }) =>
          markup`<tr>
            <td class="nowrap time">${timeOf(at)}</td>
            <td class="nowrap"><code class="bad">${code}</code></td>
            <td class="instance"><code>${instance}</code></td>
            <td class="transition"><code>${transition}</code></td>
            <td class="guard">${guard ?? ""}</td>
            <td>${detail}</td>
          </tr>`,
      )}
    </table>
  </div>`;
}

/** A leaf and the state that it is in: whole paths are as wide as the page, and the JSON has them. */
function shortOf(leaf: string): string {
  return leaf.split(".").slice(-2).join(".");
}

/** `2026-11-29 05:00:00`, in UTC. */
function timeOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace("T", " ");
}
