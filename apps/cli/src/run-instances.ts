import { canonicalize } from "@swoosh/kernel/values";
import type { InstancesFlags } from "./add-read-commands.ts";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { countOf, withReader } from "./read-client.ts";
import { textTable } from "./text-table.ts";

const LIMIT_DEFAULT = 100;

/** `swoosh instances`. */
export async function runInstances(port: ConsolePort, flags: InstancesFlags): Promise<ExitCode> {
  const given = countOf(port, "--limit", flags.limit);
  if (given === null) return EXIT.usage;
  const limit = given ?? (flags.json === true ? Number.POSITIVE_INFINITY : LIMIT_DEFAULT);
  return withReader(port, flags, async (client) => {
    const rows: string[][] = [];
    let isMore = false;
    const query = {
      ...(flags.chart === undefined ? {} : { chart: flags.chart }),
      ...(flags.in === undefined ? {} : { in: flags.in }),
    };
    let count = 0;
    for await (const one of client.instances(query)) {
      if (count === limit) {
        isMore = true;
        break;
      }
      count += 1;
      const { configuration, hash, index, instance } = one;
      if (flags.json === true) {
        if (port.isOutClosed()) break;
        port.out(`${canonicalize({ configuration, hash, index, instance })}\n`);
      } else rows.push([instance, configuration.join(", "), String(index), hash.slice(0, 19)]);
    }
    if (flags.json === true) return EXIT.ok;
    if (rows.length === 0) port.err("there are none\n");
    else port.out(textTable([["INSTANCE", "IN", "RECORD", "STATE"], ...rows]));
    if (isMore) port.err(`the first ${limit}; --limit shows more\n`);
    return EXIT.ok;
  });
}
