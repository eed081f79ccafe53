import type { SeedReport } from "./run-seed.ts";

/** A run as one page of HTML without scripts: what does not hold, then every step, the telling ones marked. */
export function storyPage(
  report: SeedReport,
  about: { readonly title: string; readonly again: string },
): string {
  const { findings, seed, story } = report;
  const rows = story.map(
    (line, place) => `<li class="${kindOf(line)}" id="l${place}">${escaped(line.trim())}</li>`,
  );
  const claims = findings.map(
    ({ check, claim }) => `<p class="bad"><b>${escaped(check)}</b>: ${escaped(claim)}</p>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escaped(about.title)}, seed ${seed}</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1c2330; background: #fff }
@media (prefers-color-scheme: dark) { body { color: #d7dce5; background: #14181f } }
ol { padding-left: 3.5rem; font-family: ui-monospace, monospace; font-size: 13px }
li { padding: 1px 6px; overflow-wrap: anywhere }
.fault { border-left: 3px solid #c77700 } .heard { opacity: .75 } .bad { border-left: 3px solid #c62828; padding-left: 6px; font-weight: 600 }
</style></head><body>
<h1>${escaped(about.title)}</h1>
<p>Seed ${seed}: ${findings.length === 0 ? "everything held" : "something did not hold"}. Again: <code>${escaped(about.again)}</code></p>
${claims.join("\n")}
<ol start="0">
${rows.join("\n")}
</ol>
</body></html>
`;
}

function kindOf(line: string): string {
  if (line.startsWith("does not hold")) return "bad";
  if (/hears/u.test(line)) return "heard";
  return /^start|fenced| at |flips|lost|cut|full|kill|jump|drift/u.test(line) ? "fault" : "step";
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
