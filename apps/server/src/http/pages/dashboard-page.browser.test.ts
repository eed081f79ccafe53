import { CHROMIUM, needDebian } from "@swoosh/test";
import { chromium, type Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { dashboardPage, type DebugState } from "./dashboard-page.ts";

let browser: Browser;
beforeAll(async () => {
  const executablePath = needDebian({ ...CHROMIUM, purpose: "the dashboard in a browser" });
  const args = ["--no-sandbox", "--disable-gpu", "--no-first-run"];
  browser = await chromium.launch({ executablePath, args });
});
afterAll(() => browser.close());

const HASH = "0f".repeat(32);
const SESSION = `session/${HASH.slice(0, 36)}`;

/** As a project at work shows itself: names of charts that come with Swoosh, and hashes, which have no place to break. */
const STATE: DebugState = {
  at: 1_700_000_000_000,
  charts: [],
  health: {
    consensus: { leader: null, mode: "single", role: "leader", term: 1 },
    durableIndex: 129,
    genesisHash: `sha256-${HASH}`,
    lastSnapshotHLC: null,
    origin: "swoosh-0f0f0f0f0f0f",
    problems: [],
    rootHash: `sha256-${HASH}`,
    status: "ok",
    treeSize: 130,
    verifierKey: "",
    walLag: 1,
  },
  instances: 14,
  memory: { heap_bytes: 1, rss_bytes: 300_000_000 },
  queues: { proposals: 2 },
  records: [
    {
      at: 1_700_000_000_000,
      by: "driver",
      configuration: ["Lifecycle.EXECUTION.WORK", "Run.RUNNING", "Service.NORMAL", "Policy.CLEAN"],
      index: 129,
      instance: "project/demo",
      reasons: [`windowOpen: reverb is open in window ${HASH}`, "quorum: 3 of 4 voted for it"],
      transition: "Execution_ApprovalsThreshold",
    },
    {
      at: 1_700_000_000_000,
      by: `hmmm:pubkey:${HASH.slice(0, 43)}`,
      configuration: ["Session.CLAIMED"],
      index: 128,
      instance: SESSION,
      reasons: [`evidenceKept: sha256-${HASH} is kept`],
      transition: "Session_Claim",
    },
  ],
  recovery: { replayed: 1, skipped: [], snapshot_index: null },
  refusals: [
    {
      at: 1_700_000_000_000,
      code: "guard_failed",
      detail: `the window is ${HASH}; the proposal names ${HASH}`,
      guard: "windowOpen",
      instance: "project/demo",
      transition: "Execution_ApprovalsThreshold",
    },
    {
      at: 1_700_000_000_000,
      code: "idem_conflict",
      detail: `the head is sha256-${HASH}`,
      guard: null,
      instance: SESSION,
      transition: "Environment_ProvisionLate",
    },
  ],
  sessions: 3,
  stuck: [],
  uptime_ms: 60_000,
};

it.each([800, 1_280, 1_600])(
  "all columns of the dashboard are on a page of %i px",
  async (width) => {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    try {
      await page.setContent(dashboardPage(STATE).text);
      const edges = await page.evaluate<readonly (readonly [string, number])[]>(
        `[...document.querySelectorAll("th, td")].map((cell) => [cell.innerText, cell.getBoundingClientRect().right])`,
      );
      expect(edges.map(([text]) => text)).toEqual(expect.arrayContaining(["Guards said", "Why"]));
      expect(edges.filter(([, right]) => right > width)).toEqual([]);
      // Nothing has to be scrolled aside, and nothing runs out of its cell.
      const wide = await page.evaluate<readonly string[]>(
        `[...document.querySelectorAll("html, .scroll, th, td")].filter((part) => part.scrollWidth > part.clientWidth).map((part) => part.innerText)`,
      );
      expect(wide).toEqual([]);
    } finally {
      await page.close();
    }
  },
);
