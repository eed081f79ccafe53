/** The look of the pages for people: one style for all, light and dark. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #5b6570; --line: #d8dee4; --ground: #ffffff; --panel: #f6f8fa; --good: #1a7f37; --warn: #9a6700; --bad: #cf222e; --link: #0757b5; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9aa5b1; --line: #30363d; --ground: #0d1117; --panel: #161b22; --good: #3fb950; --warn: #d29922; --bad: #ff7b72; --link: #79b8ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
a { color: var(--link); }
h1 { font-size: 1.5rem; margin: 0 0 0.25rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 0.5rem; }
h3 { font-size: 1rem; margin: 0; }
p { margin: 0.25rem 0; }
.soft { color: var(--soft); }
code, .mono { font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
.tiles { display: grid; gap: 0.75rem; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); margin: 1rem 0; }
.tile { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 0.6rem 0.8rem; }
.tile b { display: block; font-size: 1.25rem; overflow-wrap: anywhere; }
.good { color: var(--good); } .warn { color: var(--warn); } .bad { color: var(--bad); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: 0.35rem 0.6rem; text-align: left; vertical-align: top; }
th { color: var(--soft); font-weight: 600; }
td.nowrap { white-space: nowrap; }
.records td { min-width: 6.25rem; overflow-wrap: anywhere; } .records td.nowrap { min-width: 0; }
.records td.instance { min-width: 9.5rem; } .records td.transition { min-width: 15rem; } .records td.states { min-width: 9rem; }
.records td.guard { min-width: 7.5rem; } .records td:last-child { min-width: 13rem; }
@media (max-width: 72rem) {
  .records td, .records th { padding: 0.3rem; } .records code { font-size: 12px; }
  .records td { min-width: 4.5rem; } .records td.time { min-width: 6.5rem; white-space: normal; }
  .records td.instance { min-width: 6.5rem; } .records td.transition { min-width: 8.25rem; } .records td.states { min-width: 7.5rem; }
  .records td.guard { min-width: 6.75rem; } .records td:last-child { min-width: 9rem; }
}
.card { border: 1px solid var(--line); border-radius: 8px; margin: 0.75rem 0; padding: 0.75rem 1rem; }
.method { display: inline-block; border-radius: 4px; background: var(--panel); border: 1px solid var(--line); font: 600 12px/1.6 ui-monospace, monospace; margin-right: 0.5rem; padding: 0 0.4rem; }
details { margin-top: 0.4rem; } summary { cursor: pointer; color: var(--soft); }
pre { background: var(--panel); border-radius: 6px; overflow-x: auto; padding: 0.6rem; }
nav a { margin-right: 1rem; }
`;
