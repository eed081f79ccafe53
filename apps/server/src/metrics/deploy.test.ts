import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseYaml } from "@swoosh/kernel/yaml";
import { CODES } from "@swoosh/protocol";
import { needDebian, PROMTOOL } from "@swoosh/test";
import { beforeAll, describe, expect, it } from "vitest";
import { METRICS, type MetricRow } from "./metric-table.ts";

const ROOT = join(import.meta.dirname, "../../../..");
const RULES = ["deploy/prometheus/alerts.yaml", "deploy/slo.yaml"];
const TESTS = "deploy/prometheus/rules.test.yaml";
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** Values of labels that the server itself chooses; those of the others come from charts. */
const CHOSEN: Readonly<Record<string, readonly string[]>> = {
  code: Object.keys(CODES),
  condition: ["ok", "degraded", "fenced", "stopped"],
  lane: ["engine", "operators", "proposals"],
  result: ["stored", "failed"],
};
/** Labels that Prometheus adds. */
const TARGET_LABELS = ["instance", "job"];

/** What is wrong with a selector such as `swoosh_refusal_total{code="overloaded"}`. */
function faultsOf(name: string, matchers: string): readonly string[] {
  const row: MetricRow | undefined = METRICS.find(
    (one: MetricRow) =>
      one.name === name ||
      (one.kind === "histogram" &&
        ["_bucket", "_sum", "_count"].some((part) => `${one.name}${part}` === name)),
  );
  if (row === undefined) return [`${name} is written by nobody`];
  const labels = [...(row.labels ?? []), ...TARGET_LABELS];
  return [...matchers.matchAll(/(\w+)\s*([!=~]+)\s*"([^"]*)"/gu)].flatMap(
    ([, label = "", , value = ""]) => {
      if (label === "le" && name.endsWith("_bucket"))
        return row.buckets?.includes(Number(value)) === true || value === "+Inf"
          ? []
          : [`${name} has no bucket ${value}`];
      if (!labels.includes(label)) return [`${name} has no label ${label}`];
      const chosen = CHOSEN[label];
      if (chosen === undefined) return [];
      return value
        .split("|")
        .filter((one) => !chosen.includes(one))
        .map((one) => `${label} of ${name} is never ${one}`);
    },
  );
}

/** Every selector of our metrics in a text of expressions. */
function selectorsIn(text: string): readonly (readonly [name: string, matchers: string])[] {
  const found = text.replaceAll('\\"', '"').matchAll(/\b((?:swoosh|process)_\w+)(\{[^}]*\})?/gu);
  return [...found].map(([, name = "", matchers = ""]) => [name, matchers]);
}

interface RulesFile {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert?: string; readonly expr: string }[];
  }[];
}

function rulesOf(path: string): RulesFile["groups"][number]["rules"] {
  const { groups }: RulesFile = JSON.parse(JSON.stringify(parseYaml(read(path)).value));
  return groups.flatMap(({ rules }) => rules);
}

let promtool: string;
beforeAll(() => {
  promtool = needDebian(PROMTOOL);
});

function checked(...argv: readonly string[]): number | null {
  const { status, stderr, stdout } = spawnSync(promtool, argv, { cwd: ROOT, encoding: "utf8" });
  expect(status, `${stdout}${stderr}`).toBe(0);
  return status;
}

/** What promtool says of expressions, each as a rule that records it; null where it has nothing to say. */
function faultOf(expressions: readonly string[]): string | null {
  const folder = mkdtempSync(join(tmpdir(), "swoosh-expressions-"));
  try {
    const rules = expressions.map((expr, at) => ({ record: `panel:${at}`, expr }));
    // A rules file is YAML, and JSON is YAML.
    writeFileSync(join(folder, "rules.yaml"), JSON.stringify({ groups: [{ name: "g", rules }] }));
    const argv = ["check", "rules", "--lint=none", join(folder, "rules.yaml")];
    const { status, stderr, stdout } = spawnSync(promtool, argv, { encoding: "utf8" });
    return status === 0 ? null : `${stdout}${stderr}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** An expression of a panel with what Grafana puts in the place of its variables. */
function asAsked(expr: string): string {
  return expr.replaceAll("$__rate_interval", "1m").replaceAll("$instance", ".*");
}

describe("the dashboard", () => {
  it("asks in expressions that Prometheus reads", () => {
    const expressions = expressionsOf(JSON.parse(read("deploy/grafana/swoosh.json"))).map(asAsked);
    expect(expressions.length).toBeGreaterThan(20);
    expect(expressions.filter((expr) => expr.includes("$"))).toEqual([]);
    expect(faultOf(expressions)).toBeNull();
    // One wrong among them is found, of each kind: unclosed, of a wrong type, unheard of, a range that is none.
    const [good = ""] = expressions;
    for (const wrong of [`${good})`, "rate(up)", "mean(up)", "rate(up[$__interval])"])
      expect(faultOf([...expressions, wrong]), wrong).toContain("could not parse expression");
  });
});

describe("what deploy/ gives to Prometheus", () => {
  it("is sound, and every alert fires when it should and never on a quiet server", () => {
    checked("check", "rules", "--lint-fatal", ...RULES);
    checked("check", "config", "--lint-fatal", "deploy/prometheus/prometheus.yaml");
    checked("test", "rules", TESTS);
    const tested = read(TESTS);
    for (const { alert } of RULES.flatMap(rulesOf)) {
      if (alert === undefined) continue;
      expect(tested, `${alert} is made to fire`).toContain(`alertname: ${alert}\n`);
      expect(tested, `${alert} is seen to be quiet`).toContain(
        `alertname: ${alert}, exp_alerts: []`,
      );
    }
  });

  it("names only metrics, labels, buckets and values that the server writes", () => {
    const texts = [...RULES.flatMap(rulesOf).map(({ expr }) => expr), read(TESTS)];
    const dashboard = read("deploy/grafana/swoosh.json");
    for (const text of [...texts, ...expressionsOf(JSON.parse(dashboard))])
      for (const [name, matchers] of selectorsIn(text))
        expect(faultsOf(name, matchers)).toEqual([]);
    // The check itself: what is wrong is found.
    for (const wrong of [
      "swoosh_nothing_total",
      'swoosh_refusal_total{code="overlooked"}',
      'swoosh_refusal_total{guard="a"}',
      'swoosh_fsync_seconds_bucket{le="0.3"}',
    ])
      expect(
        selectorsIn(wrong).flatMap(([name, matchers]) => faultsOf(name, matchers)),
      ).toHaveLength(1);
  });

  it("leaves no metric of ours without a panel or a rule", () => {
    const all = [...RULES.map(read), read("deploy/grafana/swoosh.json")].join("\n");
    const shown = new Set(selectorsIn(all).map(([name]) => name));
    for (const { kind, name } of METRICS) {
      const names =
        kind === "histogram" ? ["_bucket", "_sum", "_count"].map((part) => name + part) : [name];
      expect(
        names.some((one) => shown.has(one)),
        name,
      ).toBe(true);
    }
  });
});

/** Every `expr` of a dashboard, however deep. */
function expressionsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(expressionsOf);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) =>
    key === "expr" && typeof one === "string" ? [one] : expressionsOf(one),
  );
}

describe("docs/metrics.md", () => {
  it("has every metric as it is", () => {
    const rows = METRICS.map(({ help, kind, name, ...row }: MetricRow) => {
      const labels = row.labels === undefined ? "" : `{${row.labels.join(",")}}`;
      return `| \`${name}${labels}\` | ${kind} | ${help} |`;
    });
    const listed = read("docs/metrics.md")
      .split("\n")
      .filter((line) => line.startsWith("| `"));
    expect(listed).toEqual(rows);
    for (const path of [...RULES, TESTS]) expect(existsSync(join(ROOT, path))).toBe(true);
  });
});
