import {
  ABSENT_HASH,
  canonicalize,
  formatHlc,
  maxHlc,
  nextHlc,
  parseHlc,
  PROPOSAL_TYPE,
  valueHash,
  type JsonObject,
  type State,
  type ValueHash,
} from "@swoosh/kernel";
import { nodeHasher, type SeededRandom, type Signer } from "@swoosh/kernel/testing";

/** A signed proposal on its way: the network may deliver it never, once or often. */
export interface Message {
  readonly number: number;
  readonly key: string;
  /** Equal for equal operations (instance, transition, inputs, signer). */
  readonly operation: string;
  readonly text: string;
}

export interface Wish {
  readonly instance: string;
  readonly transition: string;
  readonly inputs: JsonObject;
  /** Window that the proposal names. */
  readonly window?: string;
}

/** What a client wishes for depends on. */
export interface Outlook {
  exists(instance: string): boolean;
  /** End of the names of orders and carts: they end, and long runs need new ones. */
  readonly generation: string;
}

/** What some client would like, whether it can be had or not; mostly something that fits what it sees. */
export function wishOf(random: SeededRandom, outlook: Outlook): Wish {
  const kind = random.pick(["order", "order", "cart", "shelf", "identity"]) ?? "order";
  const wish =
    random.pick(wishesOf(random, kind, outlook.generation)) ?? orderWish(random, "Order_Cancel");
  const first = FIRST.get(kind);
  if (outlook.exists(wish.instance) || first === undefined || random.chance(10)) return wish;
  return { ...wish, transition: first, inputs: inputsOf(random, first) };
}

/** What an instance of a chart begins with. */
const FIRST: ReadonlyMap<string, string> = new Map([
  ["order", "Order_Add"],
  ["cart", "Cart_Open"],
  ["shelf", "Shelf_Fill"],
]);

function wishesOf(random: SeededRandom, kind: string, generation: string): readonly Wish[] {
  const on = (instance: string, ...transitions: readonly string[]): readonly Wish[] =>
    transitions.map((transition) => ({
      instance,
      transition,
      inputs: inputsOf(random, transition),
    }));
  switch (kind) {
    case "cart":
      return on(
        `cart/c${random.below(6)}${generation}`,
        "Cart_Buy",
        "Cart_Buy",
        "Cart_Open",
        "Cart_Close",
      );
    case "shelf":
      return on(`shelf/${random.pick(["a", "b"]) ?? "a"}`, "Shelf_Fill");
    case "identity":
      return on("identity/payments", "Identity_Grant", "Identity_Ungrant");
    default:
      return on(
        `order/o${random.below(8)}${generation}`,
        "Order_Add",
        "Order_Add",
        "Order_Submit",
        "Order_Submit",
        "Order_Hold",
        "Order_Release",
        "Payment_Ok",
        "Payment_Failed",
        "Stock_Reserved",
        "Order_Cancel",
      );
  }
}

function orderWish(random: SeededRandom, transition: string): Wish {
  return { instance: "order/o0", transition, inputs: inputsOf(random, transition) };
}

function inputsOf(random: SeededRandom, transition: string): JsonObject {
  switch (transition) {
    case "Order_Add":
      return { item: `i${random.below(5)}` };
    case "Cart_Buy":
      return { shelf: random.pick(["a", "b", "none"]) ?? "a" };
    case "Shelf_Fill":
      return { n: random.below(5) };
    case "Identity_Grant":
    case "Identity_Ungrant":
      return { role: "ci", scope: "*" };
    default:
      return {};
  }
}

/** Head of an instance as a client saw it. */
export interface SeenHead {
  readonly hash: ValueHash;
  readonly hlc: string;
}

/** What a client knows when it signs; no head where there is no instance yet. */
export interface Seen {
  readonly origin: string;
  readonly head: SeenHead | undefined;
}

/** What can be seen of an instance in a state. */
export function seenIn(state: State, instance: string): Seen {
  const head = state.head(instance);
  return {
    origin: state.origin,
    head: head === undefined ? undefined : { hash: head.hash, hlc: head.document.hlc_last },
  };
}

/** Signs a wish as of what the client has seen; `now`: its own clock, ms. */
export function messageOf(
  wish: Wish,
  given: {
    readonly seen: Seen;
    readonly signer: Signer;
    readonly now: number;
    readonly number: number;
    readonly key: string;
  },
): Message {
  const { seen, signer, now, number, key } = given;
  const { instance, transition, inputs, window } = wish;
  const { head, origin } = seen;
  const last = parseHlc(head?.hlc ?? "");
  const own = { wallMs: Math.max(now, 0), counter: 0 };
  const inputsHash = valueHash(nodeHasher, inputs);
  const body: JsonObject = {
    current_state_hash: head?.hash ?? ABSENT_HASH,
    hlc: formatHlc(last === undefined ? own : maxHlc(own, nextHlc(last))),
    idem_key: key,
    inputs_hash: inputsHash,
    instance,
    origin,
    signer: signer.key,
    transition,
    ...(window === undefined ? {} : { window_id: window }),
  };
  return {
    number,
    key,
    operation: [instance, transition, inputsHash, signer.key].join(" "),
    text: canonicalize({ ...body, inputs, signature: signer.sign(PROPOSAL_TYPE, body) }),
  };
}
