import { describe, expect, it } from "vitest";
import { dashboardPage, type DebugState } from "./dashboard-page.ts";
import { markup, renderPage, type RenderedPage } from "./html.ts";
import { docsPage } from "./docs-page.ts";
import { ROUTES } from "@swoosh/protocol";
import { startPage } from "./start-page.ts";

const HOSTILE = [
  `<script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `' onmouseover='alert(1)`,
  `</style><script>`,
  `<!--`,
  `&lt;b&gt;`,
  "\u202Egnp.exe",
  "a\u0000b\u001b[31m",
  "\ud800",
  "zero\u200bwidth",
] as const;

const MARK = `${HOSTILE.join("|")}`;

/** What a browser would take for markup, beside the page's own. */
function tagsOf({ text }: RenderedPage): readonly string[] {
  return [...text.matchAll(/<[a-z!/][^>]*>/gi)].map(([tag]) => tag.toLowerCase());
}

const state = (word: string): DebugState => ({
  at: 1_700_000_000_000,
  charts: [{ chart: word, hash: word, version: 1 }],
  health: {
    consensus: { leader: word, mode: "single", role: "leader", term: 1 },
    durableIndex: 1,
    genesisHash: word,
    lastSnapshotHLC: word,
    origin: word,
    problems: [word],
    rootHash: word,
    status: "degraded",
    treeSize: 2,
    verifierKey: word,
    walLag: 1,
  },
  instances: 1,
  memory: { heap_bytes: 1, rss_bytes: 1 },
  queues: { proposals: 1 },
  records: [
    {
      at: 1,
      by: word,
      configuration: [word],
      index: 1,
      instance: word,
      reasons: [word],
      transition: word,
    },
  ],
  recovery: { replayed: 1, skipped: [word], snapshot_index: null },
  refusals: [{ at: 1, code: word, detail: word, guard: word, instance: word, transition: word }],
  sessions: 1,
  stuck: [{ instance: word, reasons: [word] }],
  uptime_ms: 1,
});

describe("pages", () => {
  it("show every field as text: no field can add a tag, an attribute or a hidden character", () => {
    const tame = tagsOf(dashboardPage(state("tame")));
    for (const word of [...HOSTILE, MARK]) {
      const page = dashboardPage(state(word));
      expect(tagsOf(page), word).toEqual(tame);
      expect(page.text).not.toContain("<script");
      expect(page.text.match(/[^\P{Cc}\t\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u), word).toBeNull();
    }
    const starts = tagsOf(startPage({ version: "1", origin: "tame" }));
    expect(tagsOf(startPage({ version: MARK, origin: MARK }))).toEqual(starts);
    const docs = tagsOf(docsPage(ROUTES, { version: "1", origin: "tame" }));
    expect(tagsOf(docsPage(ROUTES, { version: MARK, origin: MARK }))).toEqual(docs);
  });

  it("forbid scripts, other hosts and every style but their own", () => {
    const { headers, text } = renderPage({ title: "t", style: "a{}", body: markup`<p>x</p>` });
    expect(headers["content-security-policy"]).toBe(
      "default-src 'none'; style-src 'sha256-X1RutGBrXCt9KkSaXMK7tHftWiRscFHOhxsS8tv8hBk='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(text).toContain("<style>a{}</style>");
    for (const page of [
      dashboardPage(state("x")),
      docsPage(ROUTES, { version: "1", origin: "o" }),
    ]) {
      expect(page.text).not.toMatch(/<script|https?:\/\/|javascript:| on[a-z]+=/i);
      expect(page.text).not.toMatch(/ style=/);
    }
  });

  it("name every route, with its parameters and codes, in the reference", () => {
    const { text } = docsPage(ROUTES, { version: "1", origin: "o" });
    for (const route of ROUTES) {
      expect(text).toContain(`id="${route.id}"`);
      for (const code of route.codes) expect(text).toContain(`<code>${code}</code>`);
    }
  });
});
