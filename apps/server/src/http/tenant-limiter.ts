import { isIPv6 } from "node:net";
import type { State } from "@swoosh/kernel";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";

const SIGNER = /"signer"\s*:\s*"(hmmm:pubkey:[A-Za-z0-9_-]{43})"/;
/** Who is not known yet shares one small allowance: a flood of strangers costs no signature checks. */
const STRANGERS = "strangers";

export interface TenantLimits {
  /** Proposals a second of one tenant; 0: no limit. */
  readonly perSecond: number;
  /** Of all strangers together; 0: no limit. */
  readonly strangersPerSecond: number;
  /** Of the strangers at one address, within what all of them have; 0 or absent: no limit. */
  readonly strangersPerAddress?: number;
}

/**
 * Proposals a second by tenant (transition API, 429), and questions to memories with them. A tenant is the prefix of the first scope that an identity holds; the
 * signer is only read here, not believed: who names another's key spends that one's allowance and is refused afterwards
 * by the signature, which is why strangers and tenants are counted before and apart.
 */
export class TenantLimiter {
  readonly #tenants: RateLimiterMemory | null;
  readonly #strangers: RateLimiterMemory | null;
  readonly #addresses: RateLimiterMemory | null;

  constructor({ perSecond, strangersPerAddress = 0, strangersPerSecond }: TenantLimits) {
    this.#tenants = limiterOf(perSecond);
    this.#strangers = limiterOf(strangersPerSecond);
    this.#addresses = limiterOf(strangersPerAddress);
  }

  /** ms to wait, or null where the proposal may go on: at once where nothing is limited. `from` is the address that sent it. */
  take(state: State, text: string, from?: () => string): Promise<number | null> | null {
    if (this.#tenants === null && this.#strangers === null && this.#addresses === null) return null;
    return this.#take(state, text, from);
  }

  /** As `take`, for somebody who is known: what is no proposal spends the same share. */
  takeOf(state: State, name: string): Promise<number | null> {
    return consume(this.#tenants, shareOf(state, name));
  }

  async #take(state: State, text: string, from?: () => string): Promise<number | null> {
    const tenant = tenantOf(state, SIGNER.exec(text)?.[1]);
    if (tenant !== undefined) return consume(this.#tenants, tenant);
    // The address first: what it is refused for its own sake costs the others nothing.
    const address = this.#addresses === null ? undefined : from?.();
    const ownMs = address === undefined ? null : await consume(this.#addresses, networkOf(address));
    return ownMs ?? consume(this.#strangers, STRANGERS);
  }
}

async function consume(limiter: RateLimiterMemory | null, key: string): Promise<number | null> {
  if (limiter === null) return null;
  try {
    await limiter.consume(key);
    return null;
  } catch (error) {
    if (error instanceof RateLimiterRes) return Math.max(1, error.msBeforeNext);
    throw error;
  }
}

/** Whoever has an IPv6 address has the 2^64 of its network (RFC 4291, section 2.5.1): they are counted as one. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = "", tail] = address.split("::");
  const left = head.split(":").filter((group) => group !== "");
  const right = (tail ?? "").split(":").filter((group) => group !== "");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array.from({ length: zeros }, () => "0"), ...right];
  return `${groups.slice(0, 4).join(":")}::/64`;
}

function limiterOf(points: number): RateLimiterMemory | null {
  return points === 0 ? null : new RateLimiterMemory({ points, duration: 1 });
}

/** The share of whoever has the key; undefined for a key that nobody holds. */
function tenantOf(state: State, signer: string | undefined): string | undefined {
  const name = signer === undefined ? undefined : state.registry.identityOf(signer);
  return name === undefined ? undefined : shareOf(state, name);
}

/** `tenant:` and the prefix of the first scope. */
function shareOf(state: State, name: string): string {
  const roles = state.head(`identity/${name}`)?.document.context["roles"];
  const [first] = Array.isArray(roles) ? roles : [];
  const scope = typeof first === "object" && first !== null ? String(first["scope"] ?? "*") : "*";
  const id = scope.slice(scope.indexOf("/") + 1);
  return `tenant:${id.endsWith("*") ? id.slice(0, -1) : id}`;
}
