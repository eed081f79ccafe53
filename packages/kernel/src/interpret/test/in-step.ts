import type { CompiledChart } from "../../chart/compiled-chart.ts";
import type { ChartMachine } from "./chart-machine.ts";
import { FreeGuards, TooLong } from "./free-guards.ts";

/** What one machine did with a sequence of events: every call of its host, and where it was after each event. */
export function traceOf(
  chart: CompiledChart,
  machine: ChartMachine,
  play: { readonly events: readonly string[]; readonly truth: readonly boolean[] },
): readonly string[] {
  const host = new FreeGuards(chart.states, play.truth);
  const where = (what: string): number =>
    host.calls.push(`= ${what}: ${machine.leaves().join()} ${JSON.stringify(machine.history())}`);
  try {
    machine.start(host);
    where("start");
    for (const event of play.events) {
      if (machine.done) break;
      const taken = machine.send(event, host);
      where(`${event} ${taken}`);
    }
  } catch (error) {
    if (!(error instanceof TooLong)) throw error;
    host.calls.push("= too long");
  }
  return host.calls;
}
