import { arch, cpus, platform, release, totalmem } from "node:os";
import process from "node:process";
import type { EnvironmentFacts } from "@swoosh/gates";

/** Asking the system for its processors costs milliseconds, and each criterion asks. */
const PROCESSORS = cpus();

/** What a result can depend on without standing in the repository. */
export function machineFacts(): EnvironmentFacts {
  const [cpu] = PROCESSORS;
  return new Map([
    ["Platform", `${platform()} ${arch()}`],
    ["Kernel", release()],
    ["Node", process.versions.node],
    ["CPU", cpu === undefined ? "unknown" : cpu.model.trim()],
    ["Cores", String(PROCESSORS.length)],
    ["Memory", `${Math.round(totalmem() / 1_073_741_824)} GiB`],
    ["Locale", process.env["LC_ALL"] ?? process.env["LANG"] ?? "unset"],
    ["Time zone", process.env["TZ"] ?? "unset"],
    ["CI", process.env["CI"] ?? "no"],
  ]);
}
