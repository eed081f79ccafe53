import {
  ABSENT_HASH,
  canonicalize,
  compareHlc,
  formatHlc,
  nextHlc,
  parseHlc,
  PROPOSAL_TYPE,
  valueHash,
  type Hlc,
  type JsonObject,
} from "@swoosh/kernel";
import type { Problem } from "@swoosh/protocol";
import { hasher } from "../hasher.ts";
import type { RouteContext } from "../http/http-app.ts";
import { ProblemError } from "../http/problem-error.ts";
import { PolicyAway } from "../providers/shhh/policy-engine.ts";
import { secretProblem } from "../screen/screen-proposal.ts";
import { proposeText, tellRefusal } from "../http/propose-text.ts";
import { refusalProblem } from "../http/refusal-problem.ts";
import { turnedAway } from "../http/turned-away.ts";
import type { WireAnswer } from "../http/wire-answer-of.ts";
import type { PrivateKey } from "../keys/private-key.ts";
import { STALE_TRIES_MAX } from "../projects/limits.ts";
import { CallLacks, fillIn, inputsOf, lookUp, type WhooshCall } from "./fill-in.ts";
import { HLC_FORMS, idemKeyOf, readHlcHeader } from "./header-forms.ts";
import type { ProposeRule } from "./whoosh-table.ts";

/** A caller's clock may be so far behind (genesis) and still be brought up to the head's, as any client does; ms. */
const BEHIND_MS = 120_000;
const JUSTIFICATION_LENGTH_MAX = 200;
/** Headers of such calls say nothing to the engine's door. */
const CAME = { headers: {}, dryRun: false } as const;

export interface ProposedCall {
  readonly row: string;
  readonly rule: ProposeRule;
  readonly caller: { readonly name: string; readonly key: PrivateKey };
  readonly call: WhooshCall;
}

/**
 * Makes the one proposal that a call stands for, signs it as the caller, and proposes it through the same door as
 * `POST /transition`. What the caller lacks is added: head, clock, key, window. A head that moved is read again under the same key.
 */
export async function proposeCall(context: RouteContext, asked: ProposedCall): Promise<WireAnswer> {
  const away = turnedAway(context, CAME.headers);
  if (away !== undefined) {
    tellRefusal(context, away, { text: "", dryRun: false });
    return { status: away.status, problem: away };
  }
  const made = await make(context, asked);
  if (!made.ok) return { status: made.problem.status, problem: made.problem };
  for (let tries = 1; ; tries += 1) {
    const text = sign(context, asked, made.wanted);
    const wire = await proposeText(context, text, CAME);
    if (!("problem" in wire)) return wire;
    if (wire.problem.code !== "stale_state" || tries >= STALE_TRIES_MAX) return wire;
  }
}

interface Wanted {
  readonly instance: string;
  readonly inputs: JsonObject;
  readonly idemKey: string;
  /** null: the caller has none that can be ordered. */
  readonly hlc: Hlc | null;
  readonly window: string | undefined;
  readonly justification: string | undefined;
}

type Made =
  | { readonly ok: true; readonly wanted: Wanted }
  | { readonly ok: false; readonly problem: Problem };

async function make(
  context: RouteContext,
  { call, caller, row, rule }: ProposedCall,
): Promise<Made> {
  const { node } = context;
  const stamp = call.header("x-hlc");
  const hlc = stamp === undefined ? null : readHlcHeader(stamp);
  if (hlc === undefined)
    return malformed(`X-HLC is ${JSON.stringify(stamp)}; forms like ${HLC_FORMS} expected`);
  try {
    const instance = fillIn(rule.instance, call, "id");
    const inputs = await inputsOf(rule.inputs, call, (bytes) => keep(context, instance, bytes));
    const same =
      rule.sameBy.length === 0
        ? canonicalize({ inputs, instance })
        : JSON.stringify(rule.sameBy.map((place) => lookUp(call, [place]) ?? null));
    const header = call.header("idempotency-key");
    const idemKey = idemKeyOf(header, { row, caller: caller.name, same });
    const window = call.header("x-window-id") ?? windowNow(node);
    const behalf = lookUp(call, rule.onBehalfOf);
    const justification =
      typeof behalf === "string"
        ? `on_behalf_of ${wellFormed(behalf.slice(0, JUSTIFICATION_LENGTH_MAX))}`
        : undefined;
    return { ok: true, wanted: { instance, inputs, idemKey, hlc, window, justification } };
  } catch (error) {
    if (error instanceof CallLacks) return malformed(error.message);
    if (error instanceof ProblemError) return { ok: false, problem: error.problem };
    throw error;
  }
}

/** Evidence of a call, looked at before it is kept, as `PUT /evidence` does. */
async function keep(
  { node, screen }: RouteContext,
  instance: string,
  bytes: Uint8Array,
): Promise<string> {
  if (screen === undefined) return node.blobs.save(bytes);
  const screened = await screen.evidence(bytes, "body").catch((error: unknown) => {
    if (!(error instanceof PolicyAway)) throw error;
    throw new ProblemError(refusalProblem("overloaded", error.message, 5_000));
  });
  if (screened.kind !== "denied") return node.blobs.save(screened.bytes);
  const finding = screen.found(instance, screened.scan);
  await screen.actOn(finding);
  throw new ProblemError(secretProblem(finding));
}

/** A surrogate without its other half cannot be signed. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

function malformed(reason: string): Made {
  return { ok: false, problem: refusalProblem("malformed", reason) };
}

function sign({ node }: RouteContext, { caller, rule }: ProposedCall, wanted: Wanted): string {
  const { inputs, instance } = wanted;
  const head = node.engine.state.head(instance);
  const body: JsonObject = {
    current_state_hash: head?.hash ?? ABSENT_HASH,
    hlc: formatHlc(clockFor(node.clock.now(), wanted.hlc, head?.document.hlc_last)),
    idem_key: wanted.idemKey,
    inputs_hash: valueHash(hasher, inputs),
    instance,
    ...(wanted.justification === undefined ? {} : { justification: wanted.justification }),
    origin: node.origin,
    signer: caller.key.identity,
    transition: rule.transition,
    ...(wanted.window === undefined ? {} : { window_id: wanted.window }),
  };
  return canonicalize({ ...body, inputs, signature: caller.key.sign(PROPOSAL_TYPE, body) });
}

/** A clock that is out of bounds goes as it is, to be refused. */
function clockFor(now: number, given: Hlc | null, lastText: string | undefined): Hlc {
  const own = given ?? { wallMs: now, counter: 0 };
  const last = parseHlc(lastText ?? "");
  if (last === undefined || own.wallMs < now - BEHIND_MS) return own;
  const next = nextHlc(last);
  return compareHlc(own, next) < 0 ? next : own;
}

function windowNow(node: RouteContext["node"]): string | undefined {
  const window = node.engine.state.head("beat/main")?.document.context["window_id"];
  return typeof window === "string" && window !== "" ? window : undefined;
}
