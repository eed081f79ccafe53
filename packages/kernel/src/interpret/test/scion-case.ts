import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fetchNpm } from "../../../../../tools/test/src/fetch-npm.ts";
import type { CompiledChart } from "../../chart/compiled-chart.ts";
import { compileChart } from "../../chart/compile-chart.ts";
import { loadChart } from "../../chart/load-chart.ts";
import { createNativeRegistry } from "../../chart/native-registry.ts";
import { nodeHasher } from "../../testing/node-hasher.ts";
import { ChartHost } from "./chart-host.ts";
import type { ChartMachine } from "./chart-machine.ts";
import type { ScxmlNames } from "./scxml-names.ts";
import { scxmlToChart } from "./scxml-to-chart.ts";
import { parseXml } from "./xml.ts";

/** One scripted case of the public SCXML test framework. */
export interface ScionCase {
  /** Folder and file, like `history/history6`. */
  readonly name: string;
  readonly folder: string;
  readonly document: string;
  readonly script: ScionScript;
}

/** What the case scripts under `legacySemantics`, where it does. */
export function legacyScript({ script }: ScionCase): ScionScript | undefined {
  return script.legacySemantics;
}

export interface ScionScript {
  readonly initialConfiguration: readonly string[];
  readonly events: readonly {
    readonly event: { readonly name: string };
    readonly after?: number;
    readonly nextConfiguration: readonly string[];
  }[];
  readonly legacySemantics?: ScionScript;
}

const PACKAGE = {
  name: "@scion-scxml/test-framework",
  version: "2.0.16",
  integrity:
    "sha512-5rRd5CdFLUzmPaO43NSamBmhq6uW/0kUmUneEnqRSbAj0FiFVAINd1DfadUkdECT+xHLARCJZU7meQD4nqYyKw==",
};

export function scionCases(): readonly ScionCase[] {
  const folder = join(fetchNpm(PACKAGE), "test");
  return readdirSync(folder)
    .sort()
    .flatMap((group) => casesOf(join(folder, group), group));
}

function casesOf(folder: string, group: string): readonly ScionCase[] {
  const documents = readdirSync(folder)
    .sort()
    .filter((file) => file.endsWith(".scxml"));
  return documents.flatMap((file) => {
    const name = file.slice(0, -".scxml".length);
    const script = join(folder, `${name}.json`);
    if (!existsSync(script)) return [];
    const document = readFileSync(join(folder, file), "utf8");
    return [
      {
        name: `${group}/${name}`,
        folder,
        document,
        script: JSON.parse(readFileSync(script, "utf8")),
      },
    ];
  });
}

export interface ConvertedCase {
  readonly chart: CompiledChart;
  readonly names: ScxmlNames;
}

/** Throws `Unsupported`, or an error that lists what the loader says. */
export function convertCase({ folder, document, script }: ScionCase): ConvertedCase {
  const scripted = script.events.map(({ event }) => event.name);
  const { value, names } = scxmlToChart(parseXml(document), scripted, (file) =>
    readFileSync(join(folder, file), "utf8"),
  );
  const natives = createNativeRegistry([]);
  const { normal, problems } = loadChart(value, { natives });
  if (normal === undefined) {
    throw new Error(problems.map((problem) => problem.message).join("; "));
  }
  return { chart: compileChart(nodeHasher, normal, { natives }), names };
}

/** Plays the script; undefined where every configuration is the scripted one, else what differs. */
export function playScript(
  script: ScionScript,
  { chart, names }: ConvertedCase,
  machine: ChartMachine,
): string | undefined {
  const host = new ChartHost(chart);
  const differs = (wanted: readonly string[], where: string): string | undefined => {
    const expected = wanted.map((id) => names.path(id)).sort();
    const found = [...machine.leaves()].sort();
    if (expected.join() === found.join()) return undefined;
    return `${machine.name}, ${where}: ${found.join()} instead of ${expected.join()}`;
  };
  machine.start(host);
  let difference = differs(script.initialConfiguration, "initially");
  for (const { event, after = 0, nextConfiguration } of script.events) {
    if (difference !== undefined) break;
    deliver(machine, host, host.now + after);
    if (!machine.done) machine.send(names.eventName(event.name), host);
    difference = differs(nextConfiguration, `after ${event.name}`);
  }
  return difference;
}

/** Lets virtual time pass: what was sent by then arrives, in order. */
function deliver(machine: ChartMachine, host: ChartHost, until: number): void {
  for (;;) {
    const due = host.sent.filter((sent) => sent.at <= until).sort((a, b) => a.at - b.at);
    const [next] = due;
    if (next === undefined || machine.done) break;
    host.sent = host.sent.filter((sent) => sent !== next);
    host.now = next.at;
    machine.send(next.event, host);
  }
  host.now = until;
}
