import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { CHART_FILES } from "./chart-files.ts";
import { serveSources } from "./serve-sources.ts";
import type { Trace } from "./workload.ts";

export interface BrowserRun {
  readonly root: string;
  readonly executable: string;
  readonly records: number;
  readonly seed: number;
}

/** How long the page may take, in ms: to load, and for each record several times what one takes on a busy machine. */
const WAIT_START_MS = 60_000;
const WAIT_RECORD_MS = 5;

/** The same run in headless Chromium, with SHA-256 in plain ECMAScript, under the same poisoned globals. */
export async function runInBrowser(run: BrowserRun): Promise<Trace> {
  const charts = CHART_FILES.map((file) => readFileSync(join(run.root, file), "utf8"));
  const page = pageFor(charts, run);
  const server = await serveSources(run.root, new Map([["/run.html", page]]));
  const browser = await chromium.launch({
    executablePath: run.executable,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  try {
    const tab = await browser.newPage();
    const failures: string[] = [];
    tab.on("pageerror", (error) => failures.push(error.message));
    tab.on("console", (message) => message.type() === "error" && failures.push(message.text()));
    await tab.goto(`${server.url}/run.html`);
    const output = tab.locator("#trace, #failure");
    await output
      .waitFor({ state: "attached", timeout: WAIT_START_MS + run.records * WAIT_RECORD_MS })
      .catch(() => {
        throw new Error(`the page gave no trace: ${failures.join("; ")}`);
      });
    const text = (await output.textContent()) ?? "";
    if ((await output.getAttribute("id")) === "failure") throw new Error(text);
    const trace: Trace = JSON.parse(text);
    return trace;
  } finally {
    await browser.close();
    await server.close();
  }
}

function pageFor(charts: readonly string[], run: BrowserRun): string {
  const options = {
    charts,
    records: run.records,
    seed: run.seed,
    shuffleKeys: false,
    fromNormal: false,
  };
  const imports = {
    "@swoosh/kernel": "/packages/kernel/src/index.ts",
    "@marcbachmann/cel-js": "/node_modules/@marcbachmann/cel-js/lib/index.js",
    yaml: "/node_modules/yaml/browser/index.js",
  };
  return `<!doctype html><meta charset="utf-8"><title>determinism</title>
<script type="importmap">${JSON.stringify({ imports })}</script>
<script type="module">
import { poisonGlobals } from "/tools/determinism/src/poison.ts";
const write = (id, text) => {
  const element = document.createElement("pre");
  element.id = id;
  element.textContent = text;
  document.documentElement.append(element);
};
poisonGlobals();
try {
  const { pureHasher } = await import("/packages/kernel/src/pure-hasher.ts");
  const { runWorkload } = await import("/tools/determinism/src/workload.ts");
  write("trace", JSON.stringify(runWorkload(pureHasher, ${JSON.stringify(options).replaceAll("<", "\\u003C")})));
} catch (error) {
  write("failure", String(error?.stack ?? error));
}
</script>`;
}
