import { canonicalize } from "@swoosh/kernel/values";
import type { Finding, Verdict } from "@swoosh/server";
import { checkTasks } from "./check-tasks.ts";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { createPaint, type Paint } from "./paint.ts";
import { plainText } from "./plain-text.ts";
import { settingFlags } from "./setting-flags.ts";
import { withServerErrors } from "./with-server-errors.ts";

export interface DoctorFlags {
  readonly data?: string;
  readonly url?: string;
  readonly json?: boolean;
}

/** `swoosh doctor`: exit 0 where nothing is broken, 1 where something is, 4 where durable bytes are damaged. */
export function runDoctor(port: ConsolePort, flags: DoctorFlags): Promise<ExitCode> {
  return withServerErrors(port, async () => {
    const { json = false, url, ...rest } = flags;
    const findings = await findingsOf(settingFlags(rest), url);
    if (json) {
      const plain = findings.map((finding) => ({ ...finding }));
      port.out(`${canonicalize({ findings: plain, ok: codeOf(findings) === EXIT.ok })}\n`);
    } else {
      port.out(screenOf(findings, createPaint(port.colour.out)));
    }
    return codeOf(findings);
  });
}

/** Settings that cannot be read are a finding too, and the end of it: where to look is not known then. */
async function findingsOf(
  flags: Record<string, unknown>,
  url: string | undefined,
): Promise<readonly Finding[]> {
  const { examine } = await import("@swoosh/server");
  const { readSettings, SettingProblem } = await import("@swoosh/server/settings");
  const now = Date.now();
  try {
    const settings = readSettings(flags);
    const of = url === undefined ? {} : { url };
    return [...(await examine(settings, { now, ...of })), await checkTasks()];
  } catch (error) {
    if (!(error instanceof SettingProblem)) throw error;
    const next = "swoosh config lists the settings and where each comes from";
    return [{ check: "settings", verdict: "bad", says: error.message, next, isDamage: false }];
  }
}

function codeOf(findings: readonly Finding[]): ExitCode {
  if (findings.some(({ isDamage }) => isDamage)) return EXIT.fenced;
  return findings.some(({ verdict }) => verdict === "bad") ? EXIT.no : EXIT.ok;
}

const CHECK_COLUMNS = 12;

function screenOf(findings: readonly Finding[], paint: Paint): string {
  const marks: Readonly<Record<Verdict, string>> = {
    ok: "ok  ",
    warn: paint.strong("warn"),
    bad: paint.error("bad "),
  };
  const lines = findings.flatMap(({ check, next, says, verdict }) => [
    `${marks[verdict]}  ${check.padEnd(CHECK_COLUMNS)}  ${plainText(says)}`,
    ...(next === null ? [] : [`${" ".repeat(CHECK_COLUMNS + 8)}→ ${plainText(next)}`]),
  ]);
  const count = (wanted: Verdict): number =>
    findings.filter(({ verdict }) => verdict === wanted).length;
  const [bad, warn] = [count("bad"), count("warn")];
  const sum = bad + warn === 0 ? "Nothing is wrong." : `${bad} to mend, ${warn} to have a look at.`;
  return `${[...lines, sum].join("\n")}\n`;
}
