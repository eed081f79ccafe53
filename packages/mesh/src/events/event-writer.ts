import { unreachable } from "@swoosh/kernel/values";
import { createLineSum } from "./line-sum.ts";
import type { LogEvent } from "./log-event.ts";

/**
 * Events to lines: `[seq, tick, type, its fields in the order of the table, sum]`. Names are in the schema, not in each
 * line: they were more than half of its bytes. `seq` counts from 0, and each line carries the sum of all lines up to it, so that a reader names the
 * first bad one. The caller appends whole lines in their order; a crash then leaves a prefix.
 */
export interface EventWriter {
  /** The line with its end. */
  line(event: LogEvent, tick: number): string;
  readonly seq: number;
}

/** A writer of a log's lines from its first one on. */
export function createEventWriter(): EventWriter {
  const sum = createLineSum();
  let seq = 0;
  return {
    line(event, tick) {
      const text = `[${seq},${tick},"${event.type}",${fieldsOf(event)}`;
      seq += 1;
      return `${text},"${sum.add(text)}"]\n`;
    },
    get seq() {
      return seq;
    },
  };
}

/** Written by hand: half the time of `JSON.stringify`, and a missing field does not compile. */
function fieldsOf(event: LogEvent): string {
  switch (event.type) {
    case "hop":
      return `${event.shard},${event.from},${event.to},"${event.reason}",${event.hops}`;
    case "inject":
      return `${event.shard},${event.cell},${event.to},${text(event.payload)},${event.ttlTicks}`;
    case "deliver":
    case "recover":
      return `${event.shard},${event.cell},${event.hops}`;
    case "duplicate":
      return `${event.shard},${event.cell}`;
    case "lost":
      return `${event.shard},${event.cell},"${event.cause}"`;
    case "end":
      return `${event.shard},"${event.cause}"`;
    case "reject":
      return `${event.cell},"${event.reason}"`;
    case "kill":
    case "heal":
      return `${event.cell}`;
    case "begin":
      return `${event.schema},${event.width},${event.height},${event.wraps},${event.reach},${event.seed}`;
    case "grid":
      return `${text(event.rle)},${event.flipsPerMillion},${event.seed}`;
    case "state":
      return text(event.hash);
    case "pulse":
      return `${text(event.adapter)},${event.x},${event.y},${event.radius},${event.amplitudeThousandths}`;
    case "embed":
      return `${text(event.model)},${text(event.text)},${text(event.codes)}`;
    case "close":
      return `${event.injected},${event.delivered},${event.inFlight}`;
    default:
      return unreachable(event);
  }
}

function text(value: string): string {
  return JSON.stringify(value);
}
