import { decodeRecord, instanceOf, isInstanceName, parseHlc } from "@swoosh/kernel";
import type { Problem } from "@swoosh/protocol";
import { reasonsForOthers } from "../http/reasons-for-others.ts";
import { shortened } from "../http/shortened.ts";
import type { RunningNode } from "../node/open-node.ts";
import type { Log, LogLevel } from "./log.ts";

/** Refusals of one second that get a line of their own; of the rest only their number is told. */
export const REFUSAL_LINES_PER_SECOND_MAX = 20;
/** Characters of anything that a stranger wrote. */
const TEXT_LENGTH_MAX = 200;

/** What every line about a transition carries; null where there is none. */
interface TransitionFields {
  readonly state_pre_hash: string | null;
  /** null: nothing was changed. */
  readonly state_post_hash: string | null;
  readonly transition: string | null;
  readonly hlc: string | null;
  readonly window_id: string | null;
}

/** One line for each record, for reading along: at level `debug`, so that nobody pays for it who does not ask. */
export function logAccepted(node: RunningNode, log: Log): () => void {
  return node.onRecord(({ index, text }) => {
    const decoded = decodeRecord(text);
    if (!decoded.ok) return;
    const { configuration, post, pre, proposal } = decoded.record;
    const fields: TransitionFields = {
      state_pre_hash: pre,
      state_post_hash: post,
      transition: proposal.transition,
      hlc: proposal.hlc,
      window_id: proposal.window_id ?? null,
    };
    const instance = instanceOf(proposal);
    log("debug", `${instance} took ${proposal.transition}`, {
      ...fields,
      index,
      instance,
      configuration,
    });
  });
}

/** Codes that say that somebody tries what they may not, or that the node cannot: worth a look. */
const WARNED: ReadonlySet<string> = new Set<string>([
  "bad_signature",
  "fenced",
  "forbidden",
  "overloaded",
  "unsigned",
  "unknown_signer",
  "wrong_origin",
] satisfies Problem["code"][]);

/** Writes refusals with their cause, never their inputs; bounded, for whoever is refused may try a thousand times a second. */
export class RefusalLog {
  readonly #log: Log;
  readonly #now: () => number;
  #second = 0;
  #written = 0;
  #leftOut = 0;

  constructor(log: Log, now: () => number) {
    this.#log = log;
    this.#now = now;
  }

  /** `from` is the address that it came from, where it came over the network. */
  note(text: string, problem: Problem, from: string | null = null): void {
    const second = Math.floor(this.#now() / 1_000);
    if (second !== this.#second) {
      this.tellLeftOut();
      this.#second = second;
      this.#written = 0;
    }
    if (this.#written >= REFUSAL_LINES_PER_SECOND_MAX) {
      this.#leftOut += 1;
      return;
    }
    this.#written += 1;
    const { code, guard = null, head } = problem;
    const { fields, instance } = fieldsOf(text);
    const level: LogLevel = WARNED.has(code) ? "warn" : "info";
    const transition = fields.transition ?? "a proposal";
    this.#log(level, `${instance ?? "no instance"} refused ${transition}: ${code}`, {
      ...fields,
      state_pre_hash: head?.hash ?? fields.state_pre_hash,
      client: from,
      code,
      guard,
      instance,
      reasons: reasonsOf(problem),
    });
  }

  /** Says how many had no line of their own. */
  tellLeftOut(): void {
    if (this.#leftOut === 0) return;
    this.#log(
      "warn",
      `${this.#leftOut} more refusals within one second; /metrics counts them by code`,
    );
    this.#leftOut = 0;
  }
}

function reasonsOf(problem: Problem): readonly string[] {
  return reasonsForOthers(problem).map((reason) => shortened(reason, TEXT_LENGTH_MAX));
}

/** Forms of what a proposal names. What is in none of them may be anything, such as a key that was put into the wrong place. */
const isHash = (text: string): boolean => /^sha256-[0-9a-f]{64}$/u.test(text);
const isTransition = (text: string): boolean => /^[A-Za-z][A-Za-z0-9_]{0,63}$/u.test(text);
const isWindow = (text: string): boolean => /^(?:backbeat:.+|[0-9a-fA-F]{32})$/u.test(text);
const isClock = (text: string): boolean => parseHlc(text) !== undefined;

/** As the proposal says, cut; null for what has not its form. */
function fieldsOf(text: string): {
  readonly fields: TransitionFields;
  readonly instance: string | null;
} {
  const proposal = objectOf(text);
  const said = (name: string, isFine: (text: string) => boolean): string | null => {
    const value = proposal[name];
    return typeof value === "string" && isFine(value) ? value.slice(0, TEXT_LENGTH_MAX) : null;
  };
  const fields = {
    state_pre_hash: said("current_state_hash", isHash),
    state_post_hash: null,
    transition: said("transition", isTransition),
    hlc: said("hlc", isClock),
    window_id: said("window_id", isWindow),
  };
  return { fields, instance: said("instance", isInstanceName) };
}

function objectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
