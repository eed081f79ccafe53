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
}

/**
 * Proposals a second by tenant (transition API, 429). A tenant is the prefix of the first scope that an identity holds; the
 * signer is only read here, not believed: who names another's key spends that one's allowance and is refused afterwards
 * by the signature, which is why strangers and tenants are counted before and apart.
 */
export class TenantLimiter {
  readonly #tenants: RateLimiterMemory | null;
  readonly #strangers: RateLimiterMemory | null;

  constructor({ perSecond, strangersPerSecond }: TenantLimits) {
    this.#tenants = limiterOf(perSecond);
    this.#strangers = limiterOf(strangersPerSecond);
  }

  /** ms to wait, or null where the proposal may go on: at once where nothing is limited. */
  take(state: State, text: string): Promise<number | null> | null {
    if (this.#tenants === null && this.#strangers === null) return null;
    return this.#take(state, text);
  }

  async #take(state: State, text: string): Promise<number | null> {
    const tenant = tenantOf(state, SIGNER.exec(text)?.[1]);
    const limiter = tenant === undefined ? this.#strangers : this.#tenants;
    if (limiter === null) return null;
    try {
      await limiter.consume(tenant ?? STRANGERS);
      return null;
    } catch (error) {
      if (error instanceof RateLimiterRes) return Math.max(1, error.msBeforeNext);
      throw error;
    }
  }
}

function limiterOf(points: number): RateLimiterMemory | null {
  return points === 0 ? null : new RateLimiterMemory({ points, duration: 1 });
}

/** `tenant:` and the prefix of the first scope; undefined for a key that nobody holds. */
function tenantOf(state: State, signer: string | undefined): string | undefined {
  const name = signer === undefined ? undefined : state.registry.identityOf(signer);
  if (name === undefined) return undefined;
  const roles = state.head(`identity/${name}`)?.document.context["roles"];
  const [first] = Array.isArray(roles) ? roles : [];
  const scope = typeof first === "object" && first !== null ? String(first["scope"] ?? "*") : "*";
  const id = scope.slice(scope.indexOf("/") + 1);
  return `tenant:${id.endsWith("*") ? id.slice(0, -1) : id}`;
}
