import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { canonicalize } from "@swoosh/kernel";
import { openingOf, type DecisionRecord } from "@swoosh/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kindOf } from "./decision-page/decision-kind.ts";
import { DECISION_SHAPE } from "./decision-page/decision-values.ts";
import { parseTemplate } from "./decision-page/page-template.ts";
import { runSwoosh, type Answer } from "./test/run-swoosh.ts";

const TEMPLATES = fileURLToPath(new URL("./decision-page/templates/", import.meta.url));
const PAGE = fileURLToPath(new URL("../../../docs/decision-pages.md", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "swoosh-cli-page-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A real server over a data folder of its own. */
async function openRig() {
  const { HttpRig } = await import("../../server/src/http/test/http-rig.ts");
  return HttpRig.open();
}

const HOSTILE = "fine\n# Not a heading\n[x](y) | `z` <b>";
const ESCAPED = "fine<br>&#35; Not a heading<br>&#91;x&#93;(y) &#124; &#96;z&#96; &#60;b&#62;";
const OPENING = canonicalize(openingOf({ salt: "s".repeat(22), text: "Ms Winterbottom asked" }));
/** Of an opening that has gone. */
const GONE = `sha256-${"a".repeat(64)}`;

let rig: Awaited<ReturnType<typeof openRig>>;
const on = (...argv: readonly string[]): Promise<Answer> =>
  runSwoosh([...argv, "--url", rig.server.url]);
/** Of the switch's records, in order. */
const indexes: number[] = [];
beforeAll(async () => {
  rig = await openRig();
  const opening = rig.node.blobs.save(Buffer.from(OPENING));
  for (const justification of [HOSTILE, opening, GONE])
    indexes.push(
      await rig.mustPropose({ instance: "switch/a", transition: "Switch_Flip", justification }),
    );
  indexes.push(await rig.mustPropose({ instance: "switch/a", transition: "Switch_Burn" }));
});
afterAll(() => rig.close());

async function shown(index: number | undefined, ...argv: readonly string[]): Promise<string> {
  const page = await on("decisions", "show", String(index), ...argv);
  expect(page).toMatchObject({ code: 0, err: "" });
  return page.out;
}

describe("a decision as a page", () => {
  it("says what was decided on, by whom, and links both ways", async () => {
    const lines = (await shown(indexes[0])).split("\n");
    expect(lines[0]).toBe("# Switch_Flip of switch/a");
    expect(lines[2]).toMatch(
      new RegExp(
        `^Record ${indexes[0]}, [-0-9]+ [:0-9]+ UTC\\. Proposed by hmmm:pubkey:\\S+ as operator, and accepted\\.$`,
      ),
    );
    expect(lines).toContain(`**Justified:** ${ESCAPED}`);
    expect(lines.filter((line) => line.startsWith("#"))).toEqual([
      "# Switch_Flip of switch/a",
      "## What was given",
      "## What guards said",
      "## Follows from",
      "## Led to",
      "## Proof",
    ]);
    const link = (index: number | undefined): RegExp =>
      new RegExp(
        `^- \\[record ${index}\\]\\(${index}\\.md\\), [-: 0-9]+: Switch_Flip of switch/a \\(derived-from\\)$`,
      );
    const ledTo = lines.slice(lines.indexOf("## Led to"), lines.indexOf("## Proof"));
    expect(ledTo).toContainEqual(expect.stringMatching(link(indexes[1])));
    const next = (await shown(indexes[1])).split("\n");
    const from = next.slice(next.indexOf("## Follows from"), next.indexOf("## Led to"));
    expect(from).toContainEqual(expect.stringMatching(link(indexes[0])));
    const last = await shown(indexes[3]);
    expect(last).toContain("## What guards said\n\n- worn of switch/a passed. \n");
    expect(last).toContain("## Led to\n\nNothing yet.\n");
  });

  it("opens a justification that can go, and says when it has gone", async () => {
    expect(await shown(indexes[1])).toContain("**Justified:** Ms Winterbottom asked\n");
    const page = await shown(indexes[2]);
    expect(page).toContain(`Its commitment is ${GONE}.`);
    const json = await shown(indexes[2], "--json");
    expect(JSON.parse(json)).toMatchObject({
      decision: { index: indexes[2], justification: GONE },
      follows_from: [{ edges: ["derived-from"], index: indexes[1] }],
      kind: "redacted",
      led_to: [{ edges: ["derived-from"], index: indexes[3] }],
    });
  });

  it("takes a template of one's own, and as many links as one asks for", async () => {
    const file = join(root, "own.md");
    writeFileSync(
      file,
      "{{index}} {{justification}}{{#led_to}} → {{record}}{{/led_to}}{{led_to_more}}\n",
    );
    expect(await shown(indexes[0], "--template", file)).toMatch(
      new RegExp(`^${indexes[0]} fine<br>.* → ${indexes[1]}\n$`),
    );
    expect(await shown(indexes[0], "--template", file, "--limit", "0")).toBe(
      `${indexes[0]} ${ESCAPED}1\n`,
    );
  });

  it("says where a template is wrong, and what is not there", async () => {
    const file = join(root, "wrong.md");
    writeFileSync(file, "fine {{index}}\n`{{signer}}`\n{{sumary}}\n");
    const wrong = await on("decisions", "show", "0", "--template", file);
    expect([wrong.code, wrong.out]).toEqual([1, ""]);
    expect(wrong.err).toContain(`swoosh: ${file}:2:2: {{signer}} stands in a code span`);
    expect(wrong.err).toContain(
      `swoosh: ${file}:3:1: {{sumary}}: there is no field sumary; there are index,`,
    );
    const none = await on("decisions", "show", "99999");
    expect([none.code, none.err]).toEqual([1, expect.stringContaining("no decision 99999")]);
    const missing = await on("decisions", "show", "0", "--template", join(root, "none.md"));
    expect([missing.code, missing.err]).toEqual([3, expect.stringContaining("no such file")]);
    expect((await on("decisions", "show", "0", "--limit", "x")).code).toBe(2);
  });
});

describe("templates that come with it", () => {
  it.each(["accepted", "quarantine", "redacted", "refused"])("%s has no problems", (kind) => {
    const text = readFileSync(join(TEMPLATES, `${kind}.md`), "utf8");
    expect(parseTemplate(text, DECISION_SHAPE)).toMatchObject({ ok: true });
  });

  it.each<readonly [kind: string, given: Partial<DecisionRecord>]>([
    ["accepted", { transition: "Execution_Approve" }],
    ["refused", { transition: "Execution_Reject" }],
    ["refused", { transition: "Ingestion_Rejected" }],
    ["refused", { transition: "Boot_LicenseDenied" }],
    ["quarantine", { transition: "Policy_Quarantine" }],
    ["quarantine", { transition: "Ingestion_PolicyViolation" }],
    ["quarantine", { transition: "Policy_Release", redactions: ["justification"] }],
    ["redacted", { transition: "Execution_Reject", redactions: ["justification"] }],
    ["redacted", { transition: "Redaction_Order", instance: "redaction/ab" }],
  ])("%s is for %j", (kind, given) => {
    const plain = { instance: "project/a", redactions: [], ...given } as unknown as DecisionRecord;
    expect(kindOf(plain)).toBe(kind);
  });
});

it("the documentation has every field", () => {
  const text = readFileSync(PAGE, "utf8");
  const rows = text.slice(text.indexOf("| field |")).split("\n");
  const told = rows.flatMap((row) => [...row.matchAll(/`([a-z_]+)`/g)].map(([, name]) => name));
  const fields = Object.entries(DECISION_SHAPE).flatMap(([name, shape]) => [
    name,
    ...(typeof shape === "object" ? Object.keys(shape) : []),
  ]);
  expect(new Set(told)).toEqual(new Set(fields));
});
