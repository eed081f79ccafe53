import { canonicalize, type Json } from "@swoosh/kernel/values";
import type { Cause } from "@swoosh/protocol";
import type { ReadFlags } from "./add-read-commands.ts";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { createPaint } from "./paint.ts";
import { plainText } from "./plain-text.ts";
import { notThere, withReader } from "./read-client.ts";

/** `swoosh why`: the last record first, each with what it followed from. */
export function runWhy(port: ConsolePort, instance: string, flags: ReadFlags): Promise<ExitCode> {
  return withReader(port, flags, async (client) => {
    const explained = await client.explain(instance);
    if (explained === undefined || explained.index < 0) return notThere(port, instance);
    const { because = [], configuration, waits_for: waits = [] } = explained;
    if (flags.json === true) {
      const json: Json = JSON.parse(
        JSON.stringify({ because, configuration, instance, waits_for: waits }),
      );
      port.out(`${canonicalize(json)}\n`);
      return EXIT.ok;
    }
    const paint = createPaint(port.colour.out);
    port.out(`${paint.strong(plainText(instance))} is in ${plainText(configuration.join(", "))}\n`);
    for (const wait of waits) port.out(`  ${plainText(wait)}\n`);
    for (const cause of because) port.out(causeText(cause, paint));
    return EXIT.ok;
  });
}

function causeText(cause: Cause, paint: ReturnType<typeof createPaint>): string {
  const time = new Date(cause.at).toISOString().replace("T", " ").slice(0, 19);
  return [
    `\n${paint.note(`record ${cause.index}`)} ${paint.dim(time)} ${plainText(cause.what)}\n`,
    ...cause.because.map(({ text }) => `  ${paint.dim("←")} ${plainText(text)}\n`),
  ].join("");
}
