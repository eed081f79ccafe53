import { canonicalize } from "@swoosh/kernel/values";
import { createWebPorts } from "@swoosh/sdk";
import type { QcVerifyFlags } from "./add-audit-commands.ts";
import { checkCertificate } from "./audit/check-certificate.ts";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { createPaint } from "./paint.ts";
import { plainText } from "./plain-text.ts";
import { countOf } from "./read-client.ts";
import { readText } from "./read-text.ts";

/** `swoosh qc verify`: 0 where the certificate holds, 1 where it does not. Needs no server. */
export async function runQcVerify(
  port: ConsolePort,
  file: string,
  flags: QcVerifyFlags,
): Promise<ExitCode> {
  const paint = createPaint(port.colour.out);
  const value = parsed(readText(file));
  const { chartHash, instance, origin } = flags;
  const term = countOf(port, "--term", flags.term);
  if (term === null) return EXIT.usage;
  const checked = await checkCertificate(createWebPorts(globalThis), value, {
    ...(chartHash === undefined ? {} : { chart_hash: chartHash }),
    ...(instance === undefined ? {} : { instance }),
    ...(origin === undefined ? {} : { origin }),
    ...(term === undefined ? {} : { term }),
  });
  if (checked === undefined) {
    port.err(
      `swoosh: ${plainText(file)} is no certificate: give the inputs of Council_QuorumCert, or its record\n`,
    );
    return EXIT.usage;
  }
  const { ok, reasons, subject } = checked;
  if (flags.json === true) {
    port.out(`${canonicalize({ ok, reasons: [...reasons], subject: { ...subject } })}\n`);
    return ok ? EXIT.ok : EXIT.no;
  }
  port.out(
    `${ok ? paint.good("holds") : paint.error("does not hold")}: council of ${plainText(subject.instance)}, term ${subject.term}, log ${plainText(subject.origin)}\n`,
  );
  for (const reason of reasons) port.out(`  ${plainText(reason)}\n`);
  return ok ? EXIT.ok : EXIT.no;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
