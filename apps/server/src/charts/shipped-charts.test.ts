import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkChart } from "@swoosh/kernel";
import { describe, expect, it } from "vitest";
import { createServerKernel } from "../node/create-server-kernel.ts";
import { readCharts, textHash } from "./read-charts.ts";
import { SHIPPED_CHARTS } from "./shipped-charts.ts";

const HEAD = `/** Which chart comes from which text, by the charts' file names; the tests beside this file write it and hold it. */
export const SHIPPED_HASHES: Readonly<
  Record<string, { readonly text: string; readonly chart: string } | undefined>
> = {
`;

describe("the shipped charts", () => {
  it("check clean, each beside what it reads: a server that starts trusts them", () => {
    const charts = readCharts(createServerKernel(), [SHIPPED_CHARTS], () => undefined);
    expect(charts.length).toBe(readdirSync(SHIPPED_CHARTS).length);
    const found = charts.flatMap((chart) =>
      checkChart(chart)
        .filter(({ severity }) => severity !== "note")
        .map(({ code, message }) => `${chart.name}: ${message} [${code}]`),
    );
    expect(found).toEqual([]);
  });

  it("are known by their hashes, so that a server that has them reads none of them again; renew with vitest run -u", async () => {
    const kernel = createServerKernel();
    const charts = readCharts(kernel, [SHIPPED_CHARTS], () => undefined);
    const lines = readdirSync(SHIPPED_CHARTS).map((file) => {
      const text = textHash(readFileSync(join(SHIPPED_CHARTS, file), "utf8"));
      const chart = charts.find(({ name }) => `${name}.yaml` === file)?.hash;
      return `  "${file}": {\n    text: "${text}",\n    chart: "${chart}",\n  },\n`;
    });
    await expect(`${HEAD}${lines.join("")}};\n`).toMatchFileSnapshot("shipped-hashes.ts");
  });

  it("are read again where one of them is another", () => {
    const kernel = createServerKernel();
    const charts = readCharts(kernel, [SHIPPED_CHARTS], () => undefined);
    const byName = new Map(charts.map((chart) => [chart.name, chart]));
    const again = readCharts(kernel, [SHIPPED_CHARTS], (name) => byName.get(name));
    expect(new Set(again)).toEqual(new Set(charts));
    const [flag, beat] = [byName.get("flag"), byName.get("beat")];
    if (flag === undefined || beat === undefined) throw new Error("flag and beat are shipped");
    const older = { ...flag, hash: beat.hash };
    const mended = readCharts(kernel, [SHIPPED_CHARTS], (name) =>
      name === "flag" ? older : byName.get(name),
    );
    expect(mended.find(({ name }) => name === "flag")?.hash).toBe(flag.hash);
  });
});
