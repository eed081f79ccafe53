import type { Hasher, NativeGuard } from "@swoosh/kernel";
import { evidenceKept } from "./evidence-kept.ts";
import { planValid } from "./plan-valid.ts";
import { quorumCertificate } from "./quorum-certificate.ts";
import { windowOpen } from "./window-open.ts";

/** The native guards that charts of Swoosh use beside CEL; hand them to `createKernel`. Old versions stay for old logs. */
export function createGuards(hasher: Hasher): readonly NativeGuard[] {
  return [evidenceKept, planValid(hasher), quorumCertificate(hasher), windowOpen];
}
