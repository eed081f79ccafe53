import { spawnSync } from "node:child_process";
import { createPublicKey, verify } from "node:crypto";
import { join } from "node:path";
import { parse } from "yaml";
import {
  base64urlOf,
  canonicalize,
  isStrictEd25519,
  preAuthenticationEncoding,
  publicKeyOf,
  signatureBytesOf,
} from "@swoosh/kernel/values";
import {
  checkContracts,
  checkShape,
  decisionPayload,
  type Contract,
  type Finding,
  type LockedContract,
} from "@swoosh/gates";
import { kernel } from "../kernel.ts";
import { readText } from "../read-text.ts";
import { WorldError } from "../world-error.ts";
import type { KeyHolder } from "./node-ports.ts";
import { readIfThere, writeChanged } from "./write-whole.ts";

export const CONTRACTS_FILE = "gates/contracts.yaml";
export const CONTRACTS_LOCK = "gates/contracts.lock.json";
/** DSSE payload type of a person's decision to break a contract. */
const DECISION_TYPE = "application/vnd.swoosh.contract-decision.v1+json";

interface ContractsFile {
  /** Keys of the people who may decide. */
  readonly people?: readonly string[];
  readonly contracts: readonly {
    readonly id: string;
    readonly version: number;
    readonly run: string;
  }[];
}

const TEXT = { type: "string", minLength: 1 } as const;
const SHAPE = {
  type: "object",
  required: ["contracts"],
  additionalProperties: false,
  properties: {
    people: {
      type: "array",
      items: { type: "string", pattern: "^hmmm:pubkey:[A-Za-z0-9_-]{43}$" },
    },
    contracts: {
      type: "array",
      minItems: 1,
      items: {
        type: "object",
        required: ["id", "version", "run"],
        additionalProperties: false,
        properties: { id: TEXT, run: TEXT, version: { type: "integer", minimum: 1 } },
      },
    },
  },
};

/** The contracts of `gates/contracts.yaml` against their lock. */
export function checkContractsFile(root: string): readonly Finding[] {
  const file = readContracts(root);
  const now = contractsNow(root, file);
  return checkContracts(now, readLock(root), {
    isSigned: (locked) => isSigned(locked, file.people ?? []),
  });
}

/** Writes the lock; a contract that lost something needs a person's key and a reason. */
export function lockContracts(
  root: string,
  person: { readonly key: KeyHolder; readonly reason: string } | undefined,
): readonly string[] {
  const file = readContracts(root);
  const before = readLock(root);
  const locked = contractsNow(root, file).map((contract): LockedContract => {
    const agreed = before.find(({ id }) => id === contract.id);
    const isBreaking =
      agreed !== undefined && agreed.lines.some((line) => !contract.lines.includes(line));
    if (!isBreaking && contract.version === (agreed?.version ?? contract.version))
      return {
        ...contract,
        decision:
          agreed?.decision === undefined || agreed.decision === null
            ? null
            : resign(agreed, contract, person),
      };
    if (isBreaking && contract.version <= agreed.version)
      throw new WorldError(
        `${contract.id} breaks version ${agreed.version}: step its version in ${CONTRACTS_FILE} first`,
      );
    if (person === undefined)
      throw new WorldError(
        `${contract.id} goes to version ${contract.version}: that is a person's decision; give --key and --reason`,
      );
    return { ...contract, decision: decide(contract, person) };
  });
  const text = `${JSON.stringify({ contracts: locked }, null, 2)}\n`;
  writeChanged(join(root, CONTRACTS_LOCK), text);
  return locked.map(({ id, version, lines }) => `${id} version ${version}: ${lines.length} lines`);
}

/** Additions after a decision change what was signed: the person signs again, or the decision would not hold. */
function resign(
  agreed: LockedContract,
  contract: Contract,
  person: { readonly key: KeyHolder; readonly reason: string } | undefined,
): LockedContract["decision"] {
  const isSame =
    agreed.lines.length === contract.lines.length &&
    agreed.lines.every((line, index) => line === contract.lines[index]);
  if (isSame || agreed.decision === null) return agreed.decision;
  if (person === undefined)
    throw new WorldError(
      `${contract.id} was decided by a person and has changed since: sign it again with --key and --reason`,
    );
  return decide(contract, person);
}

function decide(
  contract: Contract,
  { key, reason }: { readonly key: KeyHolder; readonly reason: string },
): NonNullable<LockedContract["decision"]> {
  return {
    reason,
    signer: key.identity,
    signature: key.signPayload(DECISION_TYPE, decisionPayload(contract, reason)),
  };
}

function isSigned(locked: LockedContract, people: readonly string[]): boolean {
  const { decision } = locked;
  if (decision === null || !people.includes(decision.signer)) return false;
  const publicKey = publicKeyOf(decision.signer);
  const signature = signatureBytesOf(decision.signature);
  if (
    publicKey === undefined ||
    signature === undefined ||
    !isStrictEd25519({ publicKey, signature })
  )
    return false;
  const body = canonicalize(decisionPayload(locked, decision.reason));
  const bytes = preAuthenticationEncoding(kernel.hasher, { type: DECISION_TYPE, body });
  const key = createPublicKey({
    key: { kty: "OKP", crv: "Ed25519", x: base64urlOf(publicKey) },
    format: "jwk",
  });
  return verify(null, bytes, key, signature);
}

function readContracts(root: string): ContractsFile {
  const value: ContractsFile = parse(readText(join(root, CONTRACTS_FILE)));
  const problems = checkShape(value, SHAPE, "file");
  if (problems.length > 0) throw new WorldError(`${CONTRACTS_FILE}: ${problems.join("; ")}`);
  return value;
}

function contractsNow(root: string, file: ContractsFile): readonly Contract[] {
  return file.contracts.map(({ id, version, run }) => {
    const listed = spawnSync("/bin/sh", ["-c", run], {
      cwd: root,
      encoding: "utf8",
      timeout: 120_000,
      maxBuffer: 67_108_864,
    });
    if (listed.status !== 0)
      throw new WorldError(
        `the contract ${id} cannot be listed (exit ${listed.status ?? "?"}): ${listed.stderr.trim().split("\n").at(-1) ?? ""}`,
      );
    const lines = [
      ...new Set(
        listed.stdout
          .split("\n")
          .map((line) => line.trim())
          .filter((line) => line !== ""),
      ),
    ].sort((one, other) => (one < other ? -1 : 1));
    return { id, version, lines };
  });
}

function readLock(root: string): readonly LockedContract[] {
  const text = readIfThere(join(root, CONTRACTS_LOCK));
  if (text === undefined) return [];
  const value: { readonly contracts?: readonly LockedContract[] } = JSON.parse(text);
  return value.contracts ?? [];
}
