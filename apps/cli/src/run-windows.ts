import { canonicalize, type Json } from "@swoosh/kernel/values";
import type { Client } from "@swoosh/sdk";
import type { WindowsFlags } from "./add-read-commands.ts";
import {
  forecastWindows,
  type PresentFrame,
  type WindowForecast,
} from "./audit/forecast-windows.ts";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { createPaint } from "./paint.ts";
import { plainText } from "./plain-text.ts";
import { countOf, notThere, withReader } from "./read-client.ts";
import { textTable } from "./text-table.ts";

const AHEAD_DEFAULT = 240;

/** `swoosh windows`: what may happen now, and when the tide lets pass what it holds back. */
export async function runWindows(port: ConsolePort, flags: WindowsFlags): Promise<ExitCode> {
  const ahead = countOf(port, "--beats", flags.beats);
  if (ahead === null) return EXIT.usage;
  const name = flags.chart ?? "project";
  return withReader(port, flags, async (client) => {
    const chart = await client.chart(name);
    if (chart === undefined) return notThere(port, `chart ${name}`);
    const frame = await presentFrame(client);
    const config = Object(chart.normal["config"] ?? {});
    const forecast = forecastWindows({
      config,
      frame,
      at: Date.now(),
      ahead: ahead ?? AHEAD_DEFAULT,
    });
    if (flags.json === true) {
      const json: Json = JSON.parse(JSON.stringify({ classes: forecast, frame }));
      port.out(`${canonicalize(json)}\n`);
    } else tell(port, frame, forecast);
    return EXIT.ok;
  });
}

async function presentFrame(client: Client): Promise<PresentFrame | null> {
  const beat = await client.state("beat/main");
  const context: unknown = Object(beat?.state)["context"];
  if (typeof context !== "object" || context === null) return null;
  const { beat_index, deadline_at, downbeat, phase, prev_phase, window_id } =
    context as PresentFrame;
  return { beat_index, deadline_at, downbeat, phase, prev_phase, window_id };
}

function tell(
  port: ConsolePort,
  frame: PresentFrame | null,
  forecast: readonly WindowForecast[],
): void {
  const paint = createPaint(port.colour.out);
  if (frame === null) port.out("there is no beat yet\n");
  else {
    const down = frame.downbeat ? ", a downbeat" : "";
    port.out(
      `beat ${paint.strong(String(frame.beat_index))} ${plainText(`${frame.phase} after ${frame.prev_phase}${down}; window ${frame.window_id}`)}\n`,
    );
  }
  if (forecast.length === 0) port.out("no class is bound to a window\n");
  else
    port.out(textTable([["CLASS", "NEEDS", "NOW", "TIDE", "NEXT", "WHY"], ...forecast.map(rowOf)]));
}

function rowOf({ beats, class: name, isOpen, needs, reasons, tide }: WindowForecast): string[] {
  const pressure = tide === null ? "" : `${tide.pressure} of ${tide.openAbove}`;
  const next = beats === null ? "" : beats.length === 0 ? "never" : beats.slice(0, 4).join(", ");
  return [name, needs ?? "", isOpen ? "open" : "closed", pressure, next, reasons.join("; ")];
}
