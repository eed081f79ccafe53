import { markup, renderPage, type RenderedPage } from "./html.ts";
import { PAGE_STYLE } from "./page-style.ts";

/** What stands at `/`: where to go. */
export function startPage(about: {
  readonly version: string;
  readonly origin: string;
}): RenderedPage {
  const body = markup`<h1>Swoosh ${about.version}</h1>
    <p class="soft">Origin <code>${about.origin}</code></p>
    <ul>
      <li>
        <a href="/debug/dashboard">Dashboard</a>: health, last records, refusals with their cause
      </li>
      <li>
        <a href="/docs">Reference</a> of the API, and <a href="/openapi.json">openapi.json</a>
      </li>
      <li>
        <a href="/instances">Instances</a>, <a href="/charts">charts</a>,
        <a href="/decisions">decisions</a>, <a href="/journal">journal</a>
      </li>
      <li>
        <a href="/health">Health</a>, <a href="/log/checkpoint">checkpoint</a>,
        <a href="/metrics">metrics</a>
      </li>
    </ul>`;
  return renderPage({ title: "Swoosh", style: PAGE_STYLE, body });
}
