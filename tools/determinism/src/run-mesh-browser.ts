import { chromium } from "playwright-core";
import { serveSources } from "./serve-sources.ts";

const SPECIFIERS = new Map([
  ["@swoosh/kernel/values", "/packages/kernel/src/values.ts"],
  ["@swoosh/mesh", "/packages/mesh/src/index.ts"],
]);

/** A thread of the crew: says that it is there, then serves until it is told to end. */
const THREAD = `onmessage = ({ data: { module, memory, index } }) => {
  const { serve } = new WebAssembly.Instance(module, { host: { memory } }).exports;
  postMessage("there");
  serve(index);
};`;

/** The caller: a worker, for a page may not wait. */
const CALLER = `import { pureHasher } from "/packages/kernel/src/pure-hasher.ts";
import { kernelHostOver } from "/packages/mesh/src/web-assembly.ts";
import { meshHashes } from "/tools/determinism/src/mesh-hashes.ts";
const thread = URL.createObjectURL(new Blob([${JSON.stringify(THREAD)}], { type: "text/javascript" }));
let there = [];
const host = {
  ...kernelHostOver(WebAssembly),
  workersMax: 2,
  hire(bytes, memory, indexes) {
    const module = new WebAssembly.Module(bytes);
    const crew = indexes.map((index) => {
      const worker = new Worker(thread);
      there.push(new Promise((resolve) => { worker.onmessage = resolve; }));
      worker.postMessage({ module, memory, index });
      return worker;
    });
    return { dismiss: () => crew.forEach((worker) => worker.terminate()) };
  },
};
try {
  const hashes = await meshHashes(pureHasher, host, async () => void (await Promise.all(there)));
  postMessage({ hashes: JSON.stringify(hashes) });
} catch (error) {
  postMessage({ failure: String(error?.stack ?? error) });
}`;

const PAGE = `<!doctype html><meta charset="utf-8"><title>mesh</title>
<script type="module">
const write = (id, text) => {
  const element = document.createElement("pre");
  element.id = id;
  element.textContent = text;
  document.documentElement.append(element);
};
const caller = new Worker("/caller.js", { type: "module" });
caller.onerror = ({ message }) => write("failure", message ?? "the worker did not load");
caller.onmessage = ({ data: { hashes, failure } }) =>
  failure === undefined ? write("hashes", hashes) : write("failure", failure);
</script>`;

/** The engines' hashes in headless Chromium, with SHA-256 in plain ECMAScript. */
export async function runMeshInBrowser(given: {
  readonly root: string;
  readonly executable: string;
}): Promise<Readonly<Record<string, string>>> {
  const pages = new Map([
    ["/mesh.html", PAGE],
    ["/caller.js", CALLER],
  ]);
  const server = await serveSources(given.root, pages, SPECIFIERS);
  const browser = await chromium.launch({
    executablePath: given.executable,
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  });
  try {
    const tab = await browser.newPage();
    await tab.goto(`${server.url}/mesh.html`);
    const output = tab.locator("#hashes, #failure");
    await output.waitFor({ state: "attached", timeout: 240_000 });
    const text = (await output.textContent()) ?? "";
    if ((await output.getAttribute("id")) === "failure") throw new Error(text);
    const hashes: Record<string, string> = JSON.parse(text);
    return hashes;
  } finally {
    await browser.close();
    await server.close();
  }
}
