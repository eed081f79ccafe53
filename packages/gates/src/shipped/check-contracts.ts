import type { Finding } from "./finding.ts";

/** A contract as it is now: names that others rely on, one a line. */
export interface Contract {
  readonly id: string;
  readonly version: number;
  readonly lines: readonly string[];
}

/** What was agreed. `decision`: a person's signature over a breaking step; null where there was none. */
export interface LockedContract extends Contract {
  readonly decision: {
    readonly reason: string;
    readonly signer: string;
    readonly signature: string;
  } | null;
}

/** The value that a person signs for a contract as it is from now on. */
export function decisionPayload(
  contract: Contract,
  reason: string,
): { readonly [key: string]: string | number | string[] } {
  return {
    kind: "contract-decision",
    id: contract.id,
    version: contract.version,
    reason,
    lines: [...contract.lines],
  };
}

export interface ContractRules {
  /** Whether a decision's signature is sound and its signer one of the people who may decide. */
  readonly isSigned: (contract: LockedContract) => boolean;
}

/**
 * What is there must be what was agreed. Additions need the lock written again; what goes away breaks somebody, and needs a version step and a
 * person's signed decision in the lock.
 */
export function checkContracts(
  now: readonly Contract[],
  locked: readonly LockedContract[],
  rules: ContractRules,
): readonly Finding[] {
  const findings: Finding[] = [];
  for (const contract of now) {
    const tell = (message: string): void => {
      findings.push({ file: contract.id, line: null, message });
    };
    const agreed = locked.find(({ id }) => id === contract.id);
    if (agreed === undefined) {
      tell("is not in the lock; lock it");
      continue;
    }
    if (contract.lines.length === 0) tell("is empty; what lists it is broken");
    const gone = agreed.lines.filter((line) => !contract.lines.includes(line));
    const added = contract.lines.filter((line) => !agreed.lines.includes(line));
    if (gone.length > 0 && contract.version <= agreed.version)
      tell(
        `breaks version ${agreed.version}: "${gone[0] ?? ""}"${gone.length > 1 ? ` and ${gone.length - 1} more` : ""} went away; step the version, and let a person decide`,
      );
    else if (gone.length > 0)
      tell(
        `version ${contract.version} is not in the lock: "${gone[0] ?? ""}" went away; lock it with a person's signed decision`,
      );
    else if (added.length > 0)
      tell(
        `"${added[0] ?? ""}"${added.length > 1 ? ` and ${added.length - 1} more` : ""} is new and not in the lock; lock it`,
      );
    else if (contract.version !== agreed.version)
      tell(`is version ${contract.version}, the lock says ${agreed.version}`);
    if (agreed.decision !== null && !rules.isSigned(agreed))
      tell("has a decision whose signature does not hold, or is not a person's who may decide");
    if (agreed.version > 1 && agreed.decision === null)
      tell(`version ${agreed.version} came without a person's signed decision`);
  }
  for (const { id } of locked)
    if (!now.some((contract) => contract.id === id))
      findings.push({ file: id, line: null, message: "was agreed and is not there any more" });
  return findings;
}
